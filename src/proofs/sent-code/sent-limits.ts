import { days } from '../../clock.ts'
import { hmac } from '../../crypto/crypto.ts'
import type { Keys } from '../../crypto/keys.ts'
import type { Limits } from '../../limits/limits.ts'
import type { RateLimit, RateLimiter } from '../../limits/rate-limiter.ts'
import type { MailRows } from '../../notify/mail-rows.ts'
import type { CodeToSend } from '../../notify/outbox-types.ts'
import type { Tx } from '../../store/store.ts'

type Deps = {
  readonly limits: Limits
  readonly keys: Keys
  readonly rateLimiter: RateLimiter
  readonly mails: Pick<MailRows, 'mailboxDigestOf'>
}

/** A network has one share of the mails, for codes that confirm an address and for those of journeys. */
export const networkLimit: RateLimit = { name: 'proof-code-network', window: days(1) }

const dayLimit: RateLimit = { name: 'sent-proof-day', window: days(1) }
const reason = 'reached'

async function admit({ limits, keys, rateLimiter, mails }: Deps, tx: Tx, { to, share, at }: CodeToSend) {
  const keyOf = (digest: string) => hmac(keys.of('destination'), 'sent-proof', share, 'destination', digest)
  const hourLimit: RateLimit = { name: 'sent-proof', window: limits.codesWindow }
  // In one order, so that two processes with two people of one mailbox do not deadlock.
  const destinations = to
    .map(one => ({ one, key: keyOf(mails.mailboxDigestOf(one)) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
  const admitted: string[] = []
  for (const { one, key } of destinations) {
    const checks = [
      { rateLimit: hourLimit, key, limit: limits.codesPerDestination, reason },
      { rateLimit: dayLimit, key, limit: limits.codesPerDestinationPerDay, reason },
    ]
    if (!(await rateLimiter.admit(tx, checks, at))) admitted.push(one)
  }
  return admitted
}

/**
 * How many codes of journeys go out to one mailbox or mobile. The outbox counts them, after the answer: at the request, these limits would
 * show that two people share one, or that there is one. Asking has limits at least as low for each person, and a code is counted when it was
 * asked for, so that these hold back only the codes of several people with one mailbox. They are counted apart from the codes that confirm
 * an address, which are refused in words: a stranger who typed the address of a person there would learn whose it is. The known browsers of the
 * person, and the network that asks once the others have used up theirs, have counts of their own, which no stranger uses up.
 */
export const createSentLimits = (deps: Deps) => ({
  /** Those to whom this code may go. */
  admit: (tx: Tx, code: CodeToSend) => admit(deps, tx, code),
})

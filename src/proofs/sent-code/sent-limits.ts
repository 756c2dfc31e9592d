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

const personLimit: RateLimit = { name: 'sent-proof-person', window: days(1) }
const dayLimit: RateLimit = { name: 'sent-proof-day', window: days(1) }
const reason = 'reached'

async function admit({ limits, keys, rateLimiter, mails }: Deps, tx: Tx, code: CodeToSend) {
  const { person, to, ownBrowser } = code
  const share = ownBrowser ? 'own' : 'others'
  const keyOf = (...of: readonly string[]) => hmac(keys.of('destination'), 'sent-proof', share, ...of)
  const ofPerson = { rateLimit: personLimit, key: keyOf('person', person), reason }
  if (await rateLimiter.admit(tx, [{ ...ofPerson, limit: limits.codesPerPersonPerDay }])) return []
  const hourLimit: RateLimit = { name: 'sent-proof', window: limits.codesWindow }
  // In one order, so that two processes with two people of one mailbox do not deadlock.
  const destinations = to
    .map(one => ({ one, key: keyOf('destination', mails.mailboxDigestOf(one)) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
  const admitted: string[] = []
  for (const { one, key } of destinations) {
    const reached = await rateLimiter.admit(tx, [
      { rateLimit: hourLimit, key, limit: limits.codesPerDestination, reason },
      { rateLimit: dayLimit, key, limit: limits.codesPerDestinationPerDay, reason },
    ])
    if (!reached) admitted.push(one)
  }
  return admitted
}

/**
 * How many codes of journeys go out to one person and one destination. The outbox counts them, after the answer: at the request, the
 * limits of a destination would show that two people share one, or that there is one. They are counted apart from the codes that
 * confirm an address, which are refused in words: a stranger who typed the address of a person there would learn whose it is.
 * A known browser of the person has a share of its own, which no stranger uses up.
 */
export const createSentLimits = (deps: Deps) => ({
  /** Those to whom this code may go. */
  admit: (tx: Tx, code: CodeToSend) => admit(deps, tx, code),
})

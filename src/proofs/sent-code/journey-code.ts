import { randomInt } from 'node:crypto'
import type { Clock } from '../../clock.ts'
import { hmac } from '../../crypto/crypto.ts'
import type { Keys } from '../../crypto/keys.ts'
import type { PersonId } from '../../directory/directory.ts'
import type { Limits } from '../../limits/limits.ts'
import type { Network } from '../../limits/network.ts'
import type { LimitCheck, RateLimiter } from '../../limits/rate-limiter.ts'
import type { CodeShare, Notices } from '../../notify/notify.ts'
import type { MadeCode } from '../../notify/outbox-types.ts'
import { ok } from '../../result.ts'
import type { Tx } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import type { PendingAnswer, ProofDeps } from '../proof.ts'
import {
  codePattern,
  digestUnder,
  digits,
  foldSentCode,
  formatCode,
  idsOf,
  idUnder,
  isCode,
} from './digits.ts'
import type { MessageBudget } from './messages.ts'
import { networkLimit } from './sent-limits.ts'

export type SentKind = 'mail-code' | 'sms-code'
export const isSentKind = (kind: string): kind is SentKind => kind === 'mail-code' || kind === 'sms-code'

/** Who asks for a code in a journey. `person` is null when the number and the date match no entry. */
export type AskedCode = {
  readonly kind: SentKind
  readonly journey: string
  readonly subject: string
  readonly person: PersonId | null
  /** The known browser that asks: of this person, or of somebody else; '': it is not. */
  readonly browser: { readonly own: string; readonly other: string }
  readonly network: Network
  readonly language: Language
  readonly device: string
}

export type AskingReason = 'proof-code-too-many' | 'code-too-many-network' | 'messages-spent'
type Asked =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: AskingReason; readonly opensAt: number }

/** `at`: when a right code was asked for. What was revoked since is not proved by it, however late it is typed. */
type JudgedSentCode = { readonly verdict: 'right'; readonly at: number } | { readonly verdict: 'wrong' }

type Deps = {
  readonly clock: Clock
  readonly limits: Limits
  readonly keys: Keys
  readonly rateLimiter: RateLimiter
  readonly notices: Notices
  readonly messages: MessageBudget
  readonly findReach: ProofDeps['findReach']
}

/** One code of one journey: a code of another journey, or of the other kind, is not right. */
const requestOf = (journey: string, kind: SentKind) => [journey, kind].join(':')

type Check = LimitCheck<AskingReason>
/** What one ask counts: in the usual way, and in the slow one; `null`: there is none. */
type Ways = { readonly usual: readonly Check[]; readonly slow: readonly Check[] | null }

/**
 * The known browsers of the person have one count of their own, which no stranger who knows number and date of birth uses up. All others
 * have a count for each network, and one for all, in an hour and in a day: no more than goes to one destination, so that whoever is not
 * refused gets a code (`sent-limits.ts`). Once that for all is reached, a network that has asked for few gets one more all the same, one
 * network after the other at a slow pace: an attacker who fills the count does not exclude the person for the whole of its window. A browser
 * that is known to somebody else is counted as a network is: somebody with many accounts gains no code.
 */
function waysOf({ limits, keys }: Deps, { subject, browser, network }: AskedCode): Ways {
  const window = limits.proofCodesWindow
  const keyOf = (...of: readonly string[]) => hmac(keys.of('destination'), 'proof-code', subject, ...of)
  const checkOf = (name: string, key: string, limit: number, of = window): Check => ({
    ...{ rateLimit: { name, window: of }, key, limit },
    reason: 'proof-code-too-many',
  })
  const few = limits.proofCodesPerNetwork
  const { codesPerDestination: inAnHour, codesWindow: hour } = limits
  if (browser.own) {
    const own = checkOf('proof-code-own', keyOf('own'), few)
    return { usual: [own, checkOf('proof-code-own-hour', keyOf('own', 'hour'), inAnHour, hour)], slow: null }
  }
  const first = browser.other
    ? checkOf('proof-code-browser', keyOf('browser', browser.other), few)
    : checkOf('proof-code-here', keyOf('network', network.id), few)
  return {
    usual: [
      first,
      checkOf('proof-code-hour', keyOf('hour'), inAnHour, hour),
      checkOf('proof-code', keyOf('all'), limits.proofCodesPerPerson),
    ],
    slow: [
      first,
      checkOf('proof-code-slow-here', keyOf('slow', browser.other || network.id), 1),
      checkOf('proof-code-slow', keyOf('slow'), 1, limits.proofCodesPace),
    ],
  }
}

function otherChecks({ limits, messages }: Deps, { kind, network }: AskedCode): readonly Check[] {
  // In the order of `messages.admissions`, so that two requests do not wait for one another.
  if (kind === 'sms-code') return [messages.askedCheck(), messages.networkShare(network)]
  const limit = limits.codesPerNetworkPerDay * (network.campus ? limits.campusFactor : 1)
  return [{ rateLimit: networkLimit, key: network.id, limit, reason: 'code-too-many-network' }]
}

/**
 * Counts this ask, by the slow way where the usual one is closed, and gives the count in which its code goes out; or says why not, and from
 * when on either way is open.
 */
async function admit(
  deps: Deps,
  tx: Tx,
  asked: AskedCode,
): Promise<Exclude<Asked, { ok: true }> | { readonly ok: true; readonly share: CodeShare }> {
  const { rateLimiter } = deps
  const { usual, slow } = waysOf(deps, asked)
  const others = otherChecks(deps, asked)
  const usually = await rateLimiter.admit(tx, [...usual, ...others])
  if (!usually) return { ok: true, share: asked.browser.own ? 'own' : 'others' }
  const slowly =
    slow && usually === 'proof-code-too-many' ? await rateLimiter.admit(tx, [...slow, ...others]) : usually
  if (!slowly) return { ok: true, share: 'slow' }
  const opensAt = async (checks: readonly Check[]) => {
    const each = checks.map(({ rateLimit, key, limit }) => rateLimiter.opensAt(rateLimit, key, limit, tx))
    return Math.max(...(await Promise.all(each)))
  }
  const closed =
    slowly === 'proof-code-too-many'
      ? [usual, ...(slow ? [slow] : [])]
      : [others.filter(check => check.reason === slowly)]
  return { ok: false, reason: slowly, opensAt: Math.min(...(await Promise.all(closed.map(opensAt)))) }
}

/** Where this request of a journey has a row already: its code no longer serves, and its tries are not given back. */
async function askAgain({ clock, keys, limits }: Deps, tx: Tx, request: string) {
  const now = clock.now()
  const again = await tx
    .updateTable('sent_codes')
    .set({ digest: notMade, recipients: '', asked_at: now, expires_at: now + limits.codeLife })
    .where('request', 'in', idsOf(keys, request))
    .returning('request')
    .executeTakeFirst()
  return again?.request ?? null
}

/** No code has this digest: the outbox makes one, where there is somebody to send it to. */
const notMade = ''

async function askFirst({ clock, keys, limits }: Deps, tx: Tx, request: string) {
  const id = idUnder(keys.of('code-pepper'), request)
  const now = clock.now()
  const row = {
    request: id,
    digest: notMade,
    destination: '',
    recipients: '',
    tries_left: limits.codeTries,
    asked_at: now,
    expires_at: now + limits.codeLife,
  }
  await tx.insertInto('sent_codes').values(row).execute()
  return id
}

async function ask(deps: Deps, tx: Tx, asked: AskedCode): Promise<Asked> {
  const { clock, limits, notices } = deps
  const { kind, journey, person, language, device } = asked
  const admitted = await admit(deps, tx, asked)
  if (!admitted.ok) return admitted
  const request = requestOf(journey, kind)
  const until = clock.now() + limits.codeLife
  const id = (await askAgain(deps, tx, request)) ?? (await askFirst(deps, tx, request))
  const facts = {
    at: clock.now(),
    event: `code:${id}`,
    device,
    request: id,
    until,
    share: admitted.share,
  }
  const notice = kind === 'mail-code' ? 'proof-code' : 'proof-code-sms'
  await notices.write(tx, { kind: notice, person, facts, language })
  return { ok: true }
}

/** `null`: the code of this request was made already, was used, or has expired. */
async function make(
  { clock, keys }: Deps,
  tx: Tx,
  request: string,
  contacts: readonly string[],
): Promise<MadeCode | null> {
  const code = String(randomInt(10 ** digits)).padStart(digits, '0')
  // The row may have its id under a former key, while the root key is replaced.
  const key = keys.of('code-pepper')
  const row = await tx
    .updateTable('sent_codes')
    .set({ digest: digestUnder(key, request, code), recipients: contacts.join(' ') })
    .where('request', '=', request)
    .where('digest', '=', notMade)
    .where('expires_at', '>', clock.now())
    .returning('expires_at')
    .executeTakeFirst()
  return row ? { code: formatCode(code), until: row.expires_at } : null
}

/**
 * Whether it still reaches the person: each contact to which it went is still theirs, and nothing was revoked since it was asked for.
 * A removal that commits at the same time is not seen here; the write is refused then, because the proof dates from the asking.
 */
async function isVoid(
  { findReach }: Deps,
  tx: Tx,
  subject: string,
  { recipients, asked_at }: { readonly recipients: string; readonly asked_at: number },
) {
  const sentTo = recipients.split(' ')
  const { contacts, revokedAt } = await findReach(tx, subject, sentTo)
  return contacts < sentTo.length || asked_at <= revokedAt
}

type Typed = {
  readonly request: string
  readonly subject: string
  readonly typed: string
  readonly open: boolean
}

const noRow = { digest: notMade, recipients: '', asked_at: 0 }

async function judge(deps: Deps, tx: Tx, { request, subject, typed, open }: Typed): Promise<JudgedSentCode> {
  const { clock, keys } = deps
  const row = await tx
    .updateTable('sent_codes')
    .set(eb => ({ tries_left: eb('tries_left', '-', 1) }))
    .where('request', 'in', idsOf(keys, request))
    .where('tries_left', '>', 0)
    .where('expires_at', '>', clock.now())
    .returning(['request', 'digest', 'recipients', 'asked_at'])
    .executeTakeFirst()
  const right = isCode(keys, row ?? { request, ...noRow }, foldSentCode(typed))
  const isVoided = await isVoid(deps, tx, subject, row ?? noRow)
  if (!row || !right || isVoided || !open) return { verdict: 'wrong' }
  await tx.deleteFrom('sent_codes').where('request', '=', row.request).execute()
  return { verdict: 'right', at: Number(row.asked_at) }
}

/**
 * A code that proves, in a journey, that the person reads messages at an address or a mobile that was confirmed earlier. Nothing is
 * known of the addresses when it is asked for: one row and one notice for known and unknown people. The outbox reads the addresses
 * after the answer, makes the code then, and sends it to those that there are (docs/decisions/028-sent-codes-as-proofs.md).
 */
export const createJourneyCodes = (deps: Deps) => ({
  /** In the transaction that shows the page of the code. */
  ask: (tx: Tx, asked: AskedCode) => ask(deps, tx, asked),
  /** In the transaction that writes its mails. `contacts`: those to which it goes. */
  make: (tx: Tx, request: string, contacts: readonly string[]) => make(deps, tx, request, contacts),
  recognises: (typed: string) => codePattern.test(foldSentCode(typed)),
  /** The same statement and digest for everybody. A code that is not accepted is not used up. */
  verify: async (
    claim: { readonly journey: string; readonly kind: SentKind; readonly subject: string },
    typed: string,
  ) => {
    const request = requestOf(claim.journey, claim.kind)
    const answer: PendingAnswer<JudgedSentCode> = {
      judge: (tx, open) => judge(deps, tx, { request, subject: claim.subject, typed, open }),
    }
    return ok({ answer })
  },
})

export type JourneyCodes = ReturnType<typeof createJourneyCodes>

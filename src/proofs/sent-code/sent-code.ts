import { randomInt } from 'node:crypto'
import { type Clock, days } from '../../clock.ts'
import { hmac, seal } from '../../crypto/crypto.ts'
import { isSealedAnew, type Keys, unsealUnder } from '../../crypto/keys.ts'
import type { Limits } from '../../limits/limits.ts'
import type { Network } from '../../limits/network.ts'
import type { LimitCheck, RateLimit, RateLimiter } from '../../limits/rate-limiter.ts'
import type { MailRows } from '../../notify/mail-rows.ts'
import type { Rekeying } from '../../rekeying.ts'
import { ok, type Result, refused } from '../../result.ts'
import { forgetExpired, type RetentionOf } from '../../retention-rule.ts'
import type { Store, Tx } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import type { InPlace, PendingAnswer } from '../proof.ts'
import { type Destination, kindOf, masked } from './destination.ts'
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

/**
 * A code of eight digits, sent to an address or a telephone, proves that the person reads messages there. It is bound to one
 * request (of a journey or session), expires after ten minutes, and allows few tries; a new one replaces it.
 */
export type CodeRequest = {
  /** Id of the request that the code confirms; it confirms nothing else. */
  readonly codeRequest: string
  readonly to: Destination
  /** The person of the request, proved or signed in, so that nobody uses up another person's codes. */
  readonly person: string
  readonly network: Network
  readonly name: string
  readonly language: Language
  /** The browser and system by which it was asked for. */
  readonly device: string
}

export const sendingReasons = [
  'code-too-many',
  'code-too-many-day',
  'code-too-many-person',
  'code-too-many-network',
  'messages-spent',
] as const
export type SendingReason = (typeof sendingReasons)[number]

/** A right code confirms the destination to which it was sent. */
export type JudgedCode =
  | { readonly verdict: 'right'; readonly destination: Destination }
  | { readonly verdict: 'wrong'; readonly reason: 'code-expired' }
  | { readonly verdict: 'wrong'; readonly reason: 'code-wrong'; readonly left: number }

type CodesDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly keys: Keys
  readonly rateLimiter: RateLimiter
  readonly mails: MailRows
  readonly messages: MessageBudget
}

const dayLimit: RateLimit = { name: 'code-day', window: days(1) }
const personLimit: RateLimit = { name: 'code-person', window: days(1) }

function sealContextOf(id: string) {
  return `sent_codes.destination.${id}`
}

function sealDestination(keys: Keys, id: string, to: Destination) {
  return seal(keys.of('seal-contact'), sealContextOf(id), to)
}

function unsealDestination(keys: Keys, id: string, sealed: string) {
  return unsealUnder(keys, 'seal-contact', sealContextOf(id), sealed) as Destination
}

function networkAdmissions(limits: Limits, network: Network): readonly LimitCheck<SendingReason>[] {
  return [
    {
      rateLimit: networkLimit,
      key: network.id,
      reason: 'code-too-many-network',
      limit: limits.codesPerNetworkPerDay * (network.campus ? limits.campusFactor : 1),
    },
  ]
}

/**
 * Every rate limit that one more code must pass. The destination comes last: a person or network over its limit adds no row
 * for each address that it types.
 */
function admissions(
  { limits, keys, mails, messages }: CodesDeps,
  { to, person, network }: CodeRequest,
): readonly LimitCheck<SendingReason>[] {
  const key = mails.mailboxDigestOf(to)
  const hourLimit: RateLimit = { name: 'code', window: limits.codesWindow }
  return [
    {
      rateLimit: personLimit,
      key: hmac(keys.of('destination'), 'code-person', person),
      limit: limits.codesPerPersonPerDay,
      reason: 'code-too-many-person',
    },
    ...(kindOf(to) === 'mobile' ? messages.admissions(network) : networkAdmissions(limits, network)),
    { rateLimit: hourLimit, key, limit: limits.codesPerDestination, reason: 'code-too-many' },
    { rateLimit: dayLimit, key, limit: limits.codesPerDestinationPerDay, reason: 'code-too-many-day' },
  ]
}

async function sendCode(
  deps: CodesDeps,
  tx: Tx,
  request: CodeRequest,
): Promise<Result<object, SendingReason>> {
  const { clock, limits, keys, rateLimiter, mails, messages } = deps
  const { codeRequest, to, person, name, language, device } = request
  const reason = await rateLimiter.admit(tx, admissions(deps, request))
  if (reason) return refused(reason)
  const mobile = kindOf(to) === 'mobile'
  if (mobile) await messages.notifyWhenScarce(tx)
  const key = keys.of('code-pepper')
  const id = idUnder(key, codeRequest)
  const code = String(randomInt(10 ** digits)).padStart(digits, '0')
  const row = {
    digest: digestUnder(key, id, code),
    destination: sealDestination(keys, id, to),
    recipients: '',
    tries_left: limits.codeTries,
    asked_at: clock.now(),
    expires_at: clock.now() + limits.codeLife,
  }
  const former = idsOf(keys, codeRequest).filter(other => other !== id)
  if (former.length > 0) await tx.deleteFrom('sent_codes').where('request', 'in', former).execute()
  await tx
    .insertInto('sent_codes')
    .values({ request: id, ...row })
    .onConflict(conflict => conflict.column('request').doUpdateSet(row))
    .execute()
  const event = { at: clock.now(), event: 'code', device, code: formatCode(code), until: row.expires_at }
  const kind = mobile ? 'code-sms' : 'code'
  await mails.write(tx, { kind, to, language, facts: { person, name, login: '', events: [event] } })
  return ok()
}

async function sentTo(
  { store, keys }: Pick<CodesDeps, 'store' | 'keys'>,
  codeRequest: string,
): Promise<Destination | null> {
  const row = await store.read
    .selectFrom('sent_codes')
    .select(['request', 'destination'])
    .where('request', 'in', idsOf(keys, codeRequest))
    .executeTakeFirst()
  return row ? unsealDestination(keys, row.request, row.destination) : null
}

async function judgeCode(
  { clock, keys }: Pick<CodesDeps, 'clock' | 'keys'>,
  tx: Tx,
  codeRequest: string,
  typed: string,
): Promise<JudgedCode> {
  const code = foldSentCode(typed)
  const cost = codePattern.test(code) ? 1 : 0
  const row = await tx
    .updateTable('sent_codes')
    .set(eb => ({ tries_left: eb('tries_left', '-', cost) }))
    .where('request', 'in', idsOf(keys, codeRequest))
    .where('tries_left', '>', 0)
    .where('expires_at', '>', clock.now())
    .returningAll()
    .executeTakeFirst()
  if (!row) return { verdict: 'wrong', reason: 'code-expired' }
  if (!isCode(keys, row, code)) return { verdict: 'wrong', reason: 'code-wrong', left: row.tries_left }
  await tx.deleteFrom('sent_codes').where('request', '=', row.request).execute()
  return { verdict: 'right', destination: unsealDestination(keys, row.request, row.destination) }
}

async function describeCode(
  { clock, limits, keys }: CodesDeps,
  codeRequest: string,
  db: Store['read'],
): Promise<readonly InPlace[]> {
  const row = await db
    .selectFrom('sent_codes')
    .selectAll()
    .where('request', 'in', idsOf(keys, codeRequest))
    .where('expires_at', '>', clock.now())
    .executeTakeFirst()
  if (!row) return []
  const name = masked(unsealDestination(keys, row.request, row.destination))
  return [{ id: '', name, since: row.expires_at - limits.codeLife, left: row.tries_left }]
}

export const createCodes = (deps: CodesDeps) => ({
  /**
   * Sends a new code, unless a rate limit is reached. The limits prevent flooding a destination and unbounded costs.
   */
  send: (request: CodeRequest): Promise<Result<object, SendingReason>> =>
    deps.store.transaction(tx => sendCode(deps, tx, request)),

  /** Destination of the last code of this request, even when it has expired; `null` once it is confirmed or purged. */
  sentTo: (codeRequest: string): Promise<Destination | null> => sentTo(deps, codeRequest),

  /**
   * Counts a try before the comparison, so that concurrent guesses are counted; a right code is consumed. What is not eight
   * digits is no guess, and costs no try. Only a person who has proved who they are gets a code: `open` makes no difference.
   */
  verify: async (codeRequest: string, typed: string) => {
    const answer: PendingAnswer<JudgedCode> = { judge: tx => judgeCode(deps, tx, codeRequest, typed) }
    return ok({ answer })
  },

  /** The code that was sent for this request and can still be typed. */
  describe: (codeRequest: string, db: Store['read'] = deps.store.read) => describeCode(deps, codeRequest, db),
})

export type Codes = ReturnType<typeof createCodes>

export const codeRetention: RetentionOf<'sent_codes'> = {
  sent_codes: forgetExpired('sent_codes'),
}

/** Where a code was sent. Its own digest is not made anew: it ends within minutes. */
export const codeRekeying: Rekeying<'sent_codes'> = {
  table: 'sent_codes',
  row: 'request',
  // A code of a journey has no destination here.
  rekey: (keys, { request, destination }) =>
    destination === '' || isSealedAnew(keys, 'seal-contact', sealContextOf(request), destination)
      ? null
      : { destination: sealDestination(keys, request, unsealDestination(keys, request, destination)) },
}

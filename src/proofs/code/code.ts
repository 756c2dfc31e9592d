import { randomInt } from 'node:crypto'
import { type Clock, days } from '../../clock.ts'
import { hmac, type Keys, seal, unseal } from '../../keys.ts'
import type { Limits } from '../../limits.ts'
import type { MailRows } from '../../notify/mail-rows.ts'
import { ok, type Result, refused } from '../../result.ts'
import type { Store, Tx } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import { unified } from '../../texts/unified.ts'
import type { Network } from '../../web/network.ts'
import type { Admission, RateLimit, RateLimiter } from '../../web/rate-limiter.ts'
import { type Destination, kindOf } from './destination.ts'
import type { Messages } from './messages.ts'

/**
 * A code of eight digits, sent to an address or a telephone: who types it reads there. It is bound to one request (a
 * journey, a session, and what was asked in it), lives for ten minutes, and allows few tries; a new one replaces it.
 */
export type CodeRequest = {
  /** Names what the code is asked for; the code proves nothing else. */
  readonly codeRequest: string
  readonly to: Destination
  /** Who asks: proved, or signed in, so nobody uses up the codes of another. */
  readonly person: string
  readonly network: Network
  readonly name: string
  readonly language: Language
}

export const sendingReasons = [
  'code-too-many',
  'code-too-many-day',
  'code-too-many-person',
  'code-too-many-network',
  'messages-spent',
] as const
export type SendingReason = (typeof sendingReasons)[number]

export type CodeVerdict = Result<{ destination: Destination }, 'code-expired'> | Wrong
type Wrong = { readonly ok: false; readonly reason: 'code-wrong'; readonly left: number }

const digits = 8

/** People copy codes with the spaces of their mail. */
const foldCode = (typed: string) => unified(typed).replace(/[\s.-]+/g, '')

/** `12345678`, as two groups that a person reads at once. */
const spoken = (code: string) => `${code.slice(0, 4)} ${code.slice(4)}`

export const createCodes = (deps: {
  store: Store
  clock: Clock
  limits: Limits
  keys: Keys
  rateLimiter: RateLimiter
  mails: MailRows
  messages: Messages
}) => {
  const { store, clock, limits, keys, rateLimiter, mails, messages } = deps
  const hourLimit: RateLimit = { name: 'code', window: limits.codesWindow }
  const dayLimit: RateLimit = { name: 'code-day', window: days(1) }
  const personLimit: RateLimit = { name: 'code-person', window: days(1) }
  const networkLimit: RateLimit = { name: 'code-network', window: days(1) }
  const idOf = (codeRequest: string) => hmac(keys.of('code-pepper'), 'request', codeRequest)
  const digestOf = (id: string, code: string) => hmac(keys.of('code-pepper'), 'code', id, code)

  const ofNetwork = (network: Network): readonly Admission<SendingReason>[] => [
    {
      rateLimit: networkLimit,
      key: network.id,
      reason: 'code-too-many-network',
      limit: limits.codesPerNetworkPerDay * (network.campus ? limits.campusFactor : 1),
    },
  ]

  /**
   * Everything that one more code must find room in. The destination comes last: whoever may send nothing any more
   * leaves no rows behind for each address that they type.
   */
  const admissions = ({ to, person, network }: CodeRequest): readonly Admission<SendingReason>[] => {
    const key = mails.foldedDigestOf(to)
    return [
      {
        rateLimit: personLimit,
        key: hmac(keys.of('destination'), 'code-person', person),
        limit: limits.codesPerPersonPerDay,
        reason: 'code-too-many-person',
      },
      ...(kindOf(to) === 'mobile' ? messages.admissions(network) : ofNetwork(network)),
      { rateLimit: hourLimit, key, limit: limits.codesPerDestination, reason: 'code-too-many' },
      { rateLimit: dayLimit, key, limit: limits.codesPerDestinationPerDay, reason: 'code-too-many-day' },
    ]
  }

  return {
    /** Sends a fresh code, unless a limit is reached: nobody is flooded through us, and nothing is spent without end. */
    send: (asked: CodeRequest): Promise<Result<object, SendingReason>> =>
      store.transaction(async tx => {
        const { codeRequest, to, person, name, language } = asked
        const full = await rateLimiter.admit(tx, admissions(asked))
        if (full) return refused(full)
        const mobile = kindOf(to) === 'mobile'
        if (mobile) await messages.notifyWhenScarce(tx)
        const id = idOf(codeRequest)
        const code = String(randomInt(10 ** digits)).padStart(digits, '0')
        const row = {
          digest: digestOf(id, code),
          destination: seal(keys.of('seal-contact'), `sent_codes.destination.${id}`, to),
          tries_left: limits.codeTries,
          expires_at: clock.now() + limits.codeLife,
        }
        await tx
          .insertInto('sent_codes')
          .values({ request: id, ...row })
          .onConflict(conflict => conflict.column('request').doUpdateSet(row))
          .execute()
        const event = { at: clock.now(), event: 'code', code: spoken(code), until: row.expires_at }
        const kind = mobile ? 'code-sms' : 'code'
        await mails.write(tx, { kind, to, language, facts: { person, name, login: '', events: [event] } })
        return ok()
      }),

    /** Where the last code of this request went, even when it has expired; `null` once it is confirmed or forgotten. */
    sentTo: async (codeRequest: string): Promise<Destination | null> => {
      const id = idOf(codeRequest)
      const row = await store.read
        .selectFrom('sent_codes')
        .select('destination')
        .where('request', '=', id)
        .executeTakeFirst()
      if (!row) return null
      return unseal(keys.of('seal-contact'), `sent_codes.destination.${id}`, row.destination) as Destination
    },

    /** Spends a try before it compares, so that guesses sent side by side are counted; a right code is consumed. */
    consume: async (tx: Tx, codeRequest: string, typed: string): Promise<CodeVerdict> => {
      const id = idOf(codeRequest)
      const row = await tx
        .updateTable('sent_codes')
        .set(eb => ({ tries_left: eb('tries_left', '-', 1) }))
        .where('request', '=', id)
        .where('tries_left', '>', 0)
        .where('expires_at', '>', clock.now())
        .returningAll()
        .executeTakeFirst()
      if (!row) return refused('code-expired')
      if (digestOf(id, foldCode(typed)) !== row.digest)
        return { ok: false, reason: 'code-wrong', left: row.tries_left }
      await tx.deleteFrom('sent_codes').where('request', '=', id).execute()
      const destination = unseal(
        keys.of('seal-contact'),
        `sent_codes.destination.${id}`,
        row.destination,
      ) as Destination
      return ok({ destination })
    },
  }
}

export type Codes = ReturnType<typeof createCodes>

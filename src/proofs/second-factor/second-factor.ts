import type { Audit } from '../../audit/audit.ts'
import { type Clock, hours } from '../../clock.ts'
import { hmac, newId } from '../../crypto/crypto.ts'
import type { Keys } from '../../crypto/keys.ts'
import type { PersonId } from '../../directory/directory.ts'
import type { HashingClient, HashRefusal } from '../../hashing/hashing.ts'
import type { Limits } from '../../limits/limits.ts'
import type { RateLimit, RateLimiter } from '../../limits/rate-limiter.ts'
import type { Notices } from '../../notify/notify.ts'
import { ok, type Result, refused } from '../../result.ts'
import type { Store, Tx } from '../../store/store.ts'
import type { Language } from '../../texts/texts.ts'
import { unified } from '../../texts/unified.ts'
import { type Authenticators, foldDigits } from '../authenticator/authenticator.ts'
import type { PasskeyAssertion, Passkeys } from '../passkey/passkey.ts'
import type { RecoveryCodes, SheetCode } from '../recovery-code/recovery-code.ts'
import { foldRecoveryCode, looksPrinted } from '../recovery-code/written-code.ts'

/** The factors that a person has in service. */
export type Factors = {
  readonly passkeys: number
  readonly authenticator: boolean
  readonly codesLeft: number
  /** Since when the oldest passkey or app has been in service; `null`: the person has neither. */
  readonly since: number | null
}

/**
 * Whether sign-in asks for a second factor: from the first passkey or app on. A printed sheet alone does not require one,
 * because signing in would use it up (docs/decisions/009-second-factor.md). It replaces a factor that is not at hand.
 */
export const isAsked = ({ passkeys, authenticator }: Pick<Factors, 'passkeys' | 'authenticator'>) =>
  passkeys > 0 || authenticator

/** A typed code or a passkey's assertion, ready to be judged inside a transaction. */
export type FactorResponse =
  | { readonly by: 'authenticator'; readonly digits: string }
  | { readonly by: 'recovery-code'; readonly code: SheetCode }
  | { readonly by: 'passkey'; readonly assertion: PasskeyAssertion }

export type FactorVerdict =
  | { readonly verdict: 'right'; readonly by: FactorResponse['by']; readonly codesLeft?: number }
  /**
   * `left`: tries left for digits; `null` for printed codes and passkeys, which cannot be guessed and are not counted.
   */
  | { readonly verdict: 'wrong'; readonly left: number | null }
  /** `until`: time before which digits of this kind of claimant are not checked. */
  | { readonly verdict: 'closed'; readonly until: number }

/** `own`: a known browser or a session of the person; `stranger`: any other claimant. */
type ClaimantKind = 'stranger' | 'own'

export type UnreadableReason = 'factor-missing' | 'factor-form'

type SecondFactorDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly audit: Audit
  readonly notices: Notices
  readonly keys: Keys
  readonly rateLimiter: RateLimiter
  readonly recoveryCodes: RecoveryCodes
  readonly authenticators: Authenticators
  readonly passkeys: Passkeys
}

type FactorDeps = Pick<SecondFactorDeps, 'recoveryCodes' | 'authenticators' | 'passkeys'>
type DigitLimits = Pick<SecondFactorDeps, 'limits' | 'rateLimiter'>

async function factorsOf(
  { passkeys, authenticators, recoveryCodes }: FactorDeps,
  person: PersonId,
  db: Store['read'],
): Promise<Factors> {
  const [mine, app, sheet] = await Promise.all([
    passkeys.list(person, db),
    authenticators.find(person, db),
    recoveryCodes.find(person, db),
  ])
  const inService = [...mine.map(({ since }) => since), app?.since ?? null].filter(since => since !== null)
  return {
    passkeys: mine.filter(one => one.inService).length,
    authenticator: app !== null,
    codesLeft: sheet?.left ?? 0,
    since: inService.length > 0 ? Math.min(...inService) : null,
  }
}

async function removeFactors(
  { passkeys, authenticators, recoveryCodes }: FactorDeps,
  tx: Tx,
  person: PersonId,
) {
  const owned = await passkeys.list(person, tx)
  for (const { id } of owned) await passkeys.remove(tx, person, id)
  const removed = {
    passkey: owned.some(({ inService }) => inService),
    authenticator: await authenticators.remove(tx, person),
    'recovery-codes': await recoveryCodes.remove(tx, person),
  }
  return (['passkey', 'authenticator', 'recovery-codes'] as const).filter(factor => removed[factor])
}

async function readTyped(
  recoveryCodes: RecoveryCodes,
  person: PersonId,
  typed: string,
  client: HashingClient,
): Promise<Result<{ response: FactorResponse }, HashRefusal | UnreadableReason>> {
  if (unified(typed) === '') return refused('factor-missing')
  const digits = foldDigits(typed)
  if (digits) return ok({ response: { by: 'authenticator', digits } })
  if (!looksPrinted(foldRecoveryCode(typed))) return refused('factor-form')
  const read = await recoveryCodes.read(person, typed, 'in-service', client)
  return read.ok ? ok({ response: { by: 'recovery-code', code: read.code } }) : read
}

/** Consumes a right response; `null` when it is wrong. */
async function consumeResponse(
  { passkeys, authenticators, recoveryCodes }: FactorDeps,
  tx: Tx,
  person: PersonId,
  response: FactorResponse,
): Promise<FactorVerdict | null> {
  const { by } = response
  if (by === 'authenticator')
    return (await authenticators.consume(tx, person, response.digits)) ? { verdict: 'right', by } : null
  if (by === 'passkey')
    return response.assertion.person === person && (await passkeys.use(tx, response.assertion))
      ? { verdict: 'right', by }
      : null
  const used = await recoveryCodes.consume(tx, response.code)
  return used && { verdict: 'right', by, codesLeft: used.left }
}

function shortLimitOf(limits: Limits): RateLimit {
  return { name: 'factor', window: limits.factorWindow }
}

const longLimit: RateLimit = { name: 'factor-day', window: hours(24) }

/** Adds `count` wrong digits and returns the tries left. */
async function countTries({ limits, rateLimiter }: DigitLimits, tx: Tx, key: string, count: number) {
  const inShort = await rateLimiter.hit(tx, shortLimitOf(limits), key, count)
  const inLong = await rateLimiter.hit(tx, longLimit, key, count)
  return Math.min(limits.factorTries - inShort, limits.factorTriesPerDay - inLong)
}

async function opensAt({ limits, rateLimiter }: DigitLimits, tx: Tx, key: string) {
  return Math.max(
    await rateLimiter.opensAt(shortLimitOf(limits), key, limits.factorTries, tx),
    await rateLimiter.opensAt(longLimit, key, limits.factorTriesPerDay, tx),
  )
}

/** A hit of zero locks the row of the rate limit, so concurrent guesses are judged one after the other. */
async function judgeDigits(
  deps: SecondFactorDeps,
  tx: Tx,
  person: PersonId,
  response: FactorResponse,
  claimantKind: ClaimantKind,
): Promise<FactorVerdict> {
  const key = hmac(deps.keys.of('subject'), 'factor', person, claimantKind)
  if ((await countTries(deps, tx, key, 0)) <= 0)
    return { verdict: 'closed', until: await opensAt(deps, tx, key) }
  const verdict = await consumeResponse(deps, tx, person, response)
  return verdict ?? { verdict: 'wrong', left: Math.max(0, await countTries(deps, tx, key, 1)) }
}

/**
 * Records the verdict. The use of a printed code is notified by mail, because a sheet can be copied without its owner
 * noticing.
 */
async function recordVerdict(
  { clock, audit, notices }: Pick<SecondFactorDeps, 'clock' | 'audit' | 'notices'>,
  tx: Tx,
  person: PersonId,
  by: FactorResponse['by'],
  { verdict }: FactorVerdict,
  language: Language,
) {
  await audit.append(tx, {
    chain: person,
    kind: `factor.${verdict}`,
    by: { kind: 'anonymous' },
    details: { by },
  })
  if (verdict === 'right' && by === 'recovery-code')
    await notices.write(tx, {
      kind: 'recovery-code-used',
      person,
      facts: { at: clock.now(), event: `factor:${newId()}` },
      language,
    })
}

async function judgeResponse(
  deps: SecondFactorDeps,
  tx: Tx,
  person: PersonId,
  response: FactorResponse,
  language: Language,
  claimantKind: ClaimantKind,
): Promise<FactorVerdict> {
  const verdict =
    response.by === 'authenticator'
      ? await judgeDigits(deps, tx, person, response, claimantKind)
      : ((await consumeResponse(deps, tx, person, response)) ?? ({ verdict: 'wrong', left: null } as const))
  await recordVerdict(deps, tx, person, response.by, verdict, language)
  return verdict
}

/**
 * The second factor, for every use: one field takes six digits or a printed code, and a passkey signs. Wrong digits can be
 * guessed, so they are counted per person under two rate limits. Printed codes (80 bits) and passkeys cannot be guessed, so
 * they are accepted while those limits are reached. Digits from a known browser or a session of the person have tries of
 * their own, so that a stranger with the right password or joker cannot lock the owner out.
 */
export const createSecondFactor = (deps: SecondFactorDeps) => ({
  of: (person: PersonId, db: Store['read'] = deps.store.read) => factorsOf(deps, person, db),

  /**
   * Removes every factor of a person who has lost them all and whom the helpdesk has identified; returns which
   * were in service.
   */
  removeAll: (tx: Tx, person: PersonId) => removeFactors(deps, tx, person),

  /** Recognises digits or a printed code by the form alone; computes at most one hash. */
  read: (person: PersonId, typed: string, client: HashingClient) =>
    readTyped(deps.recoveryCodes, person, typed, client),

  /** Consumes a right response, counts a wrong one, and records either in the account's journal. */
  judge: (
    tx: Tx,
    person: PersonId,
    response: FactorResponse,
    language: Language,
    claimantKind: ClaimantKind = 'stranger',
  ) => judgeResponse(deps, tx, person, response, language, claimantKind),
})

export type SecondFactor = ReturnType<typeof createSecondFactor>

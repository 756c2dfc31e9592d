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
import type { Language, TextKey } from '../../texts/texts.ts'
import { unified } from '../../texts/unified.ts'
import { countOf, type JudgedFactor, type KeptProof, type PendingAnswer, type TypedFactor } from '../proof.ts'
import {
  type FactorKind,
  type FactorName,
  factorOf,
  type SecondFactorDescriptor,
  secondFactors,
} from '../proof-registry.ts'

/** The factors that a person has in service. */
export type Factors = {
  /** How many of each can be used now: passkeys, apps, printed codes. */
  readonly count: Readonly<Record<FactorKind, number>>
  /** Since when the oldest that sign-in asks for has been in service; `null`: the person has none. */
  readonly since: number | null
}

/**
 * Whether sign-in asks for a second factor: from the first passkey or app on. A printed sheet alone does not require one,
 * because signing in would use it up (docs/decisions/009-second-factor.md). It replaces a factor that is not at hand.
 */
export const isAsked = ({ count }: Pick<Factors, 'count'>) =>
  secondFactors.some(({ kind, factor }) => factor.asked && count[kind] > 0)

/** The hint under the field of a typed factor, for what the person has; `null`: nothing that can be typed. */
export const hintFor = ({ count }: Pick<Factors, 'count'>): TextKey | null =>
  secondFactors.find(({ kind, factor }) => factor.hint !== undefined && count[kind] > 0)?.factor.hint ?? null

/** A typed code or the signature of a passkey, ready to be judged inside a transaction. `person`: whose it claims to be. */
export type FactorResponse = {
  readonly by: FactorKind
  readonly person: PersonId
  readonly answer: PendingAnswer<JudgedFactor>
}

export type FactorVerdict =
  | { readonly verdict: 'right'; readonly by: FactorKind; readonly codesLeft?: number }
  /**
   * `left`: tries left for digits; `null` for printed codes and passkeys, which cannot be guessed and are not counted.
   */
  | { readonly verdict: 'wrong'; readonly left: number | null }
  /** `until`: time before which digits of this kind of claimant are not checked. */
  | { readonly verdict: 'closed'; readonly until: number }

/** Where a factor is shown. `story`: the journey or sign-in, which the journal tells as one. `signedIn`: in a session of the person. */
export type FactorUse = {
  readonly language: Language
  readonly device: string
  readonly story: string
  readonly signedIn: boolean
}

/** `own`: a known browser or a session of the person; `stranger`: any other claimant. */
type ClaimantKind = 'stranger' | 'own'

export type UnreadableReason = 'factor-missing' | 'factor-form'

/** Every second factor by the name that `proof-list.ts` gives it. */
type FactorProofs = Readonly<Record<FactorName, KeptProof>>

type SecondFactorDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly audit: Audit
  readonly notices: Notices
  readonly keys: Keys
  readonly rateLimiter: RateLimiter
  readonly proofs: FactorProofs
}

type DigitLimits = Pick<SecondFactorDeps, 'limits' | 'rateLimiter'>

async function factorsOf(proofs: FactorProofs, person: PersonId, db: Store['read']): Promise<Factors> {
  const all = await Promise.all(
    secondFactors.map(async ({ name, kind, factor }) => ({
      kind,
      asked: factor.asked,
      inPlace: await proofs[name].describe(person, db),
    })),
  )
  const since = all
    .filter(({ asked }) => asked)
    .flatMap(({ inPlace }) => inPlace.map(one => one.since))
    .filter(at => at !== null)
  return {
    count: Object.fromEntries(all.map(({ kind, inPlace }) => [kind, countOf(inPlace)])) as Factors['count'],
    since: since.length > 0 ? Math.min(...since) : null,
  }
}

async function clearFactors(
  proofs: FactorProofs,
  tx: Tx,
  person: PersonId,
  which: readonly SecondFactorDescriptor[],
) {
  const removed: SecondFactorDescriptor[] = []
  for (const factor of which) if (await proofs[factor.name].clear(tx, person)) removed.push(factor)
  return removed
}

const isTyped = (proof: KeptProof): proof is TypedFactor => 'recognises' in proof

async function readTyped(
  proofs: FactorProofs,
  person: PersonId,
  typed: string,
  client: HashingClient,
): Promise<Result<{ response: FactorResponse }, HashRefusal | UnreadableReason>> {
  if (unified(typed) === '') return refused('factor-missing')
  for (const { name, kind } of secondFactors) {
    const proof = proofs[name]
    if (!isTyped(proof) || !proof.recognises(typed)) continue
    const read = await proof.verify({ ...client, person }, typed)
    return read.ok ? ok({ response: { by: kind, person, answer: read.answer } }) : read
  }
  return refused('factor-form')
}

/** Consumes a right response; `null` when it is wrong. */
async function consumeResponse(
  tx: Tx,
  person: PersonId,
  response: FactorResponse,
): Promise<FactorVerdict | null> {
  const judged = await response.answer.judge(tx, response.person === person)
  return judged.verdict === 'right' ? { ...judged, by: response.by } : null
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
  const verdict = await consumeResponse(tx, person, response)
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
  by: FactorKind,
  { verdict }: FactorVerdict,
  { language, device, story, signedIn }: FactorUse,
) {
  await audit.append(tx, {
    chain: person,
    kind: `factor.${verdict}`,
    by: signedIn ? { kind: 'person', id: person } : { kind: 'anonymous' },
    details: { by, device, story },
  })
  const { usedNotice } = factorOf(by)
  if (verdict === 'right' && usedNotice)
    await notices.write(tx, {
      kind: usedNotice,
      person,
      facts: { at: clock.now(), event: `factor:${newId()}`, device },
      language,
    })
}

async function judgeResponse(
  deps: SecondFactorDeps,
  tx: Tx,
  person: PersonId,
  response: FactorResponse,
  use: FactorUse,
  claimantKind: ClaimantKind,
): Promise<FactorVerdict> {
  const verdict = factorOf(response.by).guessable
    ? await judgeDigits(deps, tx, person, response, claimantKind)
    : ((await consumeResponse(tx, person, response)) ?? ({ verdict: 'wrong', left: null } as const))
  await recordVerdict(deps, tx, person, response.by, verdict, use)
  return verdict
}

/**
 * The second factor, for every use: one field takes six digits or a printed code, and a passkey signs. Wrong digits can be
 * guessed, so they are counted per person under two rate limits. Printed codes (80 bits) and passkeys cannot be guessed, so
 * they are accepted while those limits are reached. Digits from a known browser or a session of the person have tries of
 * their own, so that a stranger with the right password or joker cannot lock the owner out.
 */
export const createSecondFactor = (deps: SecondFactorDeps) => ({
  of: (person: PersonId, db: Store['read'] = deps.store.read) => factorsOf(deps.proofs, person, db),

  /**
   * Removes every factor of a person who has lost them all and whom the helpdesk has identified; returns which
   * were in service.
   */
  removeAll: (tx: Tx, person: PersonId) => clearFactors(deps.proofs, tx, person, secondFactors),

  /** Removes what was made before the first factor and could replace it; returns which were in service. */
  voidReplacements: (tx: Tx, person: PersonId) =>
    clearFactors(
      deps.proofs,
      tx,
      person,
      secondFactors.filter(({ factor }) => !factor.asked),
    ),

  /** Recognises digits or a printed code by the form alone; computes at most one hash. */
  read: (person: PersonId, typed: string, client: HashingClient) =>
    readTyped(deps.proofs, person, typed, client),

  /** Consumes a right response, counts a wrong one, and records either in the account's journal. */
  judge: (
    tx: Tx,
    person: PersonId,
    response: FactorResponse,
    use: FactorUse,
    claimantKind: ClaimantKind = 'stranger',
  ) => judgeResponse(deps, tx, person, response, use, claimantKind),
})

export type SecondFactor = ReturnType<typeof createSecondFactor>

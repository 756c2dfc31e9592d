import type { Audit, AuditKind } from '../../audit/audit.ts'
import type { Clock } from '../../clock.ts'
import type { Directory, Person, PersonId, WriteRefusal } from '../../directory/directory.ts'
import { ok, type Result, refused } from '../../result.ts'
import type { Store, Tx } from '../../store/store.ts'
import type { Deliveries } from '../deliveries/deliveries.ts'
import type { Attempt, Attempts } from './attempts.ts'
import type { LockHandle, PersonLock } from './person-lock.ts'
import type { Revocations } from './revocations.ts'

/**
 * Writes a password to the first directory, the source of truth, so that a kill at any instant loses nothing:
 * attempt row committed → eligibility read again under the person's lock → write → proof by a bind → one transaction
 * records acceptance. What stays open is settled later by a bind with the sealed password (`reconciler.ts`).
 */
export type Proof = { readonly provedAt: number | null; readonly writtenAt: number }

export type SourceRefusal =
  | WriteRefusal
  | 'password-in-history'
  | 'account-closed'
  | 'account-privileged'
  | 'account-active'
  | 'account-active-first-day'
  | 'factor-first'
  | 'journey-superseded'
  | 'proof-replaced'
  | 'directory-unavailable'

export type Outcome = Result<Proof, SourceRefusal | 'outcome-unknown'>

/** What each kind of order records, in the transaction that settles it. */
export type Recorder = {
  accepted(tx: Tx, attempt: Attempt, proof: Proof): Promise<void>
  refused(tx: Tx, attempt: Attempt, reason: SourceRefusal): Promise<void>
  /** Read again under the lock: may this be written now? */
  eligible(attempt: Attempt, person: Person): Promise<Result<object, SourceRefusal>>
}

/** An attempt that has its generation, and the lock of its person. */
export type LockedAttempt = { readonly attempt: Attempt; readonly lockHandle: LockHandle }

/** Where a test may stop the process; in production it does nothing. */
export type Failpoint =
  | 'attempt-committed'
  | 'person-locked'
  | 'about-to-write'
  | 'written'
  | 'proved'
  | 'accepted'
  | 'refusal-known'
  | 'delivery-claimed'
  | 'delivery-about-to-write'
  | 'delivery-sent'
  | 'delivery-settled'
export type Failpoints = (instant: Failpoint) => void | Promise<void>

export type SourceDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly audit: Audit
  readonly directory: Directory
  readonly attempts: Attempts
  readonly lock: PersonLock
  readonly deliveries: Pick<Deliveries, 'prepare' | 'notifyWorker'>
  readonly revocations: Pick<Revocations, 'revokeAll' | 'isProofRevoked'>
  /** Since when this person has a second factor that is asked for; `null`: they have none. */
  readonly factorSince: (person: PersonId) => Promise<number | null>
  readonly recorders: Readonly<Record<Attempt['kind'], Recorder>>
  readonly failpoints: Failpoints
}

export const createSource = (deps: SourceDeps) => {
  const { store, clock, audit, directory, attempts, lock, deliveries } = deps
  const { revocations, factorSince, recorders, failpoints } = deps

  const tell = (tx: Tx, attempt: Attempt, kind: AuditKind, reason: string | null) =>
    audit.append(tx, {
      chain: attempt.person,
      kind,
      by: attempt.kind === 'freeze' ? { kind: 'system' } : { kind: 'person', id: attempt.person },
      details: { attempt: attempt.id, order: attempt.kind, generation: attempt.generation, reason },
    })

  /** All that follows runs under the person's lock, and lets go of it in the transaction that settles the attempt. */
  const accept = async (
    { attempt, lockHandle }: LockedAttempt,
    proof: Proof,
    password: string,
  ): Promise<Outcome> => {
    const queue = await deliveries.prepare(attempt, proof, password)
    const recorded = await store.transaction(async tx => {
      await lockHandle.release(tx)
      if (!(await attempts.settle(tx, attempt, 'accepted'))) return false
      await revocations.revokeAll(tx, attempt.person)
      await attempts.eraseOthers(tx, attempt.person, attempt.id)
      await queue(tx)
      await recorders[attempt.kind].accepted(tx, attempt, proof)
      await tell(tx, attempt, proof.provedAt ? 'password.written' : 'password.unproved', null)
      return true
    })
    await failpoints('accepted')
    deliveries.notifyWorker()
    return recorded ? ok(proof) : refused('journey-superseded')
  }

  const refuse = async ({ attempt, lockHandle }: LockedAttempt, reason: SourceRefusal): Promise<Outcome> => {
    await failpoints('refusal-known')
    await store.transaction(async tx => {
      await lockHandle.release(tx)
      if (!(await attempts.settle(tx, attempt, 'refused'))) return
      await recorders[attempt.kind].refused(tx, attempt, reason)
      await tell(tx, attempt, 'password.refused', reason)
    })
    return refused(reason)
  }

  /**
   * A bind with the sealed password tells that it stands in the directory. That is no write of ours where the rule forbids
   * one: the same password came there otherwise. A factor put in service since does not undo a write that was allowed.
   */
  const acceptAfterBind = async (locked: LockedAttempt, proof: Proof, password: string): Promise<Outcome> => {
    const { attempt } = locked
    return (await lacksFactor(attempt, attempt.startedAt))
      ? refuse(locked, 'factor-first')
      : accept(locked, proof, password)
  }

  /** A freeze does not give up because the directory is away: it stays open and is written when it is back. */
  const refuseOrWait = async (locked: LockedAttempt, reason: SourceRefusal): Promise<Outcome> =>
    locked.attempt.kind === 'freeze' && reason === 'directory-unavailable'
      ? refused('outcome-unknown')
      : refuse(locked, reason)

  /**
   * The one rule for every order, however it was reached: whoever has a second factor by then showed it (`rules.md`,
   * NIST SP 800-63B-4 §4.2). Only a freeze asks nobody. It reads the attempt's row alone, as a start after a kill does.
   */
  const lacksFactor = async ({ kind, person, facts }: Attempt, by: number) => {
    if (kind === 'freeze' || facts.factor) return false
    const since = await factorSince(person)
    return since !== null && since <= by
  }

  /** What was shown for this was replaced or taken away since, or another write came first. Only a freeze was shown nothing. */
  const isRevoked = async ({ kind, person, facts, startedAt }: Attempt) =>
    kind !== 'freeze' && (await revocations.isProofRevoked(person, facts.provedAt ?? startedAt))

  const eligible = async (attempt: Attempt): Promise<Result<object, SourceRefusal>> => {
    const found = await directory.read(attempt.person)
    if (!found.ok) return found
    if (!found.person) return refused('account-closed')
    if (found.person.privileged) return refused('account-privileged')
    if (await isRevoked(attempt))
      return refused(attempt.kind === 'change' ? 'journey-superseded' : 'proof-replaced')
    if (await lacksFactor(attempt, clock.now())) return refused('factor-first')
    return recorders[attempt.kind].eligible(attempt, found.person)
  }

  const prove = async (person: PersonId, password: string, server: string) => {
    const bound = await directory.bind(person, password, server)
    await failpoints('proved')
    return bound.ok ? clock.now() : null
  }

  /** A frozen account is shut wherever it opens, whatever the source answers. */
  const queueFreezeDeliveries = async (attempt: Attempt, password: string) => {
    const queue = await deliveries.prepare(attempt, null, password)
    await store.transaction(queue)
    deliveries.notifyWorker()
  }

  const writeLocked = async (locked: LockedAttempt, password: string, old?: string): Promise<Outcome> => {
    const { attempt } = locked
    await failpoints('person-locked')
    if (attempt.kind === 'freeze') await queueFreezeDeliveries(attempt, password)
    const may = await eligible(attempt)
    if (!may.ok) return refuseOrWait(locked, may.reason)
    await failpoints('about-to-write')
    const written = await directory.write(attempt.person, password, old)
    if (!written.ok)
      return written.reason === 'outcome-unknown'
        ? refused('outcome-unknown')
        : refuseOrWait(locked, written.reason)
    await failpoints('written')
    const writtenAt = clock.now()
    const provedAt = await prove(attempt.person, password, written.server)
    return accept(locked, { writtenAt, provedAt }, password)
  }

  /** Under the lock of its person, numbered; `'superseded'`: a newer order has settled it meanwhile. */
  const withLock = <T>(
    asked: Attempt,
    work: (locked: LockedAttempt) => Promise<T>,
  ): Promise<T | 'busy' | 'superseded'> =>
    lock.withLock<Attempt | null, T | 'superseded'>(
      asked.person,
      tx => attempts.number(tx, asked),
      async (attempt, lockHandle) => (attempt ? work({ attempt, lockHandle }) : 'superseded'),
    )

  return {
    acceptAfterBind,
    refuse,
    withLock,
    /** The same as `carryOut`, for a caller that holds the person's lock. */
    writePasswordLocked: writeLocked,
    /** Carries out an attempt whose row is committed; `old` where the person gave it. `busy`: another write of this person is under way. */
    writePassword: async (attempt: Attempt, password: string, old?: string): Promise<Outcome> => {
      await failpoints('attempt-committed')
      const outcome = await withLock(attempt, locked => writeLocked(locked, password, old))
      if (outcome === 'superseded') return refused('journey-superseded')
      return outcome === 'busy' ? refused('outcome-unknown') : outcome
    },
  }
}

export type Source = ReturnType<typeof createSource>

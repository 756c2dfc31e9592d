import type { Audit, AuditKind } from '../../audit/audit.ts'
import type { Clock } from '../../clock.ts'
import type { Directory, PersonId } from '../../directory/directory.ts'
import { ok, refused } from '../../result.ts'
import type { Store, Tx } from '../../store/store.ts'
import type { Deliveries } from '../deliveries/deliveries.ts'
import { attemptDetails } from './attempt.ts'
import type { Attempt, Attempts, Verification } from './attempts.ts'
import { acceptedWrite, type Eligibility, isRevoked, lacksFactor } from './barriers.ts'
import type { Failpoints } from './failpoints.ts'
import { writeFreeze } from './freeze-write.ts'
import type { LockHandle, PersonLock } from './person-lock.ts'
import type { Revocations } from './revocations.ts'
import type { OpenItems, Outcome, SourceRefusal, WriteBarriers, WriteHooks } from './write-hooks.ts'

export type { Failpoint, Failpoints } from './failpoints.ts'
export type { OpenItems, Outcome, SourceRefusal, WriteBarriers, WriteHooks } from './write-hooks.ts'

/** An attempt that is not committed yet. */
export type PreparedAttempt = Awaited<ReturnType<Attempts['prepare']>>

/** `record`: what is committed with the attempt; false: it must not be. `old`: the present password, when the person typed it. */
export type Submission = { readonly record: (tx: Tx) => Promise<boolean>; readonly old?: string | undefined }

/** An attempt with its generation, while the lock of its person is held. */
export type LockedAttempt = { readonly attempt: Attempt; readonly lockHandle: LockHandle }

export type SourceDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly audit: Audit
  readonly directory: Directory
  readonly attempts: Attempts
  readonly lock: PersonLock
  readonly deliveries: Pick<Deliveries, 'prepare' | 'notifyWorker'>
  readonly revocations: Pick<Revocations, 'recordAccepted'>
  readonly findBarriers: (holder: string, by: { journey: string | null }) => Promise<WriteBarriers>
  readonly findOpenItems: (tx: Tx, attempt: Attempt) => Promise<OpenItems>
  readonly writeHooks: Readonly<Record<Attempt['kind'], WriteHooks>>
  readonly failpoints: Failpoints
}

const recordEvent = (
  { audit }: SourceDeps,
  tx: Tx,
  attempt: Attempt,
  kind: AuditKind,
  reason: string | null,
) =>
  audit.append(tx, {
    chain: attempt.person,
    kind,
    by: attempt.kind === 'freeze' ? { kind: 'system' } : { kind: 'person', id: attempt.person },
    details: { ...attemptDetails(attempt), order: attempt.kind, generation: attempt.generation, reason },
  })

/** Runs under the person's lock, and ends it by the transaction that finishes the attempt; so does `refuse`. `proved`: in its journey. */
async function accept(
  deps: SourceDeps,
  { attempt, lockHandle }: LockedAttempt,
  verification: Verification,
  password: string,
  proved: WriteBarriers['proved'],
): Promise<Outcome> {
  const { attempts, deliveries, revocations, findOpenItems, writeHooks, failpoints } = deps
  const insertDeliveries = await deliveries.prepare(attempt, verification, password)
  const accepted = acceptedWrite(attempt, proved, verification)
  const recorded = await lockHandle.end(async (tx, isHeld) => {
    // The person's row before those of their attempts, as everywhere.
    if (!isHeld) await revocations.recordAccepted(tx, attempt.person, accepted)
    if (!(await attempts.accept(tx, attempt))) return false
    const toEnd = await findOpenItems(tx, attempt)
    await insertDeliveries(tx, toEnd.deliveries)
    await writeHooks[attempt.kind].accepted(tx, attempt, verification, toEnd)
    const kind = verification.verifiedAt ? 'password.written' : 'password.unproved'
    await recordEvent(deps, tx, attempt, kind, null)
    return true
  }, accepted)
  await failpoints('accepted')
  deliveries.notifyWorker()
  return recorded ? ok(verification) : refused('journey-superseded')
}

async function refuse(
  deps: SourceDeps,
  { attempt, lockHandle }: LockedAttempt,
  reason: SourceRefusal,
): Promise<Outcome> {
  const { attempts, writeHooks, failpoints } = deps
  await failpoints('refusal-known')
  await lockHandle.end(async tx => {
    if (!(await attempts.refuse(tx, attempt))) return
    await writeHooks[attempt.kind].refused(tx, attempt, reason)
    await recordEvent(deps, tx, attempt, 'password.refused', reason)
  })
  return refused(reason)
}

async function acceptAfterBind(
  deps: SourceDeps,
  locked: LockedAttempt,
  verification: Verification,
  password: string,
): Promise<Outcome> {
  const { attempt } = locked
  const barriers = await deps.findBarriers(attempt.person, attempt)
  return lacksFactor(attempt, barriers, attempt.startedAt)
    ? refuse(deps, locked, 'factor-first')
    : accept(deps, locked, verification, password, barriers.proved)
}

/**
 * Notifies the helpdesk, once for each attempt, that the old password may be valid until the directory takes the new one. Whether it was
 * notified is recorded in the attempt, in the transaction of the notice, because the first rounds of the attempt may have failed otherwise.
 */
async function recordWaiting(
  deps: SourceDeps,
  { attempt, lockHandle }: LockedAttempt,
  reason: SourceRefusal,
) {
  const { attempts, writeHooks } = deps
  await lockHandle.end(async tx => {
    if (!(await attempts.recordNotified(tx, attempt))) return
    await writeHooks[attempt.kind].refused(tx, attempt, reason)
    await recordEvent(deps, tx, attempt, 'password.refused', reason)
  })
}

/**
 * A freeze is not refused in three cases: the directory is unavailable, closes the account itself, or takes no password so soon after the
 * last (`pwdMinAge`). Its attempt then stays open until that case is over, because a stranger may know the old password. `mayBeInForce`:
 * no bind has shown that the freeze's password is wrong.
 */
async function refuseOrWait(
  deps: SourceDeps,
  locked: LockedAttempt,
  reason: SourceRefusal,
  mayBeInForce: boolean,
): Promise<Outcome> {
  if (locked.attempt.kind !== 'freeze') return refuse(deps, locked, reason)
  if (reason === 'directory-unavailable') return refused('outcome-unknown')
  if (reason === 'closed-by-server') return refused(reason)
  if (reason !== 'directory-too-young') return refuse(deps, locked, reason)
  if (!mayBeInForce) await recordWaiting(deps, locked, reason)
  return refused(reason)
}

async function checkWrite(deps: SourceDeps, attempt: Attempt): Promise<Eligibility> {
  const found = await deps.directory.read(attempt.person)
  if (!found.ok) return found
  if (!found.person) return refused('account-closed')
  if (found.person.privileged) return refused('account-privileged')
  const barriers = await deps.findBarriers(attempt.person, attempt)
  if (isRevoked(attempt, barriers))
    return refused(attempt.kind === 'change' ? 'journey-superseded' : 'proof-replaced')
  if (lacksFactor(attempt, barriers, deps.clock.now())) return refused('factor-first')
  const checked = await deps.writeHooks[attempt.kind].checkWrite(attempt, found.person, barriers)
  return checked.ok ? ok({ proved: barriers.proved }) : checked
}

async function verify(
  { directory, failpoints, clock }: SourceDeps,
  person: PersonId,
  password: string,
  server: string,
) {
  const bound = await directory.bind(person, password, server)
  await failpoints('proved')
  return bound.ok ? clock.now() : null
}

/** A freeze applies to the services even when the source of truth does not answer, so its deliveries are queued first. */
async function queueFreezeDeliveries({ store, deliveries }: SourceDeps, attempt: Attempt, password: string) {
  const insertDeliveries = await deliveries.prepare(attempt, null, password)
  await store.transaction(tx => insertDeliveries(tx, true))
  deliveries.notifyWorker()
}

async function writeLocked(
  deps: SourceDeps,
  locked: LockedAttempt,
  chosen: string,
  { old, mayBeInForce = false }: { readonly old?: string | undefined; readonly mayBeInForce?: boolean } = {},
): Promise<Outcome> {
  const { clock, directory, failpoints } = deps
  const { attempt } = locked
  await failpoints('person-locked')
  if (attempt.kind === 'freeze') await queueFreezeDeliveries(deps, attempt, chosen)
  const eligibility = await checkWrite(deps, attempt)
  if (!eligibility.ok) return refuseOrWait(deps, locked, eligibility.reason, mayBeInForce)
  await failpoints('about-to-write')
  const { written, password } =
    attempt.kind === 'freeze'
      ? await writeFreeze(directory, attempt.person, chosen)
      : { written: await directory.write(attempt.person, chosen, old), password: chosen }
  if (!written.ok)
    return written.reason === 'outcome-unknown'
      ? refused('outcome-unknown')
      : refuseOrWait(deps, locked, written.reason, mayBeInForce)
  await failpoints('written')
  const writtenAt = clock.now()
  const verifiedAt = await verify(deps, attempt.person, password, written.server)
  return accept(deps, locked, { writtenAt, verifiedAt }, password, eligibility.proved)
}

const withLock = <T>(
  { lock, attempts }: SourceDeps,
  pending: Attempt,
  work: (locked: LockedAttempt) => Promise<T>,
): Promise<T | 'busy' | 'superseded'> =>
  lock.withLock<Attempt | null, T | 'superseded'>(
    pending.person,
    (tx, generation) => attempts.assignGeneration(tx, pending, generation),
    async (attempt, lockHandle) => (attempt ? work({ attempt, lockHandle }) : 'superseded'),
  )

async function writePassword(
  deps: SourceDeps,
  attempt: Attempt,
  password: string,
  old?: string,
): Promise<Outcome> {
  await deps.failpoints('attempt-committed')
  const outcome = await withLock(deps, attempt, locked => writeLocked(deps, locked, password, { old }))
  if (outcome === 'superseded') return refused('journey-superseded')
  return outcome === 'busy' ? refused('outcome-unknown') : outcome
}

/**
 * One commit for the attempt and the person's lock, where nobody else holds it; otherwise the attempt waits for the lock. The lock
 * comes first, as in every transaction that locks the row of a person.
 */
async function commitAndWrite(
  deps: SourceDeps,
  { attempt, insert }: PreparedAttempt,
  password: string,
  { record, old }: Submission,
): Promise<Outcome | null> {
  const { store, lock, failpoints } = deps
  const committed = await store.transaction(async tx => {
    const acquired = await lock.tryLock(tx, attempt.person)
    if (!(await record(tx))) {
      await acquired?.release()
      return null
    }
    await insert(tx, acquired?.generation)
    return { acquired }
  })
  if (!committed) return null
  const { acquired } = committed
  if (!acquired) return writePassword(deps, attempt, password, old)
  return acquired.run(async lockHandle => {
    await failpoints('attempt-committed')
    const numbered = { ...attempt, generation: acquired.generation }
    return writeLocked(deps, { attempt: numbered, lockHandle }, password, { old })
  })
}

/**
 * Writes a password to the first directory, the source of truth, so that nothing is lost when the process is killed at any
 * moment: commit the attempt's row → check eligibility again under the person's lock → write → prove by a bind → record the
 * acceptance in one transaction. `reconciler.ts` finishes attempts that are left open, by a bind with the sealed password.
 */
export const createSource = (deps: SourceDeps) => ({
  /**
   * Finishes an attempt after a bind with its sealed password succeeded. When the second-factor rule forbade the write, Sésame
   * did not write it: the same password was set there in another way, so the attempt is refused. A factor that was put in
   * service after the attempt started does not undo a write that was allowed.
   */
  acceptAfterBind: (locked: LockedAttempt, verification: Verification, password: string) =>
    acceptAfterBind(deps, locked, verification, password),
  refuse: (locked: LockedAttempt, reason: SourceRefusal) => refuse(deps, locked, reason),

  /** Assigns a generation and runs `work` under the person's lock; `'superseded'`: a newer attempt has ended this one. */
  withLock: <T>(pending: Attempt, work: (locked: LockedAttempt) => Promise<T>) =>
    withLock(deps, pending, work),

  /**
   * The same as `writePassword`, for a caller that holds the person's lock. `mayBeInForce`: an earlier write of this password may
   * have arrived.
   */
  writePasswordLocked: (locked: LockedAttempt, password: string, mayBeInForce: boolean) =>
    writeLocked(deps, locked, password, { mayBeInForce }),

  /**
   * Commits an attempt with what its request records, then writes its password; `null`: the request did not record it, so nothing
   * was kept.
   */
  commitAndWrite: (prepared: PreparedAttempt, password: string, submission: Submission) =>
    commitAndWrite(deps, prepared, password, submission),

  /** Writes the password of an attempt whose row is committed. `old`: the present password, when the person typed it. */
  writePassword: (attempt: Attempt, password: string, old?: string) =>
    writePassword(deps, attempt, password, old),
})

export type Source = ReturnType<typeof createSource>

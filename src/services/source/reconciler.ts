import { hours, minutes, seconds } from '../../clock.ts'
import { type Directory, provesPassword } from '../../directory/directory.ts'
import { backOff } from '../../jobs/back-off.ts'
import type { Attempts } from './attempts.ts'
import type { LockedAttempt, Source } from './source.ts'
import { unknownPassword } from './unknown-password.ts'

/** Refusals that leave an attempt open; all but the first only that of a freeze. */
const stillOpen = new Set(['outcome-unknown', 'closed-by-server', 'directory-too-young'])

const patience = { first: seconds(2), longest: minutes(5) }

type Deps = {
  readonly attempts: Attempts
  readonly source: Source
  readonly directory: Directory
  readonly now: () => number
  readonly keepSealed: number
}

/** Nobody knows the password of a freeze, so it may always be written again, until a bind succeeds. */
async function reconcileFreeze({ source, directory, now }: Deps, locked: LockedAttempt, password: string) {
  const { attempt } = locked
  const bound = await directory.bind(attempt.person, password)
  if (bound.ok) return source.acceptAfterBind(locked, { writtenAt: now(), verifiedAt: now() }, password)
  if (provesPassword(bound.reason))
    return source.acceptAfterBind(locked, { writtenAt: now(), verifiedAt: null }, password)
  return source.writePasswordLocked(locked, password, bound.reason !== 'wrong-password')
}

async function reconcileWrite(deps: Deps, locked: LockedAttempt, password: string) {
  const { source, directory } = deps
  const { attempt } = locked
  const bound = await directory.bind(attempt.person, password)
  const now = deps.now()
  if (bound.ok) return source.acceptAfterBind(locked, { writtenAt: now, verifiedAt: now }, password)
  if (provesPassword(bound.reason))
    return source.acceptAfterBind(locked, { writtenAt: now, verifiedAt: null }, password)
  // The write never arrived: the person is told to try again, as when the directory did not answer.
  if (bound.reason === 'wrong-password') return source.refuse(locked, 'directory-unavailable')
  return null
}

async function reconcile(deps: Deps, locked: LockedAttempt) {
  const { attempts, source } = deps
  const { attempt } = locked
  const tooOld = deps.now() - attempt.startedAt > Math.min(deps.keepSealed, hours(72))
  // Before its password is opened, which a damaged row or key prevents each time.
  if (tooOld && attempt.kind !== 'freeze') {
    await source.refuse(locked, 'directory-unavailable')
    return
  }
  const { password, isElsewhere } = await attempts.password(attempt)
  // The key may exist only on the host that failed. Until that host is back, or the password has expired, the attempt waits.
  if (isElsewhere && !tooOld) {
    await attempts.postpone(attempt, backOff(patience, attempt.tries))
    return
  }
  if (password === null && attempt.kind === 'freeze') {
    // The password of the freeze cannot be opened: its key was lost, or is on a host that is lost. Another one that nobody knows is written.
    // A bind cannot show whether one of the two is in force, so the helpdesk is notified while the write waits.
    const written = await source.writePasswordLocked(locked, unknownPassword(), false)
    if (!written.ok && stillOpen.has(written.reason))
      await attempts.postpone(attempt, backOff(patience, attempt.tries))
    return
  }
  if (password === null) {
    await source.refuse(locked, 'directory-unavailable')
    return
  }
  const outcome = await (attempt.kind === 'freeze' ? reconcileFreeze : reconcileWrite)(deps, locked, password)
  const isOpen = outcome === null || (!outcome.ok && stillOpen.has(outcome.reason))
  if (isOpen) await attempts.postpone(attempt, backOff(patience, attempt.tries))
}

/** A fault of one attempt must not keep the others of the same run waiting: it is thrown once they have been settled. */
async function reconcileAbandoned(deps: Deps) {
  const { attempts, source } = deps
  const abandoned = await attempts.claimAbandoned()
  const faults: unknown[] = []
  for (const attempt of abandoned)
    try {
      const result = await source.withLock(attempt, locked => reconcile(deps, locked))
      if (result === 'busy') await attempts.postpone(attempt, backOff(patience, attempt.tries))
    } catch (fault) {
      faults.push(fault)
      await attempts.postpone(attempt, backOff(patience, attempt.tries))
    }
  if (faults.length > 0) throw faults[0]
  return abandoned.length
}

/**
 * Settles attempts that a killed process or an unresponsive directory left open. A bind with the sealed password shows whether
 * the write happened: it succeeds → accepted; it is refused → refused, its password is erased, and the journey reopens; no answer → tried again later.
 */
export const createReconciler = (deps: Deps) => ({
  /** Runs once; returns the number of attempts that it claimed. */
  run: () => reconcileAbandoned(deps),
})

import { hours, minutes, seconds } from '../../clock.ts'
import type { Directory } from '../../directory/directory.ts'
import { backOff } from '../../jobs/back-off.ts'
import type { Attempts } from './attempts.ts'
import { isOfThisHost } from './lease-holder.ts'
import type { LockedAttempt, Source } from './source.ts'

/** Refusals of a bind that a directory gives only when the password is correct. */
const rightPassword = new Set(['password-expired', 'must-change'])

const patience = { first: seconds(2), longest: minutes(5) }

/**
 * Finishes attempts that a killed process or an unresponsive directory left open. A bind with the sealed password shows whether
 * the write happened: it succeeds → accepted; it is refused → erased, and the journey reopens; no answer → tried again later.
 */
export const createReconciler = (deps: {
  attempts: Attempts
  source: Source
  directory: Directory
  now: () => number
  keepSealed: number
}) => {
  const { attempts, source, directory } = deps

  /** Nobody knows the password of a freeze, so it may always be written again, until a bind succeeds. */
  const reconcileFreeze = async (locked: LockedAttempt, password: string) => {
    const { attempt } = locked
    const bound = await directory.bind(attempt.person, password)
    if (bound.ok)
      return source.acceptAfterBind(locked, { writtenAt: deps.now(), verifiedAt: deps.now() }, password)
    return source.writePasswordLocked(locked, password)
  }

  const reconcileWrite = async (locked: LockedAttempt, password: string) => {
    const { attempt } = locked
    const bound = await directory.bind(attempt.person, password)
    const now = deps.now()
    if (bound.ok) return source.acceptAfterBind(locked, { writtenAt: now, verifiedAt: now }, password)
    if (rightPassword.has(bound.reason))
      return source.acceptAfterBind(locked, { writtenAt: now, verifiedAt: null }, password)
    if (bound.reason === 'wrong-password') return source.refuse(locked, 'directory-unavailable')
    return null
  }

  const reconcile = async (locked: LockedAttempt) => {
    const { attempt } = locked
    const password = await attempts.password(attempt)
    const tooOld = deps.now() - attempt.startedAt > Math.min(deps.keepSealed, hours(72))
    // The key may exist only on the host that failed. Until that host is back, or the password has expired, the attempt waits.
    if (password === null && !tooOld && !isOfThisHost(attempt.facts.leaseHolder)) {
      await attempts.postpone(attempt, backOff(patience, attempt.tries))
      return
    }
    if (password === null || (tooOld && attempt.kind !== 'freeze')) {
      await source.refuse(locked, 'directory-unavailable')
      return
    }
    const outcome = await (attempt.kind === 'freeze' ? reconcileFreeze : reconcileWrite)(locked, password)
    const isOpen = outcome === null || (!outcome.ok && outcome.reason === 'outcome-unknown')
    if (isOpen) await attempts.postpone(attempt, backOff(patience, attempt.tries))
  }

  return {
    /** Runs once; returns the number of attempts that it claimed. */
    run: async () => {
      const abandoned = await attempts.claimAbandoned()
      for (const attempt of abandoned) {
        const result = await source.withLock(attempt, reconcile)
        if (result === 'busy') await attempts.postpone(attempt, backOff(patience, attempt.tries))
      }
      return abandoned.length
    },
  }
}

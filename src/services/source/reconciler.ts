import { backOff } from '../../back-off.ts'
import { hours, minutes, seconds } from '../../clock.ts'
import type { Directory } from '../../directory/directory.ts'
import type { Attempts } from './attempts.ts'
import { isOfThisHost } from './owner.ts'
import type { LockedAttempt, Source } from './source.ts'

/** Refusals of a bind that a directory gives only after the password was found right. */
const rightPassword = new Set(['password-expired', 'must-change'])

const patience = { first: seconds(2), longest: minutes(5) }

/**
 * Settles what a killed process or a silent directory left open. A bind with the sealed password tells whether the
 * write happened: it binds → accepted; it is refused → erased, the journey reopens; no answer → kept, tried later.
 */
export const createReconciler = (deps: {
  attempts: Attempts
  source: Source
  directory: Directory
  now: () => number
  keepSealed: number
}) => {
  const { attempts, source, directory } = deps

  /** Nobody knows this password: writing it again until it binds is always right. */
  const reconcileFreeze = async (locked: LockedAttempt, password: string) => {
    const { attempt } = locked
    const bound = await directory.bind(attempt.person, password)
    if (bound.ok)
      return source.acceptAfterBind(locked, { writtenAt: deps.now(), provedAt: deps.now() }, password)
    return source.writePasswordLocked(locked, password)
  }

  const reconcileReset = async (locked: LockedAttempt, password: string) => {
    const { attempt } = locked
    const bound = await directory.bind(attempt.person, password)
    const now = deps.now()
    if (bound.ok) return source.acceptAfterBind(locked, { writtenAt: now, provedAt: now }, password)
    if (rightPassword.has(bound.reason))
      return source.acceptAfterBind(locked, { writtenAt: now, provedAt: null }, password)
    if (bound.reason === 'wrong-password') return source.refuse(locked, 'directory-unavailable')
    return null
  }

  const reconcile = async (locked: LockedAttempt) => {
    const { attempt } = locked
    const password = await attempts.password(attempt)
    const tooOld = deps.now() - attempt.startedAt > Math.min(deps.keepSealed, hours(72))
    // Its key may lie on the host that died: only that host, or time, may say that nothing was written.
    if (password === null && !tooOld && !isOfThisHost(attempt.facts.owner)) {
      await attempts.postpone(attempt, backOff(patience, attempt.tries))
      return
    }
    if (password === null || (tooOld && attempt.kind !== 'freeze')) {
      await source.refuse(locked, 'directory-unavailable')
      return
    }
    const settled = await (attempt.kind === 'freeze' ? reconcileFreeze : reconcileReset)(locked, password)
    const open = settled === null || (!settled.ok && settled.reason === 'outcome-unknown')
    if (open) await attempts.postpone(attempt, backOff(patience, attempt.tries))
  }

  return {
    /** One round; how many attempts it took up. */
    run: async () => {
      const open = await attempts.claimAbandoned()
      for (const attempt of open) {
        const done = await source.withLock(attempt, reconcile)
        if (done === 'busy') await attempts.postpone(attempt, backOff(patience, attempt.tries))
      }
      return open.length
    },
  }
}

import { createRefreshed } from './refreshed.ts'

/** The lockout policy of the directory: how many wrong passwords lock an account. */
export type Lockout = {
  /** Failures that lock an account; 0: lockout is off. */
  readonly maxFailures: number
  /** Milliseconds after which failures are forgotten; 0: only a successful bind resets them. */
  readonly interval: number
}

export const noLockout: Lockout = { maxFailures: 0, interval: 0 }

/**
 * Combines the policies into one that is at least as strict as each of them. It is used for everybody, so that no limit reveals
 * which policy an entry has.
 */
export const strictestLockout = (rules: readonly Lockout[]): Lockout => {
  const locking = rules.filter(({ maxFailures }) => maxFailures > 0)
  if (locking.length === 0) return noLockout
  const neverResets = locking.some(({ interval }) => interval === 0)
  return {
    maxFailures: Math.min(...locking.map(({ maxFailures }) => maxFailures)),
    interval: neverResets ? 0 : Math.max(...locking.map(({ interval }) => interval)),
  }
}

/**
 * How many of these failures the portal lets each side use: strangers at most half, known browsers and sessions of the
 * person at most a quarter; the rest is left to other programs. With few failures each side has one, as long as both
 * together stay below the lockout.
 */
export const lockoutShares = (maxFailures: number): { readonly stranger: number; readonly own: number } => {
  if (maxFailures < 2) return { stranger: 0, own: 0 }
  const stranger = Math.floor(maxFailures / 2)
  const quarter = Math.floor(maxFailures / 4)
  if (quarter > 0) return { stranger, own: quarter }
  return { stranger, own: stranger + 1 < maxFailures ? 1 : 0 }
}

/**
 * Returns a function that gives the policy in force: the stricter of the one read from the directory, refreshed every
 * few minutes, and the one configured; `null` when neither is known. While the directory is unavailable, the last policy
 * read remains in force.
 */
export const createLockoutReader = (deps: {
  /** Returns `null` when the portal's account may not read the policy; throws when the directory does not answer. */
  readonly read: () => Promise<Lockout | null>
  readonly configured: Lockout | undefined
  readonly now: () => number
}) => {
  const { configured } = deps
  const current = createRefreshed(deps.read, deps.now)
  return async (): Promise<Lockout | null> => {
    const rules = [await current(), configured].filter(rule => rule !== null && rule !== undefined)
    return rules.length > 0 ? strictestLockout(rules) : null
  }
}

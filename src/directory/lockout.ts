import { minutes, seconds } from '../clock.ts'

/** The directory's own rule: so many wrong passwords shut an account. */
export type Lockout = {
  /** How many; 0: it shuts none. */
  readonly maxFailures: number
  /** Milliseconds after which it forgets failures; 0: only a success makes it forget. */
  readonly interval: number
}

export const noLockout: Lockout = { maxFailures: 0, interval: 0 }

/** Stricter than each of them: it holds for everybody, so that no figure tells whose entry has which policy. */
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
 * Who may use up how many of these failures: strangers at most half, known browsers and sessions of the person at most
 * a quarter; what is left is for other programs. Of a few, each has one as long as both together stay below the lock-out.
 */
export const lockoutShares = (maxFailures: number): { readonly stranger: number; readonly own: number } => {
  if (maxFailures < 2) return { stranger: 0, own: 0 }
  const stranger = Math.floor(maxFailures / 2)
  const quarter = Math.floor(maxFailures / 4)
  if (quarter > 0) return { stranger, own: quarter }
  return { stranger, own: stranger + 1 < maxFailures ? 1 : 0 }
}

const readEvery = minutes(5)
const retryAfter = seconds(10)

/**
 * The rule in force: what the directory tells, read again every few minutes, and what is configured, the stricter of
 * both. `null`: neither is known. What was read stands while the directory is away.
 */
export const createLockoutReader = (deps: {
  /** `null`: the portal's account may not read it. Throws when the directory does not answer. */
  readonly read: () => Promise<Lockout | null>
  readonly configured: Lockout | undefined
  readonly now: () => number
}) => {
  const { read, configured, now } = deps
  let known: Lockout | null | undefined
  let nextRead = 0
  let pendingRead: Promise<void> | null = null

  const refresh = async () => {
    try {
      known = await read()
      nextRead = now() + readEvery
    } catch {
      nextRead = now() + retryAfter
    } finally {
      pendingRead = null
    }
  }

  return async (): Promise<Lockout | null> => {
    if (now() >= nextRead) pendingRead ??= refresh()
    if (known === undefined && pendingRead) await pendingRead
    const rules = [known, configured].filter(rule => rule !== null && rule !== undefined)
    return rules.length > 0 ? strictestLockout(rules) : null
  }
}

import { type Clock, systemClock } from '../../src/clock.ts'

/** The real clock, that a test can set forward: a journey expires, a question opens again. */
export const movableClock = (): Clock & { forward(milliseconds: number): void } => {
  let ahead = 0
  return {
    now: () => systemClock.now() + ahead,
    sleep: systemClock.sleep,
    forward: milliseconds => {
      ahead += milliseconds
    },
  }
}

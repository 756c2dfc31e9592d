import { type Clock, systemClock } from '../../src/clock.ts'

/** The system clock, which a test can move forward in milliseconds, for example to let a journey expire. */
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

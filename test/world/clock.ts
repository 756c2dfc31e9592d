import { type Clock, systemClock } from '../../src/clock.ts'

/**
 * The system clock, which a test can move forward in milliseconds, for example to let a journey expire. `start`: what it shows
 * first, so that dates are the same in every run.
 */
export const movableClock = (start?: number): Clock & { forward(milliseconds: number): void } => {
  let ahead = start === undefined ? 0 : start - systemClock.now()
  return {
    now: () => systemClock.now() + ahead,
    sleep: systemClock.sleep,
    forward: milliseconds => {
      ahead += milliseconds
    },
  }
}

/** Milliseconds since the epoch, and a sleep. Tests pass their own. */
export type Clock = { now(): number; sleep(milliseconds: number): Promise<void> }

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds)),
}

export const seconds = (n: number) => n * 1000
export const minutes = (n: number) => n * 60_000
export const hours = (n: number) => n * 3_600_000
export const days = (n: number) => n * 86_400_000

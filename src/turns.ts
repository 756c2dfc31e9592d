import { setImmediate } from 'node:timers/promises'

/** Work that may be long, in rounds of a few milliseconds. */
export type Rounds<Result> = Generator<void, Result>

const perRound = 250

/** Maps a list that may be long. */
export function* mapInRounds<Value, Result>(
  values: readonly Value[],
  map: (value: Value) => Result,
): Rounds<Result[]> {
  const results: Result[] = []
  for (const value of values) {
    results.push(map(value))
    if (results.length % perRound === 0) yield
  }
  return results
}

/** Other requests have their turn after each round: the portal answers everybody in one thread. */
export async function inTurns<Result>(work: Rounds<Result>): Promise<Result> {
  for (;;) {
    const round = work.next()
    if (round.done) return round.value
    await setImmediate()
  }
}

/** All rounds in a row, for what is known to be short. */
export function atOnce<Result>(work: Rounds<Result>): Result {
  for (;;) {
    const round = work.next()
    if (round.done) return round.value
  }
}

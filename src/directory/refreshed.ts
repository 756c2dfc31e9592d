import { minutes, seconds } from '../clock.ts'

const readEvery = minutes(5)
const retryAfter = seconds(10)

/**
 * Returns a function that gives what `read` found, read again every few minutes. Only the first caller waits. While `read` throws,
 * the last one found remains; `undefined`: none was found yet.
 */
export const createRefreshed = <T>(read: () => Promise<T>, now: () => number) => {
  let known: T | undefined
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

  return async (): Promise<T | undefined> => {
    if (now() >= nextRead) pendingRead ??= refresh()
    if (known === undefined && pendingRead) await pendingRead
    return known
  }
}

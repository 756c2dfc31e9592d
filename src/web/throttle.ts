/** Runs `work` at most once in `interval` milliseconds: for log lines that every request could write. */
export const createThrottle = (interval: number, now: () => number) => {
  let last = Number.NEGATIVE_INFINITY
  return (work: () => void) => {
    if (now() - last < interval) return
    last = now()
    work()
  }
}

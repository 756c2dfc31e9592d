/**
 * Exponential back-off with jitter, in whole milliseconds (the rows store integers): doubled each time up to `longest`, plus
 * or minus a quarter, so that what failed together is not retried together.
 */
export const backOff = ({ first, longest }: { first: number; longest: number }, tries: number) =>
  Math.round(Math.min(first * 2 ** Math.min(tries, 30), longest) * (0.75 + Math.random() / 2))

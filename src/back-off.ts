/**
 * How long to wait before the next try, in whole milliseconds (a row cannot keep less): doubled each time up to
 * `longest`, give or take a quarter, so that what failed together does not come back together.
 */
export const backOff = ({ first, longest }: { first: number; longest: number }, tries: number) =>
  Math.round(Math.min(first * 2 ** Math.min(tries, 30), longest) * (0.75 + Math.random() / 2))

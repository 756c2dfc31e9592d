/** One thing that `sesame check` can find wrong (`check-lines.ts`). */
export type CheckLine = {
  /** How it is found out. */
  readonly how: string
  /** `share`: a warning, and wrong when it concerns everybody of a population, because then nobody there can do it. */
  readonly level: 'wrong' | 'warning' | 'untried' | 'share'
  /** What to do; `{…}` is what the finding fills in, so that it can be pasted. */
  readonly remedy: string
}

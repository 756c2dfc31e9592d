/** One measured figure. `goal` is a sentence for people, `good` what this run says of it. */
export type Figure = {
  readonly figure: string
  readonly value: number
  readonly goal: string
  readonly good: boolean
  /** What is needed to believe the figure: runs, spread, what was compared. */
  readonly detail: Readonly<Record<string, unknown>>
}

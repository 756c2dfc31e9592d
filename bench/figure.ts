/** One measured figure. `goal` is a sentence for people; `good` says whether this run meets it. */
export type Figure = {
  readonly figure: string
  readonly value: number
  readonly goal: string
  readonly good: boolean
  /** Conditions of the measurement: runs, spread, what was compared. */
  readonly detail: Readonly<Record<string, unknown>>
}

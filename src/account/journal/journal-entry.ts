/** One event of the account. `details` are empty once retention has erased them. */
export type JournalEntry = {
  readonly sequence: number
  readonly at: number
  readonly kind: string
  readonly actor: string
  readonly details: Readonly<Record<string, unknown>>
}

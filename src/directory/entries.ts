import type { Result } from '../result.ts'
import type { PersonId, Population } from './directory.ts'

/** A person's entry, with the attributes that were asked for. */
export type PersonEntry = {
  readonly dn: string
  readonly privileged: boolean
  readonly valuesOf: (attribute: string) => readonly string[]
}

export type EntryChange = {
  readonly how: 'add' | 'replace'
  readonly attribute: string
  readonly values: readonly string[]
}

/**
 * The entries of people, for a service that keeps facts of its own beside the password. No verb throws for a fault of the
 * network or the server. When `signal` fires, the connection in use is destroyed and the verb ends.
 */
export interface Entries {
  /** Reads the entry wherever it is now; `entry: null` when it is gone. */
  read(
    id: PersonId,
    attributes: readonly string[],
    signal: AbortSignal,
  ): Promise<Result<{ entry: PersonEntry | null }, 'directory-unavailable'>>
  /** All these changes in one operation, or none; `server` took them. */
  change(
    dn: string,
    changes: readonly EntryChange[],
    signal: AbortSignal,
  ): Promise<
    Result<{ server: string }, 'directory-not-allowed' | 'directory-unavailable' | 'outcome-unknown'>
  >
  /** Whether that server holds the value: compared there, so that nobody needs the right to read it. */
  holds(
    held: { readonly dn: string; readonly attribute: string; readonly value: string },
    server: string,
    signal: AbortSignal,
  ): Promise<Result<{ holds: boolean }, 'directory-unavailable'>>
  /** How many people of the population pass this RFC 4515 filter; `more` when the server stops counting. */
  count(
    population: Population,
    filter: string,
  ): Promise<Result<{ count: number; more: boolean }, 'directory-unavailable'>>
  close(): Promise<void>
}

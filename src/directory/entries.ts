import type { Result } from '../result.ts'
import type { PersonId, Population } from './directory.ts'

/** A person's entry, with the attributes that were requested. */
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
 * The entries of people, for a service that stores attributes of its own next to the password. No method throws for a
 * fault of the network or the server. When `signal` aborts, the connection in use is destroyed and the method returns.
 */
export interface Entries {
  /** Reads the entry at its current DN; `entry: null` when it no longer exists. */
  read(
    id: PersonId,
    attributes: readonly string[],
    signal: AbortSignal,
  ): Promise<Result<{ entry: PersonEntry | null }, 'directory-unavailable'>>
  /** Applies all changes in one modify operation; `server` is the replica that took them. */
  change(
    dn: string,
    changes: readonly EntryChange[],
    signal: AbortSignal,
  ): Promise<
    Result<{ server: string }, 'directory-not-allowed' | 'directory-unavailable' | 'outcome-unknown'>
  >
  /** Whether that server has the value, by an LDAP compare, which needs no right to read it. */
  holds(
    comparison: { readonly dn: string; readonly attribute: string; readonly value: string },
    server: string,
    signal: AbortSignal,
  ): Promise<Result<{ holds: boolean }, 'directory-unavailable'>>
  /** How many people of the population match this RFC 4515 filter; `more` when the server's size limit stopped the count. */
  count(
    population: Population,
    filter: string,
  ): Promise<Result<{ count: number; more: boolean }, 'directory-unavailable'>>
  close(): Promise<void>
}

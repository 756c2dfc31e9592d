import type { Result } from '../result.ts'
import type { Lockout } from './lockout.ts'

/** The four numbers by which a person can be identified, as the cards of the choice page name them. */
export const numberKinds = ['student-number', 'ine', 'staff-number', 'uid'] as const
export type NumberKind = (typeof numberKinds)[number]

export type Population = 'student' | 'staff' | 'external'

/** Stable id of an entry (OpenLDAP `entryUUID`, 389 DS `nsUniqueId`): it survives a rename, a login does not. */
export type PersonId = string & { readonly __brand: 'PersonId' }

/** `0` for an unknown day or month: civil registries hold such dates for people born abroad. */
export type BirthDate = { readonly year: number; readonly month: number; readonly day: number }

export type Person = {
  readonly id: PersonId
  /** What the person types to sign in. */
  readonly login: string
  readonly populations: readonly Population[]
  readonly displayName: string
  readonly firstNames: readonly string[]
  readonly familyNames: readonly string[]
  readonly birthDate: BirthDate | null
  /** Every known mail address, institutional first, without duplicates; `{LABEL}` prefixes removed. */
  readonly addresses: readonly string[]
  /** Member of a configured group, or `adminCount=1`: Sésame never writes such an account. */
  readonly privileged: boolean
  /** Past every `supann…DateFin` it has: treated as frozen. */
  readonly ended: boolean
}

/** Why the source of truth refused a password, in words that the person can act upon. */
export const writeRefusals = [
  'directory-too-short',
  'directory-too-long',
  'directory-in-history',
  'directory-too-young',
  'directory-quality',
  'directory-not-allowed',
  'directory-old-password',
] as const
export type WriteRefusal = (typeof writeRefusals)[number]

/** `server` names the replica that took the write: the proof must bind there. */
export type PasswordWriteResult = Result<
  { server: string },
  WriteRefusal | 'directory-unavailable' | 'outcome-unknown'
>

export const bindRefusals = [
  'wrong-password',
  'password-expired',
  'must-change',
  'account-locked',
  'directory-unavailable',
] as const
/** `sent`: the password left, and no answer came; the directory may have judged and counted it. */
type UnansweredBind = { readonly ok: false; readonly reason: 'directory-unavailable'; readonly sent?: true }
export type BindResult =
  | Result<object, Exclude<(typeof bindRefusals)[number], 'directory-unavailable'>>
  | UnansweredBind

/** Whoever bears a login, and how many wrong passwords shut an account: `null` where that cannot be read. */
export type LoginLookup = { readonly person: Person | null; readonly lockout: Lockout | null }

/** One line of `sesame check`: `wrong` stops a start, `warning` does not. `detail` is a sentence in English. */
export type Finding = {
  readonly level: 'good' | 'warning' | 'wrong'
  readonly what: string
  readonly detail: string
}

/**
 * Where the people and their passwords are. Every implementation passes `contract.ts`.
 *
 * None of these verbs throws for a fault of the network, the server or the data of one entry: such faults are
 * values. Each returns within the configured time-out. Passwords are never logged and never kept after the call.
 */
export interface Directory {
  /** Milliseconds after which any verb has certainly ended, its connection destroyed. */
  readonly longest: number
  /**
   * People who hold that number in the population (base and filter) of its kind, at most two: two are an incident.
   * `number` is folded (lower case, no separator, no leading zero): the answer depends on it alone, so that two
   * spellings of one number never differ. One search, whether somebody is found or not.
   */
  find(
    kind: NumberKind,
    number: string,
  ): Promise<Result<{ people: readonly Person[] }, 'directory-unavailable'>>
  /**
   * The person of that login, for the sign-in page. Exactly one match, else `person: null`. With it comes the rule by
   * which the directory shuts accounts after wrong passwords, the same whoever is asked for: a bind is decided by both.
   */
  findLogin(login: string): Promise<Result<LoginLookup, 'directory-unavailable'>>
  /** Reads the entry again. `person: null` when it is gone. */
  read(id: PersonId): Promise<Result<{ person: Person | null }, 'directory-unavailable'>>
  /**
   * Sets the password. `ok` only after the server's explicit success. `directory-unavailable`: nothing was sent.
   * `outcome-unknown`: sent, but no answer came; only a bind can tell. Calls for one person must not overlap.
   * `old`: the password in force, where the person gave it. A directory that tells a change from a reset (Active
   * Directory) then makes a change, under its rules of age and history.
   */
  write(id: PersonId, password: string, old?: string): Promise<PasswordWriteResult>
  /** Proves a password by a real login as the person, on `server` where given. An empty password is refused, unsent. */
  bind(id: PersonId, password: string, server?: string): Promise<BindResult>
  /** True when the directory answers a search within its time-out. */
  ping(): Promise<boolean>
  /** What an operator should know: rights, indexes, hashing, lock-out limits, entries that no card can reach. */
  check(): Promise<readonly Finding[]>
  close(): Promise<void>
}

import type { Result } from '../result.ts'
import type { Lockout } from './lockout.ts'

/** The four kinds of number that identify a person; each has its card on the page where people choose one. */
export const numberKinds = ['student-number', 'ine', 'staff-number', 'uid'] as const
export type NumberKind = (typeof numberKinds)[number]

export type Population = 'student' | 'staff' | 'external'

/** Whose number it is, by the cards of the portal; the settings of a directory may say otherwise. */
export const populationOfNumber: Readonly<Record<NumberKind, Population>> = {
  'student-number': 'student',
  ine: 'student',
  'staff-number': 'staff',
  uid: 'external',
}

/** Stable id of an entry (OpenLDAP `entryUUID`, 389 DS `nsUniqueId`): it survives a rename, a login does not. */
export type PersonId = string & { readonly __brand: 'PersonId' }

/** `0` for an unknown day or month: civil registries hold such dates for people born abroad. */
export type BirthDate = { readonly year: number; readonly month: number; readonly day: number }

/**
 * What closes an account. `by-server`: the server lets nobody sign in, whatever the password, until an administrator or the
 * calendar opens the account. `by-record`: a date of end or a state of the entry says that it is closed, and the server may still
 * accept its password. `for-a-time`: wrong passwords locked it, also a stranger's, and it opens by itself: nothing that waits is
 * given up for it.
 */
export type Closure = 'by-server' | 'by-record' | 'for-a-time'

/** When the directory lets the password of a person expire. Times are in milliseconds since 1970. */
export type PasswordExpiry = {
  readonly at: number
  /** From when on the person is told. */
  readonly warnFrom: number
  /** Sign-ins that the directory still accepts after it has expired. */
  readonly graceLeft: number
}

/** A date of birth that is known by its digest alone, as `sesame import people` keeps it. */
export type BirthDateDigest = {
  isOn(date: BirthDate): boolean
  isIn(year: number): boolean
}

export type Person = {
  readonly id: PersonId
  /** What the person types to sign in. */
  readonly login: string
  /** Every population that the directory gives the person, however they were found, where the policy of the proofs depends on it. */
  readonly populations: readonly Population[]
  readonly displayName: string
  readonly firstNames: readonly string[]
  readonly familyNames: readonly string[]
  readonly birthDate: BirthDate | null
  /** Instead of `birthDate`, where it was imported. */
  readonly birthDateDigest?: BirthDateDigest
  /** Every known mail address, institutional first, without duplicates; SupAnn `{LABEL}` prefixes are removed. */
  readonly addresses: readonly string[]
  /** Member of a configured group, direct or through others, or `adminCount=1`: Sésame never writes such an account. */
  readonly privileged: boolean
  /** Past every date of end that the directory has, or closed by the directory in another way: treated as frozen. */
  readonly closed: Closure | false
  /** Absent: the password never expires, or the portal may not read when. */
  readonly passwordExpiry?: PasswordExpiry
}

/**
 * Why the directory refused a new password; each reason has a message that tells the person what to change. `password-in-history`
 * is the reason of the portal's own history too. `directory-unnamed-rule`: the server does not say which rule refused it.
 */
export const writeRefusals = [
  'directory-too-short',
  'directory-too-long',
  'password-in-history',
  'directory-too-young',
  'directory-quality',
  'directory-unnamed-rule',
  'directory-not-allowed',
  'directory-old-password',
] as const
export type WriteRefusal = (typeof writeRefusals)[number]

export const isWriteRefusal = (reason: string): reason is WriteRefusal =>
  writeRefusals.some(refusal => refusal === reason)

/**
 * `server` is the URL of the replica that carried out the write: the bind that proves it must go there, because other replicas
 * may not have the password yet.
 */
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

/** Whether a directory gives this refusal of a bind only when the password is right: it has expired, or must be changed. */
export const provesPassword = (
  reason: (typeof bindRefusals)[number],
): reason is 'password-expired' | 'must-change' => reason === 'password-expired' || reason === 'must-change'

/** What the server said of the password as it accepted it: that it expires, or that it has and opens only so many sign-ins more. */
export type BindWarning = { readonly expiresIn: number } | { readonly graceLeft: number }
/** `sent`: the bind was sent and no answer came, so the directory may have counted it as a failure. */
type UnansweredBind = { readonly ok: false; readonly reason: 'directory-unavailable'; readonly sent?: true }
export type BindResult =
  | Result<
      { readonly warning?: BindWarning },
      Exclude<(typeof bindRefusals)[number], 'directory-unavailable'>
    >
  | UnansweredBind

/** The person who has a login, and the lockout policy in force (`null` when it is neither readable nor configured). */
export type LoginLookup = { readonly person: Person | null; readonly lockout: Lockout | null }

/** Somebody of the directory, as `sesame explain` counts them. `isFindable`: by a number of one of these populations and a date of birth. */
export type CountedPerson = Pick<Person, 'id' | 'populations' | 'privileged' | 'closed'> & {
  readonly isFindable: boolean
}

export type ExpiringPassword = { readonly person: PersonId; readonly expiresAt: number }

/**
 * One line of `sesame check`, in English. `wrong`: people cannot do what the portal is for. `untried`: it could not be tried, so
 * nothing is known about it. `detail` says what it means for people, and the remedy.
 */
export type Finding = {
  readonly level: 'good' | 'warning' | 'wrong' | 'untried'
  readonly what: string
  readonly detail: string
}

/**
 * The directory of people and their passwords. Every implementation passes `contract.ts`.
 *
 * No method throws for a fault of the network, the server or the data of one entry: such faults are returned as
 * refusals. Each returns within the configured timeout. Passwords are never logged and never kept after the call.
 */
export interface Directory {
  /** Milliseconds within which any method has returned, its connection destroyed if necessary. */
  readonly longest: number
  /** In which population a number of this kind is searched. */
  populationOf(kind: NumberKind): Population
  /**
   * People who hold that number in the population (base and filter) of its kind, at most two. Two are an incident. `number` is
   * folded (see `foldNumber`), so that two ways to type one number give the same answer. Always the
   * same searches, found or not: the response time must not reveal who exists.
   */
  find(
    kind: NumberKind,
    number: string,
  ): Promise<Result<{ people: readonly Person[] }, 'directory-unavailable'>>
  /**
   * The same where the store holds the numbers (`imported/`): people with one of these ids, in the population of the kind. One search
   * in each scope, found or not.
   */
  findByIds(
    kind: NumberKind,
    ids: readonly [PersonId, PersonId],
  ): Promise<Result<{ people: readonly Person[] }, 'directory-unavailable'>>
  /**
   * The person of that login, for the sign-in page: exactly one match, else `person: null`. The lockout policy, the same
   * for every login, comes with it, because both decide whether a bind is sent.
   */
  findLogin(login: string): Promise<Result<LoginLookup, 'directory-unavailable'>>
  /** Reads the entry again. `person: null` when it is gone. */
  read(id: PersonId): Promise<Result<{ person: Person | null }, 'directory-unavailable'>>
  /**
   * Sets the password. `ok` only after the server's explicit success. `directory-unavailable`: nothing was sent.
   * `outcome-unknown`: sent, but no answer came; only a bind can find out. Calls for one person must not overlap.
   * `old`: the current password, when the person typed it. A directory that distinguishes a change from a reset (Active
   * Directory) then makes a change, subject to its minimum age and history. `purpose`: why it is written, for `history-guard.ts`.
   */
  write(id: PersonId, password: string, old?: string, purpose?: 'freeze'): Promise<PasswordWriteResult>
  /** Verifies a password by a bind as the person, on `server` if given. An empty password is refused without a bind. */
  bind(id: PersonId, password: string, server?: string): Promise<BindResult>
  /**
   * The people whose password expires between these instants (milliseconds since 1970), without those whom Sésame never writes and
   * those whose account is closed. It reads the whole directory in pages, and lasts as long as that does.
   */
  expiring(
    from: number,
    to: number,
  ): Promise<Result<{ people: readonly ExpiringPassword[] }, 'directory-unavailable'>>
  /**
   * Reads everybody, page by page. A person of several populations may come more than once, each time with some of them. `endedBy`: the
   * sentence of a limit of the server that ended the reading.
   */
  everybody(
    add: (people: readonly CountedPerson[]) => void,
  ): Promise<Result<{ endedBy: string | null }, 'directory-unavailable'>>
  /** Why the directory does not answer a search, in a sentence for the operator; `null` when it does. */
  outage(): Promise<string | null>
  /**
   * Whether the directory itself refuses the last passwords of everybody, so many, when the portal writes: findings of `sesame
   * check`. Without one that is wrong or untried it does.
   */
  checkHistory(last: number): Promise<readonly Finding[]>
  /**
   * The findings of `sesame check`: rights, indexes, hashing, lockout, entries that no number can find. `smtpUtf8`: whether the mail
   * server takes addresses that are not ASCII before the @; `null` or absent: it is not known.
   */
  check(smtpUtf8?: boolean | null): Promise<readonly Finding[]>
  close(): Promise<void>
}

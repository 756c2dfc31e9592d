import type { Finding, PersonId } from '../directory/directory.ts'
import type { Result } from '../result.ts'

/**
 * A service is a place where the password opens something: eduroam, the telephony, the printing, CAS. Its *writer* sets
 * the password there; its *check* proves it by a real login. Deliveries (`deliveries/`) carry a password from the source
 * of truth to each service, and the receipt shows what was proved. Every implementation passes `contract.ts`.
 */
export type AccountRef = {
  readonly person: PersonId
  /** What the person types to sign in; the key of the account in other directories. */
  readonly login: string
}

/** Final for this password: trying again changes nothing, a person of the desk must look. */
export const serviceRefusals = [
  'service-no-account',
  'service-privileged',
  'service-policy',
  'service-not-allowed',
] as const
export type ServiceRefusal = (typeof serviceRefusals)[number]

/** `service-unavailable`: nothing was sent. `outcome-unknown`: sent, without an answer; only a login can tell. */
export type WriteResult = Result<object, ServiceRefusal | 'service-unavailable' | 'outcome-unknown'>

/**
 * `login-refused`: the service itself refused this password. `login-barred`: the password was not judged, or is right
 * and the account may not sign in (locked, disabled, expired).
 */
export type ProofResult = Result<object, 'login-refused' | 'login-barred' | 'service-unavailable'>

/**
 * None of these verbs throws for a fault of the network or of the service: such faults are values. Passwords are never
 * logged, never in arguments of a process, and never kept after the call.
 */
export interface Writer {
  /** Milliseconds after which `write` has certainly ended, its connection destroyed: leases are longer. */
  readonly longest: number
  /** Sets the password; writing the same one twice does no harm. `ok` only after the service's explicit success. */
  write(who: AccountRef, password: string): Promise<WriteResult>
  /** What an operator should know; nothing is written. */
  check(): Promise<readonly Finding[]>
  close(): Promise<void>
}

export interface Check {
  readonly longest: number
  /** Logs in as the person does. `ok` only after the service's explicit success. */
  prove(who: AccountRef, password: string): Promise<ProofResult>
  check(): Promise<readonly Finding[]>
  close(): Promise<void>
}

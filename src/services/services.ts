import type { Finding, PersonId } from '../directory/directory.ts'
import type { Result } from '../result.ts'

/**
 * A service is a system that people sign in to with the password: eduroam, telephony, printing, CAS. Its *writer* sets the
 * password in it, or says to the other system that it changed; its *check* proves the password by a real login. Deliveries (`deliveries/`) send a password from the
 * source of truth to each service, and the receipt shows what was proved. Every implementation passes `contract.ts`.
 */
export type AccountRef = {
  readonly person: PersonId
  /** What the person types to sign in; the key of the account in other directories. */
  readonly login: string
}

/** Refusals that are final for this password: trying again is useless, and the helpdesk must act. */
export const serviceRefusals = [
  'service-no-account',
  'service-privileged',
  'service-policy',
  'service-not-allowed',
] as const
export type ServiceRefusal = (typeof serviceRefusals)[number]

/** `service-unavailable`: nothing was sent. `outcome-unknown`: sent without an answer; only a login can show the outcome. */
export type WriteResult = Result<object, ServiceRefusal | 'service-unavailable' | 'outcome-unknown'>

/**
 * `login-refused`: the service itself refused this password. `login-barred`: the password was not checked, or is
 * correct but the account may not sign in (locked, disabled, expired).
 */
export type ProofResult = Result<object, 'login-refused' | 'login-barred' | 'service-unavailable'>

/**
 * No method throws for a fault of the network or of the service: such faults are result values. Passwords are never logged,
 * never passed as arguments of a process, and never kept after the call.
 */
export interface Writer {
  /** Milliseconds after which `write` has certainly ended, its connection destroyed: leases are longer. */
  readonly longest: number
  /** Sets the password, or says that it changed; twice does no harm. `ok` only after the service's explicit success. */
  write(account: AccountRef, password: string): Promise<WriteResult>
  /** Findings for the operator (`sesame check`); nothing is written. */
  check(): Promise<readonly Finding[]>
  close(): Promise<void>
}

export interface Check {
  readonly longest: number
  /** Logs in as the person would. `ok` only after the service's explicit success. */
  prove(account: AccountRef, password: string): Promise<ProofResult>
  check(): Promise<readonly Finding[]>
  close(): Promise<void>
}

import type { Population } from '../../directory/directory.ts'
import type { Requirement } from './requirement.ts'

export const populations: readonly Population[] = ['student', 'staff', 'external']

/**
 * What a preset asks for in recovery, and the least that a policy under its name must ask for: `minimum`. A line whose proofs the
 * installation cannot ask for is left out.
 */
export type Preset = {
  readonly asks: (population: Population) => Requirement
  readonly minimum: (population: Population) => Requirement
}

export type PresetName = 'classique' | 'renforce' | 'nist-aal2'

/** A text message is not enough for staff (ANSSI-PG-078, R8): their accounts open those of others. */
const sentTo = (population: Population): Requirement =>
  population === 'staff' ? [['mail-code']] : [['mail-code'], ['sms-code']]

/**
 * NIST SP 800-63B-4 §4.2: two codes of different methods, one saved and one sent; or one code and an authenticator of the account; or the
 * identity is proofed again, at the desk.
 */
const aal2: Requirement = [
  ['recovery-code', 'sent'],
  ['passkey', 'recovery-code'],
  ['passkey', 'sent'],
  ['helpdesk-code'],
]

export const presets: Readonly<Record<PresetName, Preset>> = {
  /** What the guide describes: the joker behind number and date of birth. */
  classique: {
    asks: () => [['joker']],
    minimum: () => [['known'], ['held'], ['sent'], ['issued']],
  },
  /** Whatever the person has or was sent; what they know is asked for on top of it only (ASVS 5.0, 6.4.2). */
  renforce: {
    asks: population => [...sentTo(population), ['passkey'], ['recovery-code'], ['helpdesk-code']],
    minimum: population => [...sentTo(population), ['held'], ['issued']],
  },
  'nist-aal2': {
    asks: () => aal2,
    minimum: () => aal2,
  },
}

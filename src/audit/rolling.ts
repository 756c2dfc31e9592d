import { createHmac } from 'node:crypto'
import type { AuditKind } from './audit.ts'

/**
 * True for the events that anyone can cause before a proof, by typing a number and a date. They share 64 chains that are
 * cut by retention, so that a stranger leaves no permanent row and the number of chains does not reveal who exists. All
 * other events are in the chain of their account. A new kind of event does not compile until it is added here.
 */
const beforeProof = {
  'journey.opened': true,
  'journey.ended': false,
  'journey.superseded': false,
  'joker.right': false,
  'joker.wrong': true,
  'joker.suspended': true,
  'joker.set': false,
  'joker.cleared': false,
  'password.attempted': false,
  'password.written': false,
  'password.refused': false,
  'password.unproved': false,
  'password.not-confirmed': false,
  'charter.accepted': false,
  'helpdesk-code.made': false,
  'activation.codes-made': false,
  'activation.code-right': false,
  'activation.code-wrong': true,
  'activation.already': false,
  'activation.accepted': false,
  'code.sent': false,
  'code.right': false,
  'code.wrong': false,
  'contact.added': false,
  'contact.removed': false,
  'identifier.told': false,
  'account.viewed': false,
  'account.frozen': false,
  'account.unfrozen': false,
  'account.erased': false,
  'account.recovery-closed': false,
  'account.privileged-refused': false,
  'sign-in.accepted': false,
  'sign-in.refused': true,
  'sign-in.confirmed': false,
  'session.ended': false,
  'factor.added': false,
  'factor.removed': false,
  'factor.right': false,
  'factor.wrong': false,
  'factor.closed': false,
  'proof.right': false,
  'proof.wrong': true,
  'number.ambiguous': true,
  'people.imported': false,
  'people.changed': false,
  'mail.sent': false,
  'mail.abandoned': false,
  'mail.sent-before-proof': true,
  'mail.abandoned-before-proof': true,
  'delivery.written': false,
  'delivery.proved': false,
  'delivery.failed': false,
  'delivery.dropped': false,
  'system.heads': false,
  'system.sealed': false,
} as const satisfies Record<AuditKind, boolean>

/** Also of an event of another version, whose kind this one does not know. */
export const isBeforeProof = (kind: string) =>
  Object.hasOwn(beforeProof, kind) && beforeProof[kind as AuditKind]

const count = 64
const nameOf = (index: number) => `pre-${String(index).padStart(2, '0')}`

export const rollingChains: readonly string[] = Array.from({ length: count }, (_, index) => nameOf(index))
const names = new Set(rollingChains)
export const isRolling = (chain: string) => names.has(chain)

/** Keyed, so that an attacker cannot choose numbers that all map to the chain of a victim. */
const rollingChainOf = (key: Buffer, subject: string) =>
  nameOf((createHmac('sha256', key).update(`rolling:${subject}`).digest()[0] ?? 0) % count)

/** The chain of an event, and its subject if the chain does not name it. */
export const chainOf = (key: Buffer, { chain, kind }: { chain: string; kind: AuditKind }) =>
  beforeProof[kind] ? { chain: rollingChainOf(key, chain), subject: chain } : { chain, subject: null }

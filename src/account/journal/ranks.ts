import type { AuditKind } from '../../audit/audit.ts'

/**
 * Which event of a story gives it its title: the one that changed most. `outcome`: a change; `act`: a smaller one, or what was
 * refused; `step`: on the way to one of these; `begun`: the title only while nothing followed. `effect`: follows from a change
 * that has no other name in common with it, and is told with it. `mail`, `service`: told under the change that they are about.
 */
type Rank = 'outcome' | 'act' | 'refusal' | 'step' | 'begun' | 'effect' | 'service' | 'mail'

/** A new kind of event does not compile until its rank is here. */
const ranks = {
  'journey.opened': 'begun',
  'journey.ended': 'step',
  'journey.superseded': 'effect',
  'joker.right': 'step',
  'joker.wrong': 'refusal',
  'joker.suspended': 'act',
  'joker.set': 'act',
  'joker.cleared': 'act',
  'password.attempted': 'step',
  'password.written': 'outcome',
  'password.refused': 'refusal',
  'password.unproved': 'outcome',
  'password.not-confirmed': 'refusal',
  'charter.accepted': 'effect',
  'helpdesk-code.made': 'act',
  'activation.codes-made': 'act',
  'activation.code-right': 'step',
  'activation.code-wrong': 'refusal',
  'activation.already': 'refusal',
  'activation.accepted': 'outcome',
  'code.sent': 'step',
  'code.right': 'step',
  'code.wrong': 'refusal',
  'contact.added': 'act',
  'contact.removed': 'act',
  'identifier.told': 'outcome',
  'account.viewed': 'act',
  'account.frozen': 'outcome',
  'account.unfrozen': 'outcome',
  'account.recovery-closed': 'outcome',
  'account.privileged-refused': 'refusal',
  'account.erased': 'outcome',
  'sign-in.accepted': 'act',
  'sign-in.refused': 'refusal',
  'sign-in.confirmed': 'act',
  'session.ended': 'effect',
  'proof.right': 'step',
  'proof.wrong': 'refusal',
  'factor.added': 'act',
  'factor.removed': 'act',
  'factor.right': 'step',
  'factor.wrong': 'refusal',
  'factor.closed': 'act',
  'number.ambiguous': 'refusal',
  'people.imported': 'effect',
  'people.changed': 'act',
  'mail.sent': 'mail',
  'mail.abandoned': 'mail',
  'mail.sent-before-proof': 'mail',
  'mail.abandoned-before-proof': 'mail',
  'delivery.written': 'service',
  'delivery.proved': 'service',
  'delivery.failed': 'service',
  'delivery.dropped': 'service',
  'system.heads': 'effect',
  'system.sealed': 'effect',
} as const satisfies Record<AuditKind, Rank>

/** Strongest first. */
const order: readonly Rank[] = ['outcome', 'act', 'refusal', 'step', 'begun', 'effect', 'service', 'mail']

/** An event of a version with other kinds is shown as an act of its own. */
export const rankOf = (kind: string): Rank => (Object.hasOwn(ranks, kind) ? ranks[kind as AuditKind] : 'act')

export const strengthOf = (kind: string) => -order.indexOf(rankOf(kind))

export const kindsOfEvents = Object.keys(ranks) as readonly AuditKind[]

import type { Tx } from '../store/store.ts'

/** Who did it. `person` carries the stable id of the entry, never a login. */
export type Actor =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'person'; readonly id: string }
  | { readonly kind: 'operator'; readonly name: string }
  | { readonly kind: 'system' }

/** The whole vocabulary: a typing mistake in an event's name does not compile. */
export type AuditKind =
  | `journey.${'opened' | 'ended' | 'superseded'}`
  | `joker.${'right' | 'wrong' | 'suspended' | 'set' | 'cleared'}`
  | `password.${'attempted' | 'written' | 'refused' | 'unproved'}`
  | `charter.accepted`
  | `activation.${'codes-made' | 'code-right' | 'code-wrong' | 'already' | 'accepted'}`
  | `code.${'sent' | 'right' | 'wrong'}`
  | `contact.${'added' | 'removed'}`
  | `identifier.${'told'}`
  | `account.${'viewed' | 'frozen' | 'unfrozen' | 'recovery-closed' | 'privileged-refused'}`
  | `sign-in.${'accepted' | 'refused' | 'confirmed'}`
  | `session.${'ended'}`
  | `factor.${'added' | 'removed' | 'right' | 'wrong' | 'closed'}`
  | `number.${'ambiguous'}`
  | `mail.${'sent' | 'abandoned'}`
  | `delivery.${'written' | 'proved' | 'failed' | 'dropped'}`
  | `system.${'heads' | 'sealed'}`

export type AuditEvent = {
  /** `system`, or the subject whose account it is about; what happens before a proof goes to a rolling chain (`rolling.ts`). */
  readonly chain: string
  readonly kind: AuditKind
  readonly by: Actor
  /** Personal details: kept apart, erased by retention; the chain holds only their digest. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>
}

/**
 * Appends at the end of the caller's transaction: an event exists exactly when what it tells was committed. Within the
 * transaction it cannot be read yet.
 */
export type Audit = {
  append(tx: Tx, event: AuditEvent): Promise<void>
}

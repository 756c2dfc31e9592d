import type { Tx } from '../store/store.ts'

/** Who caused an event. `person` has the stable id of the entry, never a login. */
export type Actor =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'person'; readonly id: string }
  | { readonly kind: 'operator'; readonly name: string }
  | { readonly kind: 'system' }

/** Every kind of event: a typing mistake in a kind does not compile. */
export type AuditKind =
  | `journey.${'opened' | 'ended' | 'superseded'}`
  | `joker.${'right' | 'wrong' | 'suspended' | 'set' | 'cleared'}`
  | `password.${'attempted' | 'written' | 'refused' | 'unproved' | 'not-confirmed'}`
  | `charter.accepted`
  | `activation.${'codes-made' | 'code-right' | 'code-wrong' | 'already' | 'accepted'}`
  | `helpdesk-code.${'made'}`
  | `code.${'sent' | 'right' | 'wrong'}`
  | `contact.${'added' | 'removed'}`
  | `identifier.${'told'}`
  | `account.${'viewed' | 'frozen' | 'unfrozen' | 'recovery-closed' | 'privileged-refused' | 'erased'}`
  | `sign-in.${'accepted' | 'refused' | 'confirmed'}`
  | `session.${'ended'}`
  | `factor.${'added' | 'removed' | 'right' | 'wrong' | 'closed'}`
  | `proof.${'right' | 'wrong'}`
  | `number.${'ambiguous'}`
  | `people.${'imported' | 'changed'}`
  | `mail.${'sent' | 'abandoned'}${'' | '-before-proof'}`
  | `delivery.${'written' | 'proved' | 'failed' | 'dropped'}`
  | `system.${'heads' | 'sealed'}`

export type AuditEvent = {
  /** `system`, or the subject of the event; events from before a proof go to a rolling chain (`rolling.ts`). */
  readonly chain: string
  readonly kind: AuditKind
  readonly by: Actor
  /** Personal details: stored separately and erased by retention; the chain has only their digest. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>
}

/**
 * Appends events at the end of the caller's transaction: an event exists exactly when the change it records was committed.
 * It cannot be read yet within the transaction.
 */
export type Audit = {
  append(tx: Tx, event: AuditEvent): Promise<void>
}

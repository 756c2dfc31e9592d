import type { Audit } from '../audit/audit.ts'
import type { PersonId } from '../directory/directory.ts'
import type { AccessMethods } from '../identity/access-methods.ts'
import type { Freezes } from '../identity/freezes.ts'
import { ok, type Result, refused } from '../result.ts'
import { unfinishedOf } from '../services/deliveries/deliveries.ts'
import type { Attempts } from '../services/source/attempts.ts'
import type { Revocations } from '../services/source/revocations.ts'
import type { Store, Tx } from '../store/store.ts'
import { type Justification, operator } from './justification.ts'

export type ErasureDeps = {
  readonly store: Store
  readonly audit: Audit
  readonly freezes: Pick<Freezes, 'find'>
  readonly attempts: Pick<Attempts, 'countOpen'>
  readonly revocations: Pick<Revocations, 'lockPersonRow' | 'revokeAll'>
  readonly accessMethods: Pick<AccessMethods, 'all' | 'recordRemovals'>
  /** Deletes every row of the person. */
  readonly erase: (tx: Tx, person: PersonId) => Promise<unknown>
}

export type ErasureRefusal = 'frozen' | 'write-open' | 'delivery-open'

async function refusalOf(
  { freezes, attempts }: ErasureDeps,
  tx: Tx,
  person: PersonId,
): Promise<ErasureRefusal | null> {
  if (await freezes.find(person, tx)) return 'frozen'
  if ((await attempts.countOpen(person, tx)) > 0) return 'write-open'
  return (await unfinishedOf(tx, person).limit(1).executeTakeFirst()) ? 'delivery-open' : null
}

/**
 * Erases all that Sésame holds of a person at once (GDPR article 17), whether the directory still has the account or not. What is frozen
 * stays: an erased freeze would open the account to whoever it was closed to. The chained log stays, which holds the id alone. While the
 * account is there, two instants stay that end earlier proofs and sign-ins, and its owner gets the mail of each joker, factor and address
 * that is gone: else whoever knows the password could ask for an erasure, and be alone with it.
 */
export async function eraseFromStore(
  deps: ErasureDeps,
  { id: person, isThere }: { readonly id: PersonId; readonly isThere: boolean },
  { by, reason }: Justification,
): Promise<Result<object, ErasureRefusal>> {
  const { store, audit, revocations, accessMethods } = deps
  const methods = await accessMethods.all(person)
  return store.transaction(async tx => {
    // A write and a freeze lock this row too: neither begins between the look and the erasure.
    await revocations.lockPersonRow(tx, person)
    const refusal = await refusalOf(deps, tx, person)
    if (refusal) return refused(refusal)
    await deps.erase(tx, person)
    if (isThere) {
      await revocations.revokeAll(tx, person)
      await accessMethods.recordRemovals(tx, person, operator(by), methods, 'erased')
    }
    await audit.append(tx, {
      chain: person,
      kind: 'account.erased',
      by: operator(by),
      details: { reason },
    })
    return ok()
  })
}

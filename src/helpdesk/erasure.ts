import type { Audit } from '../audit/audit.ts'
import type { PersonId } from '../directory/directory.ts'
import type { Freezes } from '../identity/freezes.ts'
import { ok, type Result, refused } from '../result.ts'
import type { Deliveries } from '../services/deliveries/deliveries.ts'
import { unfinishedStates } from '../services/deliveries/delivery.ts'
import type { Attempts } from '../services/source/attempts.ts'
import { lockKnownPerson } from '../services/source/person-lock.ts'
import type { Store, Tx } from '../store/store.ts'
import { type Justification, operator } from './justification.ts'

export type ErasureDeps = {
  readonly store: Store
  readonly audit: Audit
  readonly freezes: Pick<Freezes, 'find'>
  readonly attempts: Pick<Attempts, 'countOpen'>
  readonly deliveries: Pick<Deliveries, 'statusesOfPerson'>
  /** Deletes every row of the person. */
  readonly erase: (tx: Tx, person: PersonId) => Promise<unknown>
}

export type ErasureRefusal = 'frozen' | 'write-open' | 'delivery-open'

const isUnfinished = (state: string) => unfinishedStates.some(one => one === state)

async function refusalOf(deps: ErasureDeps, person: PersonId): Promise<ErasureRefusal | null> {
  if ((await deps.attempts.countOpen(person)) > 0) return 'write-open'
  const deliveries = await deps.deliveries.statusesOfPerson(person)
  return deliveries.some(({ state }) => isUnfinished(state)) ? 'delivery-open' : null
}

/**
 * Erases all that Sésame holds of a person at once (GDPR article 17), whether the directory still has the account or not. What is frozen
 * stays: an erased freeze would open the account to whoever it was closed to. The chained log stays, which holds the id alone.
 */
export async function eraseFromStore(
  deps: ErasureDeps,
  person: PersonId,
  { by, reason }: Justification,
): Promise<Result<object, ErasureRefusal>> {
  const { store, freezes, audit } = deps
  const refusal = await refusalOf(deps, person)
  if (refusal) return refused(refusal)
  return store.transaction(async tx => {
    await lockKnownPerson(tx, person)
    // Between the first look and this lock a stranger may have been reported.
    if (await freezes.find(person, tx)) return refused('frozen')
    await deps.erase(tx, person)
    await audit.append(tx, {
      chain: person,
      kind: 'account.erased',
      by: operator(by),
      details: { reason },
    })
    return ok()
  })
}

import type { Audit } from '../../audit/audit.ts'
import { type Clock, minutes, seconds } from '../../clock.ts'
import type { RotatingKeys } from '../../crypto/rotating-keys.ts'
import type { Directory } from '../../directory/directory.ts'
import type { Limits } from '../../limits/limits.ts'
import type { BindBudget } from '../../password/bind-budget.ts'
import type { PasswordRules } from '../../password/password.ts'
import type { Store } from '../../store/store.ts'
import type { Deliveries } from '../deliveries/deliveries.ts'
import { createAttempts } from './attempts.ts'
import { createPersonLock, type PersonLock } from './person-lock.ts'
import { createReconciler } from './reconciler.ts'
import type { Revocations } from './revocations.ts'
import { createSource, type Failpoints, type SourceDeps } from './source.ts'
import type { WriteBarriers } from './write-hooks.ts'

/** Longer than any write may take, so that a lease never expires during a write. */
const writeLease = minutes(1)

export type PasswordWriteDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Pick<Limits, 'sealedPassword'>
  readonly audit: Audit
  readonly directory: Directory
  readonly rotatingKeys: RotatingKeys
  readonly deliveries: Pick<Deliveries, 'prepare' | 'notifyWorker'>
  readonly revocations: Revocations
  readonly findBarriers: (
    holder: string,
    by: { readonly db?: Store['read']; readonly journey?: string | null },
  ) => Promise<WriteBarriers>
  readonly findOpenItems: SourceDeps['findOpenItems']
  readonly writeHooks: SourceDeps['writeHooks']
  readonly failpoints: Failpoints
  readonly budget: BindBudget
  /** The rules of a password; its history is salted with what the lock of the person keeps. */
  readonly createRules: (lock: PersonLock) => PasswordRules
}

/** The write of a password to the first directory: its attempts, the lock of a person, and what finishes attempts left open. */
export const createPasswordWrite = (deps: PasswordWriteDeps) => {
  const { store, clock, limits, audit, directory, rotatingKeys, deliveries, revocations } = deps
  const { findBarriers, findOpenItems, writeHooks, failpoints, budget } = deps
  const attempts = createAttempts({ store, clock, rotatingKeys, lease: writeLease })
  const lock = createPersonLock({ store, clock, lease: writeLease, patience: seconds(8) })
  const source = createSource({
    store,
    clock,
    audit,
    directory,
    attempts,
    lock,
    deliveries,
    revocations,
    findBarriers,
    findOpenItems,
    writeHooks,
    failpoints,
  })
  const reconciler = createReconciler({
    attempts,
    source,
    directory,
    now: clock.now,
    keepSealed: limits.sealedPassword,
  })
  const rules = deps.createRules(lock)
  return { attempts, lock, source, reconciler, rules, budget, revocations, findBarriers, failpoints }
}

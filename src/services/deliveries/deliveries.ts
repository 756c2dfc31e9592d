import { newId } from '../../crypto/crypto.ts'
import type { PersonId } from '../../directory/directory.ts'
import type { Store, Tx } from '../../store/store.ts'
import type { Attempt, Verification } from '../source/attempts.ts'
import { createClaims } from './claims.ts'
import { type Delivery, type DeliveryStatus, unfinishedStates } from './delivery.ts'
import type { DeliveryDeps } from './delivery-deps.ts'
import { createDeliveryOutcomes } from './outcomes.ts'
import type { ServiceTarget } from './targets.ts'

/** The due time of a service that reads another one: it is set when that other service has been written. */
const never = Number.MAX_SAFE_INTEGER

const sealContext = (id: string) => `deliveries.sealed.${id}`

/** For a service that reads the source, the write to the source is already its delivery. */
function initialState(target: ServiceTarget, verification: Verification | null) {
  if (target.reads !== 'source') return { state: 'waiting', written_at: null, proved_at: null } as const
  const proved = target.provedBySource ? (verification?.verifiedAt ?? null) : null
  const state = proved === null ? 'written' : 'proved'
  return { state, written_at: verification?.writtenAt ?? null, proved_at: proved } as const
}

const initialDueAt = ({ reads }: ServiceTarget, now: number) =>
  reads === null || reads === 'source' ? now : never

/** A freeze is delivered to services with a writer only: the others read a directory that is frozen itself. */
const targetsFor = ({ targets }: DeliveryDeps, { kind }: Attempt) =>
  targets.filter(({ reads }) => kind !== 'freeze' || reads === null)

async function rowFor(
  { clock, rotatingKeys }: DeliveryDeps,
  attempt: Attempt,
  target: ServiceTarget,
  verification: Verification | null,
  password: string,
) {
  const id = newId()
  const now = clock.now()
  const initial = initialState(target, verification)
  const { sealed, key } =
    initial.state === 'proved'
      ? { sealed: null, key: '' }
      : await rotatingKeys.seal(sealContext(id), password)
  return {
    id,
    service: target.id,
    person: attempt.person,
    attempt: attempt.id,
    kind: attempt.kind,
    generation: attempt.generation,
    reason: null,
    ...initial,
    sealed,
    key_name: key,
    host: rotatingKeys.host,
    lease_holder: null,
    lease_until: 0,
    due_at: initialDueAt(target, now),
    writes: 0,
    logins: 0,
    created_at: now,
    settled_at: initial.state === 'proved' ? now : null,
    desk_notified: 0,
  }
}

/** The unfinished deliveries of a person. */
export const unfinishedOf = (db: Store['read'], person: PersonId) =>
  db.selectFrom('deliveries').select('id').where('person', '=', person).where('state', 'in', unfinishedStates)

const supersede = ({ clock }: DeliveryDeps, tx: Tx, person: PersonId, before: number) =>
  tx
    .updateTable('deliveries')
    .set({ state: 'superseded', sealed: null, settled_at: clock.now() })
    .where('person', '=', person)
    .where('generation', '<', before)
    .where('state', 'in', unfinishedStates)
    .execute()

async function prepare(
  deps: DeliveryDeps,
  attempt: Attempt,
  verification: Verification | null,
  password: string,
) {
  const rows = await Promise.all(
    targetsFor(deps, attempt).map(target => rowFor(deps, attempt, target, verification, password)),
  )
  return async (tx: Tx, hasUnfinished: boolean) => {
    if (hasUnfinished) await supersede(deps, tx, attempt.person, attempt.generation)
    if (rows.length === 0) return
    await tx
      .insertInto('deliveries')
      .values(rows)
      .onConflict(conflict => conflict.columns(['attempt', 'service']).doNothing())
      .execute()
  }
}

async function statuses(
  { store }: DeliveryDeps,
  column: 'attempt' | 'person',
  value: string,
): Promise<readonly DeliveryStatus[]> {
  const rows = await store.read
    .selectFrom('deliveries')
    .select(['service', 'state', 'reason', 'written_at', 'proved_at', 'generation'])
    .where(column, '=', value)
    .where('kind', '!=', 'freeze')
    .orderBy('generation')
    .execute()
  const latest = new Map(rows.map(row => [row.service, row]))
  return [...latest.values()].map(row => ({
    service: row.service,
    state: row.state as DeliveryStatus['state'],
    reason: row.reason as DeliveryStatus['reason'],
    writtenAt: row.written_at,
    provedAt: row.proved_at,
  }))
}

async function keysInUse({ store }: DeliveryDeps) {
  const rows = await store.read
    .selectFrom('deliveries')
    .select('key_name')
    .distinct()
    .where('sealed', 'is not', null)
    .execute()
  return new Set(rows.map(row => row.key_name))
}

/**
 * Deliveries of a password from the source of truth to the services: one durable row for each service, queued in the
 * transaction that records the source's acceptance, claimed by compare-and-set, finished once. The password is sealed and
 * bound to its row, and erased in the statement that finishes it. A newer generation supersedes unfinished older ones.
 */
export const createDeliveries = (deps: DeliveryDeps) => {
  const { rotatingKeys, targets } = deps
  const listeners = new Set<() => void>()

  return {
    ...createClaims(deps),
    ...createDeliveryOutcomes(deps),

    /**
     * Seals the password for each service, and gives a function that inserts the rows in the transaction that records the
     * write. Sealing reads key files, so it is done before. `verification` is null for a freeze, which is queued before the source
     * has answered. `hasUnfinished`: older deliveries of the person may be unfinished (`unfinishedOf`), and are superseded.
     */
    prepare: (attempt: Attempt, verification: Verification | null, password: string) =>
      prepare(deps, attempt, verification, password),

    /** Supersedes this person's unfinished deliveries of older generations and erases their passwords. Writes in flight go on. */
    supersede: (tx: Tx, person: PersonId, before: number) => supersede(deps, tx, person, before),

    /** Wakes the workers after something was queued, so that it does not wait for their next round. */
    notifyWorker: () => {
      for (const listener of listeners) listener()
    },
    hasFollowers: (service: string) => targets.some(({ reads }) => reads === service),
    onNotify: (listener: () => void) => void listeners.add(listener),

    /** The password of a delivery, as `RotatingKeys.open` says. */
    password: ({ keyName, id, sealed }: Delivery) => rotatingKeys.open(keyName, sealContext(id), sealed),

    /** The status of each service for one write to the source. */
    statusesOfAttempt: (attempt: string) => statuses(deps, 'attempt', attempt),
    /** The status of each service for a person, from its newest delivery. */
    statusesOfPerson: (person: PersonId) => statuses(deps, 'person', person),
    keysInUse: () => keysInUse(deps),
  }
}

export type Deliveries = ReturnType<typeof createDeliveries>

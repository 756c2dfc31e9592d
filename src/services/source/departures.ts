import type { Audit } from '../../audit/audit.ts'
import { type Clock, days } from '../../clock.ts'
import type { Directory, PersonId } from '../../directory/directory.ts'
import type { Limits } from '../../limits/limits.ts'
import type { Store, Tx } from '../../store/store.ts'

/** Each person is looked for once a day, a few at a time. */
const interval = days(1)
const batch = 50

/** Whatever is configured: a shorter time could be an outage of the directory. */
const leastKept = days(30)

export type DepartureDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Pick<Limits, 'departedKept'>
  readonly directory: Pick<Directory, 'read'>
  readonly audit: Audit
  /** Deletes all that is kept of the person. */
  readonly erase: (tx: Tx, person: PersonId) => Promise<unknown>
  /** A round that is not believed: so many of those looked for were there before and are not found. */
  readonly reportDoubt?: (missing: number, looked: number) => void
}

/** `isThere`: null when the directory did not answer about this person. */
type Looked = {
  readonly person: PersonId
  readonly missingSince: number | null
  readonly isThere: boolean | null
}

async function findDue({ store, clock }: DepartureDeps) {
  const rows = await store.read
    .selectFrom('people')
    .select(['person', 'missing_since'])
    .where('checked_at', '<', clock.now() - interval)
    .orderBy('checked_at')
    .limit(batch)
    .execute()
  return rows.map(row => ({ person: row.person as PersonId, missingSince: row.missing_since }))
}

async function isThere({ directory }: DepartureDeps, person: PersonId): Promise<boolean | null> {
  const found = await directory.read(person)
  return found.ok ? found.person !== null : null
}

const note = ({ store, clock }: DepartureDeps, person: PersonId, missingSince: number | null) =>
  store.transaction(tx =>
    tx
      .updateTable('people')
      .set({ checked_at: clock.now(), missing_since: missingSince })
      .where('person', '=', person)
      .execute(),
  )

/** Whether the directory still finds one of those whom it found last. */
async function findsSomebody(deps: DepartureDeps) {
  const rows = await deps.store.read
    .selectFrom('people')
    .select('person')
    .where('missing_since', 'is', null)
    .where('checked_at', '>', 0)
    .orderBy('checked_at', 'desc')
    .limit(5)
    .execute()
  for (const { person } of rows) if (await isThere(deps, person as PersonId)) return true
  return false
}

/**
 * Half of those who were there before cannot have left in a day: a wrong base or filter, a lost right and an empty replica look
 * like it.
 */
async function isCredible(deps: DepartureDeps, looked: readonly Looked[]) {
  const before = looked.filter(({ missingSince }) => missingSince === null)
  const vanished = before.filter(one => one.isThere === false)
  if (vanished.length > 2 && vanished.length * 2 > before.length) {
    deps.reportDoubt?.(vanished.length, looked.length)
    return false
  }
  return looked.some(one => one.isThere) || findsSomebody(deps)
}

/**
 * Deletes what somebody else who is given the same id must not inherit: joker, factors, contacts, freezes, history. Repeats its
 * condition with the row locked: the entry may be back, or a write may be under way.
 */
async function eraseDeparted(deps: DepartureDeps, { person, missingSince }: Looked) {
  if (await isThere(deps, person)) return note(deps, person, null)
  return deps.store.transaction(async tx => {
    const now = deps.clock.now()
    const claimed = await tx
      .updateTable('people')
      .set({ checked_at: now })
      .where('person', '=', person)
      .where('missing_since', '=', missingSince)
      .where('lock_until', '<=', now)
      .executeTakeFirst()
    if (claimed.numUpdatedRows !== 1n) return
    await deps.erase(tx, person)
    await deps.audit.append(tx, { chain: person, kind: 'account.erased', by: { kind: 'system' } })
  })
}

async function settle(deps: DepartureDeps, looked: Looked, believed: boolean) {
  const { clock, limits } = deps
  const { person, missingSince } = looked
  if (looked.isThere) return note(deps, person, null)
  if (looked.isThere === null || !believed) return note(deps, person, missingSince)
  if (missingSince === null) return note(deps, person, clock.now())
  const kept = Math.max(limits.departedKept, leastKept)
  return missingSince <= clock.now() - kept ? eraseDeparted(deps, looked) : note(deps, person, missingSince)
}

/**
 * Erases what is kept of people whose entry has left the directory, `limits.departedKept` after it was first missed (GDPR
 * article 5 (1) (e)). An entry that comes back meanwhile finds everything as it was.
 */
export const createDepartures = (deps: DepartureDeps) => ({
  /** One round; how many people were looked for. While the directory answers about nobody, nothing is noted. */
  run: async (): Promise<number> => {
    const looked: Looked[] = []
    for (const one of await findDue(deps)) looked.push({ ...one, isThere: await isThere(deps, one.person) })
    if (looked.every(one => one.isThere === null)) return 0
    const believed = await isCredible(deps, looked)
    for (const one of looked) await settle(deps, one, believed)
    return looked.length
  },
})

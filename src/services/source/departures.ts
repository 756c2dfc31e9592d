import type { Audit } from '../../audit/audit.ts'
import { type Clock, days } from '../../clock.ts'
import type { Directory, PersonId } from '../../directory/directory.ts'
import type { Limits } from '../../limits/limits.ts'
import type { Store, Tx } from '../../store/store.ts'

/** Each person is looked for once a day, a few at a time. */
const interval = days(1)
const batch = 50

type Deps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Pick<Limits, 'departedKept'>
  readonly directory: Pick<Directory, 'read'>
  readonly audit: Audit
  /** Deletes all that is kept of the person. */
  readonly erase: (tx: Tx, person: PersonId) => Promise<unknown>
}

type Due = { readonly person: PersonId; readonly missingSince: number | null }

async function findDue({ store, clock }: Deps): Promise<readonly Due[]> {
  const rows = await store.read
    .selectFrom('people')
    .select(['person', 'missing_since'])
    .where('checked_at', '<', clock.now() - interval)
    .orderBy('checked_at')
    .limit(batch)
    .execute()
  return rows.map(row => ({ person: row.person as PersonId, missingSince: row.missing_since }))
}

const note = ({ store, clock }: Deps, person: PersonId, missingSince: number | null) =>
  store.transaction(tx =>
    tx
      .updateTable('people')
      .set({ checked_at: clock.now(), missing_since: missingSince })
      .where('person', '=', person)
      .execute(),
  )

/** Whether the directory still finds one of those whom it found last. */
async function findsSomebody({ store, directory }: Deps) {
  const rows = await store.read
    .selectFrom('people')
    .select('person')
    .where('missing_since', 'is', null)
    .where('checked_at', '>', 0)
    .orderBy('checked_at', 'desc')
    .limit(5)
    .execute()
  for (const { person } of rows) {
    const found = await directory.read(person as PersonId)
    if (found.ok && found.person) return true
  }
  return false
}

/** What somebody else who is given the same id must not inherit: joker, factors, contacts, freezes, history. */
const eraseDeparted = ({ store, audit, erase }: Deps, person: PersonId) =>
  store.transaction(async tx => {
    await erase(tx, person)
    await audit.append(tx, { chain: person, kind: 'account.erased', by: { kind: 'system' } })
  })

type Looked = Due & { readonly isThere: boolean }

/** Looks for each entry; `null` when the directory does not answer. */
async function lookFor({ directory }: Deps, due: readonly Due[]): Promise<readonly Looked[] | null> {
  const looked: Looked[] = []
  for (const one of due) {
    const found = await directory.read(one.person)
    if (!found.ok) return null
    looked.push({ ...one, isThere: found.person !== null })
  }
  return looked
}

async function settle(deps: Deps, { person, missingSince, isThere }: Looked, isCredible: boolean) {
  const { clock, limits } = deps
  if (isThere) return note(deps, person, null)
  if (!isCredible) return note(deps, person, missingSince)
  const since = missingSince ?? clock.now()
  return since <= clock.now() - limits.departedKept ? eraseDeparted(deps, person) : note(deps, person, since)
}

/**
 * Erases what is kept of people whose entry has left the directory, `limits.departedKept` after it was first missed (GDPR
 * article 5 (1) (e)). An entry that comes back meanwhile finds everything as it was. While the directory finds nobody,
 * nobody counts as departed: a wrong base or a lost right looks the same.
 */
export const createDepartures = (deps: Deps) => ({
  /** One round; how many people were looked for. */
  run: async (): Promise<number> => {
    const looked = await lookFor(deps, await findDue(deps))
    if (!looked || looked.length === 0) return 0
    const isCredible = looked.some(({ isThere }) => isThere) || (await findsSomebody(deps))
    for (const one of looked) await settle(deps, one, isCredible)
    return looked.length
  },
})

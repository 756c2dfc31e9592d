import type { Audit } from '../audit/audit.ts'
import type { Keys } from '../crypto/keys.ts'
import type { Directory } from '../directory/directory.ts'
import type { PeopleFile } from '../directory/imported/lines.ts'
import {
  type ImportedPerson,
  readImportedIds,
  removeImported,
  saveImported,
} from '../directory/imported/rows.ts'
import { ok, type Result, refused } from '../result.ts'
import { insertMissingPeople } from '../services/source/known-people.ts'
import type { Store, Tx } from '../store/store.ts'
import { type Justification, operator } from './justification.ts'

export type PeopleImportDeps = {
  readonly store: Store
  readonly keys: Keys
  readonly audit: Audit
  readonly directory: Pick<Directory, 'everybody'>
}

/** So many people in one transaction: the portal goes on writing between two of them. */
const batchSize = 200

/** Who the directory has; `endedBy`: a limit of the server that ended the reading, so that others may be there too. */
export async function readDirectoryIds({
  directory,
}: Pick<PeopleImportDeps, 'directory'>): Promise<
  Result<{ ids: ReadonlySet<string>; endedBy: string | null }, 'directory-unavailable'>
> {
  const ids = new Set<string>()
  const read = await directory.everybody(people => {
    for (const { id } of people) ids.add(id)
  })
  return read.ok ? ok({ ids, endedBy: read.endedBy }) : read
}

const record = (
  { audit }: PeopleImportDeps,
  tx: Tx,
  { by, reason }: Justification,
  counts: Readonly<Record<'added' | 'changed' | 'removed', number>>,
) =>
  audit.append(tx, {
    chain: 'system',
    kind: 'people.imported',
    by: operator(by),
    details: { reason, ...counts },
  })

/** Whose numbers or date of birth are others now: whoever knows the new ones is taken for this person. */
async function recordChanges(
  { audit }: PeopleImportDeps,
  tx: Tx,
  { by, reason }: Justification,
  changed: readonly string[],
) {
  for (const chain of changed)
    await audit.append(tx, {
      chain,
      kind: 'people.changed',
      by: operator(by),
      details: { reason },
    })
}

async function importBatch(deps: PeopleImportDeps, people: readonly ImportedPerson[], why: Justification) {
  const { store, keys } = deps
  return store.transaction(async tx => {
    const { added, changed } = await saveImported(tx, keys, people)
    if (added.length > 0) await insertMissingPeople(tx, added)
    await recordChanges(deps, tx, why, changed)
    const counts = { added: added.length, changed: changed.length, removed: 0 }
    if (added.length + changed.length > 0) await record(deps, tx, why, counts)
    return counts
  })
}

/**
 * Imports the people of a file, a batch in each transaction. It may be stopped at any point and repeated: what is there already is
 * not written again.
 */
export async function importPeople(
  deps: PeopleImportDeps,
  people: readonly ImportedPerson[],
  why: Justification,
  onProgress: (done: number) => void,
) {
  const total = { added: 0, changed: 0 }
  for (let from = 0; from < people.length; from += batchSize) {
    const batch = people.slice(from, from + batchSize)
    const { added, changed } = await importBatch(deps, batch, why)
    total.added += added
    total.changed += changed
    onProgress(from + batch.length)
  }
  return total
}

type Removal = { readonly removed: number }
type RemovalRefusal = 'line-without-id' | 'too-many'

/**
 * Forgets the identification data of those who are in the store and not in the file. A file that was cut off looks like the departure of many:
 * beyond `atMost` percent nobody is removed.
 */
export async function removeMissing(
  deps: PeopleImportDeps,
  { ids, hasLineWithoutId }: Pick<PeopleFile, 'ids' | 'hasLineWithoutId'>,
  atMost: number,
  why: Justification,
): Promise<
  Result<Removal, 'line-without-id'> | { ok: false; reason: 'too-many'; missing: number; of: number }
> {
  const imported = await readImportedIds(deps.store.read)
  const missing = [...imported].filter(id => !ids.has(id))
  if (missing.length === 0) return ok({ removed: 0 })
  if (hasLineWithoutId) return refused('line-without-id' satisfies RemovalRefusal)
  if (missing.length * 100 > imported.size * atMost)
    return {
      ok: false,
      reason: 'too-many' satisfies RemovalRefusal,
      missing: missing.length,
      of: imported.size,
    }
  for (let from = 0; from < missing.length; from += batchSize) {
    const batch = missing.slice(from, from + batchSize)
    await deps.store.transaction(async tx => {
      await removeImported(tx, batch)
      await recordChanges(deps, tx, why, batch)
      await record(deps, tx, why, { added: 0, changed: 0, removed: batch.length })
    })
  }
  return ok({ removed: missing.length })
}

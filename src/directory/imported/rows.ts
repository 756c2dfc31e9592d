import { newId } from '../../crypto/crypto.ts'
import type { Keys } from '../../crypto/keys.ts'
import { rehashed } from '../../crypto/peppers.ts'
import type { Rekeying } from '../../rekeying.ts'
import { type RetentionOf, withAccount } from '../../retention-rule.ts'
import type { Store, Tx } from '../../store/store.ts'
import type { BirthDate, NumberKind } from '../directory.ts'
import { type BornRow, bornDigest, numberDigest, yearDigest } from './digests.ts'

/** What a line of the file says of one person. */
export type ImportedPerson = {
  readonly id: string
  readonly born: BirthDate
  readonly numbers: readonly { readonly kind: NumberKind; readonly number: string }[]
}

/** So many ids in one statement. */
const pageSize = 500

/** The people who have one of these digests as a number, at most two. */
export const findByNumber = (db: Store['read'], digests: readonly string[]): Promise<readonly BornRow[]> =>
  db
    .selectFrom('imported_numbers')
    .innerJoin('imported_people', 'imported_people.person', 'imported_numbers.person')
    .select(['imported_people.person', 'born', 'born_year', 'imported_people.pepper'])
    .where('digest', 'in', digests)
    .orderBy('imported_people.person')
    .limit(2)
    .execute()

/** How many people have a number that somebody else has too: by such a number nobody is found. */
export async function countSharing(db: Store['read']): Promise<number> {
  const shared = db
    .selectFrom('imported_numbers')
    .select('digest')
    .groupBy('digest')
    .having(eb => eb.fn.count('person').distinct(), '>', 1)
  const row = await db
    .selectFrom('imported_numbers')
    .select(eb => eb.fn.count('person').distinct().as('people'))
    .where('digest', 'in', shared)
    .executeTakeFirst()
  return Number(row?.people ?? 0)
}

export const findBorn = (db: Store['read'], person: string): Promise<BornRow | undefined> =>
  db.selectFrom('imported_people').selectAll().where('person', '=', person).executeTakeFirst()

/** The peppers under which numbers lie: one, but for the time in which the root key is replaced. */
export const readPeppers = async (db: Store['read']): Promise<readonly string[]> =>
  (await db.selectFrom('imported_numbers').select('pepper').distinct().execute()).map(({ pepper }) => pepper)

/** Everybody who was imported, by id. */
export async function readImportedIds(db: Store['read']): Promise<ReadonlySet<string>> {
  const ids = new Set<string>()
  for (let after: string | undefined = ''; after !== undefined; ) {
    const rows: { person: string }[] = await db
      .selectFrom('imported_people')
      .select('person')
      .where('person', '>', after)
      .orderBy('person')
      .limit(pageSize)
      .execute()
    for (const { person } of rows) ids.add(person)
    after = rows.at(-1)?.person
  }
  return ids
}

/** The kinds of number that were imported of each of these people. */
export async function readImportedKinds(db: Store['read'], people: readonly string[]) {
  const kinds = new Map<string, Set<string>>()
  for (let from = 0; from < people.length; from += pageSize) {
    const rows = await db
      .selectFrom('imported_numbers')
      .select(['person', 'kind'])
      .where('person', 'in', people.slice(from, from + pageSize))
      .execute()
    for (const { person, kind } of rows) kinds.set(person, (kinds.get(person) ?? new Set()).add(kind))
  }
  return kinds
}

type NumberRow = { readonly kind: string; readonly digest: string; readonly pepper: string }

const holds = (keys: Keys, row: NumberRow, numbers: ImportedPerson['numbers']) =>
  numbers.some(
    ({ kind, number }) => kind === row.kind && numberDigest(keys, row.pepper, kind, number) === row.digest,
  )

const isSame = (
  keys: Keys,
  row: BornRow,
  rows: readonly NumberRow[],
  { id, born, numbers }: ImportedPerson,
) =>
  bornDigest(keys, row.pepper, id, born) === row.born &&
  yearDigest(keys, row.pepper, id, born.year) === row.born_year &&
  rows.length === numbers.length &&
  rows.every(one => holds(keys, one, numbers))

/** What the store holds of these people: who is not there yet, and who is there with something else. */
async function compare(tx: Tx, keys: Keys, people: readonly ImportedPerson[]) {
  const ids = people.map(({ id }) => id)
  const rows = await tx.selectFrom('imported_people').selectAll().where('person', 'in', ids).execute()
  const numbers = await tx.selectFrom('imported_numbers').selectAll().where('person', 'in', ids).execute()
  const known = new Map(rows.map(row => [row.person, row]))
  const numbersOf = Map.groupBy(numbers, ({ person }) => person)
  const added = people.filter(({ id }) => !known.has(id))
  const changed = people.filter(one => {
    const row = known.get(one.id)
    return row !== undefined && !isSame(keys, row, numbersOf.get(one.id) ?? [], one)
  })
  return { added, changed }
}

const must = (digest: string | null) => {
  if (digest === null) throw new Error('the present root key gives no digest')
  return digest
}

const bornRowOf = (keys: Keys, { id, born }: ImportedPerson): BornRow => ({
  person: id,
  born: must(bornDigest(keys, keys.id, id, born)),
  born_year: must(yearDigest(keys, keys.id, id, born.year)),
  pepper: keys.id,
})

const numberRowsOf = (keys: Keys, { id, numbers }: ImportedPerson) =>
  numbers.map(({ kind, number }) => ({
    id: newId(),
    person: id,
    kind,
    digest: must(numberDigest(keys, keys.id, kind, number)),
    pepper: keys.id,
  }))

async function write(tx: Tx, keys: Keys, people: readonly ImportedPerson[]) {
  const ids = people.map(({ id }) => id)
  await tx
    .insertInto('imported_people')
    .values(people.map(one => bornRowOf(keys, one)))
    .onConflict(conflict =>
      conflict.column('person').doUpdateSet(eb => ({
        born: eb.ref('excluded.born'),
        born_year: eb.ref('excluded.born_year'),
        pepper: eb.ref('excluded.pepper'),
      })),
    )
    .execute()
  await tx.deleteFrom('imported_numbers').where('person', 'in', ids).execute()
  await tx
    .insertInto('imported_numbers')
    .values(people.flatMap(one => numberRowsOf(keys, one)))
    .execute()
}

/**
 * Makes the store hold what the file says of these people, as digests under the present key. What it holds already is not written
 * again, so that a repeated import changes nothing.
 */
export async function saveImported(tx: Tx, keys: Keys, people: readonly ImportedPerson[]) {
  // In the order of the ids: two imports at once would otherwise wait for one another.
  const sorted = people.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const { added, changed } = await compare(tx, keys, sorted)
  const written = sorted.filter(one => added.includes(one) || changed.includes(one))
  if (written.length > 0) await write(tx, keys, written)
  return { added: added.map(({ id }) => id), changed: changed.map(({ id }) => id) }
}

export async function removeImported(tx: Tx, people: readonly string[]) {
  await tx.deleteFrom('imported_numbers').where('person', 'in', people).execute()
  await tx.deleteFrom('imported_people').where('person', 'in', people).execute()
}

export const importedRetention: RetentionOf<'imported_people' | 'imported_numbers'> = {
  imported_people: withAccount('imported_people'),
  imported_numbers: withAccount('imported_numbers'),
}

/** Nobody holds the clear values: each digest is hashed once more under the new key. */
export const importedPeopleRekeying: Rekeying<'imported_people'> = {
  table: 'imported_people',
  row: 'person',
  rekey: (keys, { born, born_year, pepper }) => {
    const date = rehashed(keys, 'identification-pepper', { pepper, hash: born })
    const year = rehashed(keys, 'identification-pepper', { pepper, hash: born_year })
    return date && year && { born: date.hash, born_year: year.hash, pepper: date.pepper }
  },
}

export const importedNumberRekeying: Rekeying<'imported_numbers'> = {
  table: 'imported_numbers',
  row: 'id',
  rekey: (keys, { digest, pepper }) => {
    const made = rehashed(keys, 'identification-pepper', { pepper, hash: digest })
    return made && { digest: made.hash, pepper: made.pepper }
  },
}

import { hmac } from '../../crypto/crypto.ts'
import type { Keys } from '../../crypto/keys.ts'
import { ok, refused } from '../../result.ts'
import type { Store } from '../../store/store.ts'
import type { CountedPerson, Directory, Finding, NumberKind, Person, PersonId } from '../directory.ts'
import { numberKinds } from '../directory.ts'
import { createRefreshed } from '../refreshed.ts'
import { type BornRow, birthDateDigest, numberDigest, possiblePeppers } from './digests.ts'
import { findBorn, findByNumber, readImportedKinds, readPeppers } from './rows.ts'

type Deps = {
  readonly store: Store
  /** `null`: of a command that counts people and identifies nobody. */
  readonly keys: Keys | null
  readonly now: () => number
  /** Attributes that nothing reads now: of the numbers and of the date of birth. */
  readonly unread: readonly string[]
}

/** In the form of a UUID, in which most directories write ids; no entry has it. */
const absentId = (keys: Keys, kind: NumberKind, number: string, slot: string) =>
  Buffer.from(hmac(keys.of('subject'), 'absent', kind, number, slot), 'base64url')
    .toString('hex')
    .slice(0, 32)
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') as PersonId

/** The person with the imported date of birth, and none of the directory's. */
const withBirthDate = (keys: Keys, person: Person, row: BornRow | undefined): Person => ({
  ...person,
  birthDate: null,
  ...(row && { birthDateDigest: birthDateDigest(keys, row) }),
})

/**
 * One look-up in the store and one search in the directory for two ids, whoever has the number: somebody, two people, or nobody. The
 * ids that lack are of nobody.
 */
const createFind = (directory: Directory, keys: Keys, { store, now }: Deps): Directory['find'] => {
  const seenPeppers = createRefreshed(() => readPeppers(store.read), now)
  return async (kind, number) => {
    const seen = await seenPeppers()
    // Not known which keys there are: nobody would be found, and the journey would stay one of nobody.
    if (!seen) return refused('directory-unavailable')
    const peppers = possiblePeppers(keys, seen)
    const digests = peppers.flatMap(pepper => numberDigest(keys, pepper, kind, number) ?? [])
    const rows = await findByNumber(store.read, digests)
    const [first, second] = rows.map(({ person }) => person as PersonId)
    const found = await directory.findByIds(kind, [
      first ?? absentId(keys, kind, number, 'first'),
      second ?? absentId(keys, kind, number, 'second'),
    ])
    if (!found.ok) return found
    const rowOf = ({ id }: Person) => rows.find(({ person }) => person === id)
    return ok({ people: found.people.map(one => withBirthDate(keys, one, rowOf(one))) })
  }
}

const createRead =
  (directory: Directory, keys: Keys, { store }: Deps): Directory['read'] =>
  async id => {
    const row = await findBorn(store.read, id)
    const found = await directory.read(id)
    return found.ok && found.person ? ok({ person: withBirthDate(keys, found.person, row) }) : found
  }

const isFindable = (directory: Directory, { populations }: CountedPerson, kinds?: ReadonlySet<string>) =>
  numberKinds.some(kind => kinds?.has(kind) && populations.includes(directory.populationOf(kind)))

/** Marks who of these people is found by an imported number of one of their populations. */
export const markFindable = async (
  directory: Directory,
  db: Store['read'],
  people: readonly CountedPerson[],
): Promise<readonly CountedPerson[]> => {
  const kinds = await readImportedKinds(
    db,
    people.map(({ id }) => id),
  )
  return people.map(one => ({ ...one, isFindable: isFindable(directory, one, kinds.get(one.id)) }))
}

/** The directory gives its pages without waiting: they are marked once all were read. */
const createEverybody =
  (directory: Directory, { store }: Deps): Directory['everybody'] =>
  async add => {
    const pages: (readonly CountedPerson[])[] = []
    const read = await directory.everybody(people => pages.push(people))
    if (!read.ok) return read
    for (const page of pages) add(await markFindable(directory, store.read, page))
    return read
  }

/** Lines of `sesame check` on what the directory is not asked for any more. */
const identificationLines: ReadonlySet<string> = new Set([
  'birth-date',
  'birth-date-form',
  'birth-date-impossible',
  'no-number',
  'number-form',
  'number-characters',
  'number-twice',
  'identification',
  'lookup',
])
const attributeLines: ReadonlySet<string> = new Set(['hidden', 'no-attribute', 'index'])

const concernsIdentification = ({ what }: Finding, unread: readonly string[]) => {
  const words = what.split(' ')
  const [name = '', attribute = ''] = [words[0], words.at(-1)]
  return identificationLines.has(name) || (attributeLines.has(name) && unread.includes(attribute))
}

/**
 * A directory whose people are identified by what `sesame import people` brought: their numbers and their dates of birth are digests
 * in the store. Everything else is the directory's: who has an account, in which population, and whether it is closed.
 */
export const withImportedIdentification = (directory: Directory, deps: Deps): Directory => {
  const { keys, unread } = deps
  return {
    ...directory,
    ...(keys && { find: createFind(directory, keys, deps), read: createRead(directory, keys, deps) }),
    everybody: createEverybody(directory, deps),
    check: async smtpUtf8 =>
      (await directory.check(smtpUtf8)).filter(one => !concernsIdentification(one, unread)),
  }
}

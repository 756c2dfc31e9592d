import type { Store } from '../../store/store.ts'
import { report } from '../check-lines.ts'
import type { CountedPerson, Directory, Finding, PersonId, Population } from '../directory.ts'
import { markFindable } from './imported.ts'
import { countSharing, readImportedIds } from './rows.ts'

/** So many imported people are read again by their id, as a journey reads them. */
const sampleSize = 20

export const nobodyImported = report('imported', {
  means: 'Nobody was imported, so nobody can identify themselves.',
})

/** Everybody once, of every population in which the directory has them. */
async function readEverybody(directory: Directory) {
  const everybody = new Map<string, CountedPerson>()
  const read = await directory.everybody(people => {
    for (const one of people) {
      const populations = [...(everybody.get(one.id)?.populations ?? []), ...one.populations]
      everybody.set(one.id, { ...one, populations })
    }
  })
  return read.ok ? { everybody, endedBy: read.endedBy } : null
}

/** Whom nothing was imported of, by population. Closed and privileged accounts recover nothing anyway. */
function missingFindings(people: readonly CountedPerson[]): Finding[] {
  const served = people.filter(one => !one.closed && !one.privileged)
  const populations: readonly Population[] = ['student', 'staff', 'external']
  return populations.flatMap(population => {
    const own = served.filter(one => one.populations.includes(population))
    const without = own.filter(({ isFindable }) => !isFindable).length
    if (without === 0) return []
    return [
      report('imported-missing', {
        subject: population,
        means: `Of ${without} of ${own.length} people no number of their population was imported: they cannot identify themselves.`,
        everybody: without === own.length,
      }),
    ]
  })
}

function unknownFindings(imported: ReadonlySet<string>, everybody: ReadonlyMap<string, unknown>): Finding[] {
  const unknown = [...imported].filter(id => !everybody.has(id)).length
  if (unknown === 0) return []
  return [
    report('imported-unknown', {
      means: `${unknown} of ${imported.size} imported ids are those of no entry.`,
      everybody: unknown === imported.size,
    }),
  ]
}

/** A line that was refused, or left out, leaves somebody with a number that is another's by now. */
async function sharedFindings(db: Store['read']): Promise<Finding[]> {
  const sharing = await countSharing(db)
  if (sharing === 0) return []
  return [
    report('imported-shared', {
      means: `${sharing} people have a number that somebody else has too: by it nobody is found.`,
    }),
  ]
}

/** A right may let the portal read an id, and not search by it. */
async function lookupFindings(directory: Directory, people: readonly CountedPerson[]): Promise<Finding[]> {
  const sample = people.filter(({ isFindable }) => isFindable).slice(0, sampleSize)
  let failed = 0
  for (const { id } of sample) {
    const found = await directory.read(id as PersonId)
    if (!(found.ok && found.person)) failed += 1
  }
  if (failed === 0) return []
  return [
    report('imported-lookup', {
      means: `${failed} of ${sample.length} people whom the portal reads are not found by their id: they are strangers to it.`,
    }),
  ]
}

/** The findings of `sesame check` where people identify themselves by what was imported. The store is read alone. */
export async function checkImported(directory: Directory, db: Store['read']): Promise<Finding[]> {
  const imported = await readImportedIds(db)
  if (imported.size === 0) return [nobodyImported]
  const read = await readEverybody(directory)
  if (!read) return [report('imported-untried', { means: 'The directory does not answer.' })]
  if (read.endedBy !== null)
    return [report('imported-untried', { means: `The directory did not show everybody. ${read.endedBy}` })]
  const people = await markFindable(directory, db, [...read.everybody.values()])
  const findings = [
    ...unknownFindings(imported, read.everybody),
    ...missingFindings(people),
    ...(await sharedFindings(db)),
    ...(await lookupFindings(directory, people)),
  ]
  const findable = people.filter(one => one.isFindable && !one.closed && !one.privileged).length
  const good = {
    level: 'good',
    what: 'imported',
    detail: `${findable} people can identify themselves by what was imported.`,
  } as const
  return findable > 0 ? [good, ...findings] : findings
}

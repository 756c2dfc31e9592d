import type { Clock } from '../clock.ts'
import type { CountedPerson, Directory, Population } from '../directory/directory.ts'
import { recoveryMeansOf } from '../identity/recovery-means.ts'
import type { Limits } from '../limits/limits.ts'
import type { ProofPolicy } from '../proofs/policy/policy.ts'
import { populations } from '../proofs/policy/presets.ts'
import type { Store } from '../store/store.ts'

type Deps = {
  readonly directory: Pick<Directory, 'everybody'>
  readonly read: Store['read']
  readonly clock: Clock
  readonly limits: Pick<Limits, 'newContactDelay'>
  readonly policy: Pick<ProofPolicy, 'isMet'>
}

/** So many at once in a statement of the store. */
const pageSize = 500

type Counted = Omit<CountedPerson, 'populations'> & { readonly populations: Set<Population> }

/** Everybody once, with every population in which the directory has them. */
async function readEverybody({ directory }: Deps) {
  const everybody = new Map<string, Counted>()
  const read = await directory.everybody(people => {
    for (const one of people) {
      const known = everybody.get(one.id)
      for (const population of one.populations) known?.populations.add(population)
      everybody.set(
        one.id,
        known
          ? { ...known, isFindable: known.isFindable || one.isFindable }
          : { ...one, populations: new Set(one.populations) },
      )
    }
  })
  return read.ok ? { everybody, endedBy: read.endedBy } : null
}

/** What each of these people has in place, page by page. */
async function readProofs(deps: Deps, ids: readonly string[]) {
  const has = new Map<string, ReadonlySet<string>>()
  for (let from = 0; from < ids.length; from += pageSize)
    for (const [person, kinds] of await recoveryMeansOf(deps, deps.read, ids.slice(from, from + pageSize)))
      has.set(person, kinds)
  return has
}

/** How somebody recovers: alone, once the helpdesk has handed over a code, or not, and why. */
type Way = 'alone' | 'helpdesk' | 'not-findable' | 'too-little'

const lineOf = (journey: string, population: Population, ways: readonly Way[]) => {
  const count = (way: Way) => ways.filter(one => one === way).length
  const not = count('not-findable') + count('too-little')
  const why = [
    `${count('not-findable')} without a date of birth or a number that the portal reads`,
    `${count('too-little')} without the proofs that the policy asks for`,
  ].filter(one => !one.startsWith('0 '))
  const because = not > 0 ? ` (${why.join(', ')})` : ''
  return `recovery of the ${journey}, ${population} = of ${ways.length} people ${count('alone')} can alone, ${count('helpdesk')} with a code of the helpdesk, ${not} cannot${because}`
}

/**
 * How many people can recover under the policy, and how many cannot and why, by journey and population: a line for each. Closed and
 * privileged accounts are counted apart, since no journey writes for them.
 */
export async function countRecoveries(deps: Deps): Promise<readonly string[]> {
  const found = await readEverybody(deps)
  if (!found) return ['people = not counted: the directory does not answer']
  const all = [...found.everybody.values()]
  const served = all.filter(one => !one.closed && !one.privileged)
  const has = await readProofs(
    deps,
    served.map(({ id }) => id),
  )
  const wayOf = (journey: 'password' | 'identifier', one: Counted): Way => {
    if (!one.isFindable) return 'not-findable'
    const asked = { journey, populations: [...one.populations] }
    const own = has.get(one.id) ?? new Set<string>()
    if (deps.policy.isMet(asked, own)) return 'alone'
    return deps.policy.isMet(asked, new Set([...own, 'helpdesk-code'])) ? 'helpdesk' : 'too-little'
  }
  const closed = all.filter(one => one.closed).length
  const privileged = all.length - served.length - closed
  const ended = found.endedBy ? `; the reading ended before everybody was read: ${found.endedBy}` : ''
  return [
    `people = ${all.length} in the directory, of whom ${closed} closed and ${privileged} privileged recover nothing here${ended}`,
    ...(['password', 'identifier'] as const).flatMap(journey =>
      populations.flatMap(population => {
        const own = served.filter(one => one.populations.has(population))
        return own.length === 0
          ? []
          : [
              lineOf(
                journey,
                population,
                own.map(one => wayOf(journey, one)),
              ),
            ]
      }),
    ),
  ]
}

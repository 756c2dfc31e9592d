import { type Filter, FilterParser } from 'ldapts'
import type { Population } from '../directory.ts'
import { isSameDn } from './dn.ts'
import type { PeopleSettings } from './settings.ts'

const populationNames: readonly Population[] = ['student', 'staff', 'external']

/** A base and a filter, with every population that they are of. */
export type Scope = {
  readonly populations: readonly Population[]
  readonly base: string
  readonly filter: Filter
}

/**
 * Where people are searched. Populations that share a base and a filter, as in a directory of accounts only, are one scope: it is
 * searched once, and a person who is found there is of each of them.
 */
export function scopesOf({ populations }: Pick<PeopleSettings, 'populations'>): readonly Scope[] {
  const isShared = (one: Population, other: Population) =>
    populations[one].filter === populations[other].filter &&
    (populations[one].base === populations[other].base ||
      isSameDn(populations[one].base, populations[other].base))
  return populationNames
    .filter((name, index) => !populationNames.slice(0, index).some(earlier => isShared(earlier, name)))
    .map(name => ({
      populations: populationNames.filter(other => isShared(name, other)),
      base: populations[name].base,
      filter: FilterParser.parseString(populations[name].filter),
    }))
}

import { describe, expect, it } from 'vitest'
import { fc } from '../../../test/world/properties.ts'
import { journeyProofs } from '../proof-registry.ts'
import {
  type Item,
  isAsStrongAs,
  isMet,
  meetableLines,
  offeredOf,
  proofClasses,
  proofsOf,
  type Requirement,
  unmetOf,
  waysOf,
} from './requirement.ts'

const kinds = journeyProofs.map(({ kind }) => kind)
const everything = new Set<string>(kinds)
const anyItem = fc.constantFrom<Item>(...kinds, ...proofClasses)
const anyRequirement: fc.Arbitrary<Requirement> = fc.array(
  fc.uniqueArray(anyItem, { minLength: 1, maxLength: 3 }),
  { minLength: 1, maxLength: 4 },
)
const anyProofs = fc.subarray(kinds).map(some => new Set<string>(some))
const together = (...sets: readonly ReadonlySet<string>[]) => new Set(sets.flatMap(set => [...set]))

/** The meaning of a requirement, said again as plainly as can be. */
const meets = (requirement: Requirement, proved: ReadonlySet<string>) =>
  requirement.some(line =>
    line.every(item =>
      journeyProofs.some(
        ({ kind, journeys }) => proved.has(kind) && (kind === item || journeys.class === item),
      ),
    ),
  )

const hold = (...[name, arbitrary, check]: Parameters<typeof properties>) =>
  it(name, () => properties(name, arbitrary, check))
const properties = (
  _: string,
  arbitrary: fc.Arbitrary<[Requirement, ReadonlySet<string>, ReadonlySet<string>]>,
  check: (requirement: Requirement, proved: ReadonlySet<string>, other: ReadonlySet<string>) => void,
) =>
  fc.assert(
    fc.property(arbitrary, each => check(...each)),
    { numRuns: 500 },
  )
const any = fc.tuple(anyRequirement, anyProofs, anyProofs)

describe('a requirement', () => {
  hold('is met when every item of one line is proved, and never otherwise', any, (requirement, proved) => {
    expect(isMet(requirement, proved)).toBe(meets(requirement, proved))
  })

  hold('is met by no proof at all never', any, requirement => {
    expect(isMet(requirement, new Set())).toBe(false)
  })

  hold('stays met whatever is proved besides', any, (requirement, proved, besides) => {
    if (isMet(requirement, proved)) expect(isMet(requirement, together(proved, besides))).toBe(true)
  })

  hold('holds what is unmet: what is proved later meets the rest exactly when it meets all', any, (...of) => {
    const [requirement, proved, later] = of
    const rest = unmetOf(requirement, proved)
    if (rest) expect(isMet(rest, later) || isMet(requirement, proved)).toBe(meets(rest, later))
    expect(rest === null).toBe(isMet(requirement, proved))
  })

  hold('offers only what brings it further, and something until it is met', any, (...of) => {
    const [requirement, proved, available] = of
    const reachable = together(proved, available)
    const offered = offeredOf(requirement, proved, reachable)
    const canBeMet = meetableLines(requirement, reachable).length > 0
    expect(offered.length > 0).toBe(canBeMet && !isMet(meetableLines(requirement, reachable), proved))
    for (const kind of offered) expect([proved.has(kind), reachable.has(kind)]).toEqual([false, true])
  })

  hold('is met by proving what is offered, one after the other', any, requirement => {
    const proved = new Set<string>()
    for (let offered = offeredOf(requirement, proved, everything); offered[0]; ) {
      proved.add(offered[0])
      offered = offeredOf(requirement, proved, everything)
    }
    expect(isMet(requirement, proved)).toBe(meetableLines(requirement, everything).length > 0)
  })

  hold('is met by each of its ways, and by no part of any when it has one line', any, ([line = []]) => {
    for (const way of waysOf([line], everything)) {
      expect(isMet([line], way)).toBe(true)
      expect(line.every(item => proofsOf(item, way).length > 0)).toBe(true)
    }
  })

  it('is as strong as another exactly when whatever meets it meets the other', () => {
    const subsets: ReadonlySet<string>[] = [new Set()]
    for (const kind of kinds) subsets.push(...subsets.map(set => together(set, new Set([kind]))))
    fc.assert(
      fc.property(anyRequirement, anyRequirement, (one, other) => {
        const implied = subsets.every(set => !meets(one, set) || meets(other, set))
        expect(isAsStrongAs(one, other, everything)).toBe(implied)
      }),
      { numRuns: 300 },
    )
  })
})

import { populations } from './presets.ts'
import { type Kinds, proofsOf, waysOf } from './requirement.ts'
import { type PolicyJourney, requirementOf } from './requirement-of.ts'
import type { RecoverySettings } from './settings.ts'

const journeys = ['password', 'identifier'] as const satisfies readonly PolicyJourney[]

/** « staff », « student and staff », or nothing when it is everybody. */
const whose = (some: readonly string[]) =>
  some.length === populations.length ? '' : ` of ${some.join(' and ')}`

/**
 * The requirement of a standard below which the policy lies, with whose account it is; `null`: it asks nobody for what they know alone.
 * NIST SP 800-63B-4 §3.1.1.2 and ASVS 5.0 6.4.2 refuse a secret question as the only proof.
 */
export function shortfallOf(settings: RecoverySettings, available: Kinds): string | null {
  const below = populations.filter(population =>
    journeys.some(journey =>
      waysOf(requirementOf(settings, journey, population), available).some(
        way => way.size > 0 && way.size === proofsOf('known', way).length,
      ),
    ),
  )
  if (below.length === 0) return null
  return `The joker question alone proves who people are${whose(below)}; NIST 800-63B-4 and ASVS 6.4.2 refuse that. See docs/decisions/003-joker.md; \`recovery.preset: renforce\` asks for more.`
}

/** Who can recover what, and by which proofs: a line for each journey and population. */
export const policyLines = (settings: RecoverySettings, available: Kinds): readonly string[] =>
  journeys.flatMap(journey =>
    populations.map(population => {
      const ways = waysOf(requirementOf(settings, journey, population), available)
      const said = ways.map(way => [...way].join(' with ')).join(', or ')
      return `recovery of the ${journey}, ${population} = ${said}`
    }),
  )

import type { Population } from '../../directory/directory.ts'
import { presets } from './presets.ts'
import type { Requirement } from './requirement.ts'
import type { RecoverySettings } from './settings.ts'

export type PolicyJourney = 'password' | 'identifier' | 'activation'

/** The letter or mail of welcome is the only proof that a person has who never had a password. */
const activation: Requirement = [['activation-code']]

/** What the settings ask for; of the preset where they say nothing. */
export function requirementOf(
  settings: RecoverySettings,
  journey: PolicyJourney,
  population: Population,
): Requirement {
  if (journey === 'activation') return activation
  return settings[journey][population] ?? presets[settings.preset].asks(population)
}

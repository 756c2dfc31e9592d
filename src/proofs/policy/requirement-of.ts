import type { Population } from '../../directory/directory.ts'
import { populations, presets } from './presets.ts'
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

/** Whether it makes no difference for any journey of which populations a person is. */
export const isSameForAll = (settings: RecoverySettings) =>
  (['password', 'identifier', 'activation'] as const).every(
    journey =>
      new Set(populations.map(each => JSON.stringify(requirementOf(settings, journey, each)))).size === 1,
  )

import type { Population } from '../../directory/directory.ts'
import type { Requirement } from './requirement.ts'

export const populations: readonly Population[] = ['student', 'staff', 'external']

/**
 * What a preset asks for in recovery, and the least that a policy under its name must ask for: `floor`. A line whose proofs the
 * installation cannot ask for is left out.
 */
export type Preset = {
  readonly asks: (population: Population) => Requirement
  readonly floor: (population: Population) => Requirement
}

export type PresetName = 'classique'

export const presets: Readonly<Record<PresetName, Preset>> = {
  /** What the guide describes: the joker behind number and date of birth. */
  classique: {
    asks: () => [['joker']],
    floor: () => [['known'], ['held'], ['sent'], ['issued']],
  },
}

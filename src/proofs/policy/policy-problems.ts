import type { Population } from '../../directory/directory.ts'
import { populations, presets } from './presets.ts'
import {
  type Item,
  isAsStrongAs,
  type Kinds,
  meetableLines,
  proofsOf,
  type Requirement,
  waysOf,
} from './requirement.ts'
import type { RecoverySettings } from './settings.ts'

type Problem = { readonly path: string; readonly sentence: string }

const named = (items: readonly string[]) => items.map(item => `\`${item}\``).join(' and ')

/** Two items of a line that one proof would fulfil: the line takes fewer proofs than it names. */
function sharedProof(line: readonly Item[], available: Kinds) {
  const kinds = line.flatMap(item => proofsOf(item, available))
  return kinds.find((kind, index) => kinds.indexOf(kind) !== index)
}

/** What is wrong with what the settings ask of a population, in a sentence; `null`: nothing. */
function fault(
  requirement: Requirement,
  settings: RecoverySettings,
  population: Population,
  available: Kinds,
): string | null {
  const unmeetable = requirement.find(line => meetableLines([line], available).length === 0)
  if (unmeetable)
    return `asks for ${named(unmeetable)}, which this installation cannot ask for: nobody could meet it. Take it out, or configure what it needs (docs/operate/recovery.md).`
  const twice = requirement.find(line => sharedProof(line, available) !== undefined)
  if (twice)
    return `asks for ${named(twice)} together, and \`${sharedProof(twice, available)}\` alone would do for both. Name each proof.`
  if (!isAsStrongAs(requirement, presets[settings.preset].minimum(population), available))
    return `is weaker than \`${settings.preset}\`, which recovery.preset declares. Ask for more, or declare a weaker preset.`
  const takesMessage = waysOf(requirement, available).some(way => way.size === 1 && way.has('sms-code'))
  if (population === 'staff' && takesMessage)
    return 'takes a text message alone, which is not enough for staff (ANSSI-PG-078, R8). Ask for another proof with it.'
  return null
}

/** Policies that nobody could meet, that are weaker than what is declared, or that ask for less than they seem to. */
export function policyProblems(settings: RecoverySettings, available: Kinds): readonly Problem[] {
  const written = (['password', 'identifier'] as const).flatMap(journey =>
    populations.flatMap(population => {
      const requirement = settings[journey][population]
      const sentence = requirement && fault(requirement, settings, population, available)
      return sentence ? [{ path: `recovery.${journey}.${population}`, sentence }] : []
    }),
  )
  const unmet = populations.some(
    population => meetableLines(presets[settings.preset].asks(population), available).length === 0,
  )
  return unmet
    ? [
        ...written,
        {
          path: 'recovery.preset',
          sentence: `\`${settings.preset}\` asks for proofs that this installation cannot ask for.`,
        },
      ]
    : written
}

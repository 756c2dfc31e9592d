import { AndFilter, FilterParser, NotFilter, PresenceFilter } from 'ldapts'
import { type Finding, numberKinds } from '../directory.ts'
import { foldNumber } from '../number.ts'
import { type ConnectionPool, isAnswer, Unreachable } from './connection-pool.ts'
import { type Entry, valuesOf } from './entry.ts'
import { lookupVariants } from './lookup-variants.ts'
import type { ConnectionSettings, PeopleSettings } from './settings.ts'

export const good = (what: string, detail: string): Finding => ({ level: 'good', what, detail })
export const warning = (what: string, detail: string): Finding => ({ level: 'warning', what, detail })
export const wrong = (what: string, detail: string): Finding => ({ level: 'wrong', what, detail })

/** Enough to see what is usual, few enough for any server's limits. */
const sample = 500

const sentenceOf = (fault: unknown): string => {
  const cause = fault instanceof Unreachable ? fault.cause : fault
  return cause instanceof Error ? cause.message : String(cause)
}

export const populationNames = ['student', 'staff', 'external'] as const

export type Question = readonly [what: string, request: () => Promise<Finding | Finding[]>]

/** Asks each question for its findings: what the server refuses is a finding too, never the end of the check. */
export const request = async (questions: readonly Question[]): Promise<Finding[]> => {
  const findings: Finding[] = []
  for (const [what, question] of questions)
    try {
      findings.push(...[await question()].flat())
    } catch (fault) {
      if (!(isAnswer(fault) || fault instanceof Unreachable)) throw fault
      findings.push(wrong(what, sentenceOf(fault)))
    }
  return findings
}

/** The first question of all: without an answer the others are not asked. */
export const askConnection = (
  connectionSettings: ConnectionSettings,
  connectionPool: ConnectionPool,
): Question => [
  'connection',
  async () => {
    await connectionPool.with(({ client }) => client.search('', { scope: 'base', attributes: ['1.1'] }), {
      again: true,
    })
    return good(
      'connection',
      `${connectionSettings.urls.join(', ')} answers as ${connectionSettings.bindDn}.`,
    )
  },
]

/** Some entries that pass the filter, enough to see what is usual. */
export const entriesIn =
  (connectionPool: ConnectionPool) =>
  (base: string, filter: string, attributes: string[]): Promise<Entry[]> =>
    connectionPool.with(
      async ({ client }) =>
        (await client.search(base, { scope: 'sub', filter, attributes, sizeLimit: sample }))
          .searchEntries as Entry[],
      { again: true },
    )

/** Who is there, who could identify themselves, and which numbers no card can reach. */
export const askPeople = (settings: PeopleSettings, connectionPool: ConnectionPool): Question[] => {
  const entriesOf = entriesIn(connectionPool)

  const countOf = async (population: (typeof populationNames)[number]): Promise<Finding> => {
    const { base, filter } = settings.populations[population]
    const found = await entriesOf(base, filter, ['1.1'])
    const many = found.length >= sample ? `${sample} or more` : String(found.length)
    return found.length === 0
      ? wrong(population, `No entry under ${base} passes ${filter}, or the portal's entry may not read them.`)
      : good(population, `${many} people under ${base}.`)
  }

  const datesOf = async (population: (typeof populationNames)[number]): Promise<Finding[]> => {
    const { base, filter } = settings.populations[population]
    const { birthDate } = settings.attributes
    const lacking = new AndFilter({
      filters: [
        FilterParser.parseString(filter),
        new NotFilter({ filter: new PresenceFilter({ attribute: birthDate }) }),
      ],
    })
    const found = await entriesOf(base, lacking.toString(), ['1.1'])
    return found.length > 0
      ? [
          warning(
            population,
            `${found.length}${found.length >= sample ? ' or more' : ''} people have no ${birthDate}: they cannot identify themselves.`,
          ),
        ]
      : []
  }

  const reachOf = async (kind: (typeof numberKinds)[number]): Promise<Finding[]> => {
    const { attribute, population, ...how } = settings.numbers[kind]
    const { base, filter } = settings.populations[population]
    const entries = await entriesOf(base, `(&${filter}(${attribute}=*))`, [attribute])
    const held = entries.flatMap(entry => valuesOf(entry, attribute))
    if (held.length === 0) return [warning(kind, `No entry has ${attribute}: that card finds nobody.`)]
    const lost = held.filter(
      value =>
        !lookupVariants(foldNumber(value), how).some(
          spelling => spelling.toLowerCase() === value.toLowerCase(),
        ),
    )
    if (lost.length === 0) return [good(kind, `All ${held.length} values read of ${attribute} can be found.`)]
    return [
      warning(
        kind,
        `${lost.length} of ${held.length} values of ${attribute} have separators or zeros that no configured spelling reaches: see numbers.${kind}.widths and prefixes.`,
      ),
    ]
  }

  return [
    ...populationNames.map(name => [name, () => countOf(name)] as const),
    ...populationNames.map(name => [name, () => datesOf(name)] as const),
    ...numberKinds.map(kind => [kind, () => reachOf(kind)] as const),
  ]
}

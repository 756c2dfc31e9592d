import { AndFilter, FilterParser, NotFilter, PresenceFilter } from 'ldapts'
import { type Finding, numberKinds } from '../directory.ts'
import { foldNumber } from '../number.ts'
import { type ConnectionPool, isServerAnswer, UnreachableError } from './connection-pool.ts'
import { type Entry, valuesOf } from './entry.ts'
import { lookupVariants } from './lookup-variants.ts'
import type { ConnectionSettings, PeopleSettings } from './settings.ts'

export const good = (what: string, detail: string): Finding => ({ level: 'good', what, detail })
export const warning = (what: string, detail: string): Finding => ({ level: 'warning', what, detail })
export const wrong = (what: string, detail: string): Finding => ({ level: 'wrong', what, detail })

/** Enough to see what is usual, few enough for any server's limits. */
const sampleSize = 500

const messageOf = (fault: unknown): string => {
  const cause = fault instanceof UnreachableError ? fault.cause : fault
  return cause instanceof Error ? cause.message : String(cause)
}

export const populationNames = ['student', 'staff', 'external'] as const

export type Check = readonly [what: string, request: () => Promise<Finding | Finding[]>]

/** Asks each question for its findings: what the server refuses is a finding too, never the end of the check. */
export const runChecks = async (questions: readonly Check[]): Promise<Finding[]> => {
  const findings: Finding[] = []
  for (const [what, question] of questions)
    try {
      findings.push(...[await question()].flat())
    } catch (fault) {
      if (!(isServerAnswer(fault) || fault instanceof UnreachableError)) throw fault
      findings.push(wrong(what, messageOf(fault)))
    }
  return findings
}

/** The first question of all: without an answer the others are not asked. */
export const connectionCheck = (
  connectionSettings: ConnectionSettings,
  connectionPool: ConnectionPool,
): Check => [
  'connection',
  async () => {
    await connectionPool.with(({ client }) => client.search('', { scope: 'base', attributes: ['1.1'] }), {
      retry: true,
    })
    return good(
      'connection',
      `${connectionSettings.urls.join(', ')} answers as ${connectionSettings.bindDn}.`,
    )
  },
]

/** Some entries that pass the filter, enough to see what is usual. */
export const createSampler =
  (connectionPool: ConnectionPool) =>
  (base: string, filter: string, attributes: string[]): Promise<Entry[]> =>
    connectionPool.with(
      async ({ client }) =>
        (await client.search(base, { scope: 'sub', filter, attributes, sizeLimit: sampleSize }))
          .searchEntries as Entry[],
      { retry: true },
    )

/** Who is there, who could identify themselves, and which numbers no card can reach. */
export const peopleChecks = (settings: PeopleSettings, connectionPool: ConnectionPool): Check[] => {
  const readSample = createSampler(connectionPool)

  const countPeople = async (population: (typeof populationNames)[number]): Promise<Finding> => {
    const { base, filter } = settings.populations[population]
    const found = await readSample(base, filter, ['1.1'])
    const many = found.length >= sampleSize ? `${sampleSize} or more` : String(found.length)
    return found.length === 0
      ? wrong(population, `No entry under ${base} passes ${filter}, or the portal's entry may not read them.`)
      : good(population, `${many} people under ${base}.`)
  }

  const checkBirthDates = async (population: (typeof populationNames)[number]): Promise<Finding[]> => {
    const { base, filter } = settings.populations[population]
    const { birthDate } = settings.attributes
    const withoutBirthDate = new AndFilter({
      filters: [
        FilterParser.parseString(filter),
        new NotFilter({ filter: new PresenceFilter({ attribute: birthDate }) }),
      ],
    })
    const found = await readSample(base, withoutBirthDate.toString(), ['1.1'])
    return found.length > 0
      ? [
          warning(
            population,
            `${found.length}${found.length >= sampleSize ? ' or more' : ''} people have no ${birthDate}: they cannot identify themselves.`,
          ),
        ]
      : []
  }

  const checkNumbers = async (kind: (typeof numberKinds)[number]): Promise<Finding[]> => {
    const { attribute, population, ...how } = settings.numbers[kind]
    const { base, filter } = settings.populations[population]
    const entries = await readSample(base, `(&${filter}(${attribute}=*))`, [attribute])
    const values = entries.flatMap(entry => valuesOf(entry, attribute))
    if (values.length === 0) return [warning(kind, `No entry has ${attribute}: that card finds nobody.`)]
    const unreachable = values.filter(
      value =>
        !lookupVariants(foldNumber(value), how).some(
          spelling => spelling.toLowerCase() === value.toLowerCase(),
        ),
    )
    if (unreachable.length === 0)
      return [good(kind, `All ${values.length} values read of ${attribute} can be found.`)]
    return [
      warning(
        kind,
        `${unreachable.length} of ${values.length} values of ${attribute} have separators or zeros that no configured spelling reaches: see numbers.${kind}.widths and prefixes.`,
      ),
    ]
  }

  return [
    ...populationNames.map(name => [name, () => countPeople(name)] as const),
    ...populationNames.map(name => [name, () => checkBirthDates(name)] as const),
    ...numberKinds.map(kind => [kind, () => checkNumbers(kind)] as const),
  ]
}

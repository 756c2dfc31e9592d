import { AndFilter, FilterParser, NotFilter, PresenceFilter } from 'ldapts'
import { type Finding, numberKinds } from '../directory.ts'
import { foldNumber } from '../number.ts'
import { type Entry, valuesOf } from './attributes.ts'
import { type ConnectionPool, isServerAnswer, UnreachableError } from './connection-pool.ts'
import type { EntryMapper } from './entry.ts'
import { lookupVariants } from './lookup-variants.ts'
import { createPrivilegedGroups, type UnknownGroup } from './privileged-groups.ts'
import type { ConnectionSettings, PeopleSettings } from './settings.ts'

export const good = (what: string, detail: string): Finding => ({ level: 'good', what, detail })
export const warning = (what: string, detail: string): Finding => ({ level: 'warning', what, detail })
export const wrong = (what: string, detail: string): Finding => ({ level: 'wrong', what, detail })

/** Large enough to be representative, small enough for the size limit of any server. */
const sampleSize = 500

const messageOf = (fault: unknown): string => {
  const cause = fault instanceof UnreachableError ? fault.cause : fault
  return cause instanceof Error ? cause.message : String(cause)
}

export const populationNames = ['student', 'staff', 'external'] as const

export type Check = readonly [what: string, run: () => Promise<Finding | Finding[]>]

/** Runs each check for its findings. A refusal of the server is a finding too, and does not stop the other checks. */
export const runChecks = async (checks: readonly Check[]): Promise<Finding[]> => {
  const findings: Finding[] = []
  for (const [what, run] of checks)
    try {
      findings.push(...[await run()].flat())
    } catch (fault) {
      if (!(isServerAnswer(fault) || fault instanceof UnreachableError)) throw fault
      findings.push(wrong(what, messageOf(fault)))
    }
  return findings
}

/** The first check: when it fails the others are not run. */
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

/** Returns a function that reads a sample of the entries that match a filter. */
export const createSampler =
  (connectionPool: ConnectionPool) =>
  (base: string, filter: string, attributes: string[]): Promise<Entry[]> =>
    connectionPool.with(
      async ({ client }) =>
        (await client.search(base, { scope: 'sub', filter, attributes, sizeLimit: sampleSize }))
          .searchEntries as Entry[],
      { retry: true },
    )

const remedies = {
  'not-found': (group: string) =>
    `${group} does not exist, or the portal's entry may not read it: correct privilegedGroups, or give it the rights of docs/operate.`,
  'no-members': (group: string) =>
    `The portal's entry reads no member of ${group}: give it the right to read member, uniqueMember and memberUid there. A group without members is left out of privilegedGroups.`,
  'too-many-groups': (group: string) =>
    `${group} and further groups within privilegedGroups were not read: name fewer groups, or remove the circle.`,
} as const satisfies Record<UnknownGroup['because'], (group: string) => string>

/** Every privileged group must be readable: while one is not, everybody is privileged and no password is written. */
export const privilegedGroupsCheck = (entryMapper: EntryMapper, connectionPool: ConnectionPool): Check => [
  'privileged',
  async () => {
    const groups = entryMapper.settings.privilegedGroups
    if (groups.length === 0)
      return warning(
        'privileged',
        'privilegedGroups is empty: only adminCount=1 protects an account of an administrator.',
      )
    const { unknown } = await createPrivilegedGroups(entryMapper, connectionPool)()
    return unknown.length > 0
      ? unknown.map(({ group, because }) =>
          wrong(
            'privileged',
            `${remedies[because](group)} Until then Sésame finds nobody and writes no password.`,
          ),
        )
      : good('privileged', `The members of ${groups.length} group(s) are known, and never written.`)
  },
]

/** Checks that people are found, that they can identify themselves, and that every number can be looked up. */
export const peopleChecks = (settings: PeopleSettings, connectionPool: ConnectionPool): Check[] => {
  const readSample = createSampler(connectionPool)

  const countPeople = async (population: (typeof populationNames)[number]): Promise<Finding> => {
    const { base, filter } = settings.populations[population]
    const found = await readSample(base, filter, ['1.1'])
    const many = found.length >= sampleSize ? `${sampleSize} or more` : String(found.length)
    return found.length === 0
      ? wrong(
          population,
          `No entry below ${base} matches ${filter}, or the portal's entry may not read them.`,
        )
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
    const { attribute, population, ...format } = settings.numbers[kind]
    const { base, filter } = settings.populations[population]
    const entries = await readSample(base, `(&${filter}(${attribute}=*))`, [attribute])
    const values = entries.flatMap(entry => valuesOf(entry, attribute))
    if (values.length === 0)
      return [warning(kind, `No entry has ${attribute}: nobody is found by that number.`)]
    const unreachable = values.filter(
      value =>
        !lookupVariants(kind, foldNumber(kind, value), format).some(
          variant => variant.toLowerCase() === value.toLowerCase(),
        ),
    )
    if (unreachable.length === 0)
      return [good(kind, `All ${values.length} values read of ${attribute} can be found.`)]
    return [
      warning(
        kind,
        `${unreachable.length} of ${values.length} values of ${attribute} have separators or zeros that the configuration does not cover: see numbers.${kind}.widths and prefixes.`,
      ),
    ]
  }

  return [
    ...populationNames.map(name => [name, () => countPeople(name)] as const),
    ...populationNames.map(name => [name, () => checkBirthDates(name)] as const),
    ...numberKinds.map(kind => [kind, () => checkNumbers(kind)] as const),
  ]
}

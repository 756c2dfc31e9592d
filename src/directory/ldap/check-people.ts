import { type CheckName, report } from '../check-lines.ts'
import type { Finding } from '../directory.ts'
import type { Check } from './check-connection.ts'
import { good } from './check-connection.ts'
import { checkNumber } from './check-numbers.ts'
import type { ConnectionPool } from './connection-pool.ts'
import { birthDatePatterns, type EntryMapper } from './entry.ts'
import { createPeopleFinder } from './people.ts'
import { createPrivilegedGroups } from './privileged-groups.ts'
import { populationNames } from './sampler.ts'
import { birthDateFormats } from './settings.ts'
import { createSurveyor, type NumberSurvey, type Survey } from './survey.ts'

const share = (
  { population, total }: Survey,
  [name, count]: readonly [CheckName, number],
  details: { readonly means: string; readonly values: Readonly<Record<string, string>> },
): Finding[] =>
  count === 0
    ? []
    : [
        report(name, {
          subject: population,
          means: `${count} of ${total} people ${details.means}`,
          values: details.values,
          everybody: count === total,
        }),
      ]

/** The format that reads this value, whatever is configured. */
const formatOf = (value: string) =>
  birthDateFormats.find(format => birthDatePatterns[format].test(value.trim()))

const birthDateForms = (survey: Survey, { settings }: EntryMapper): Finding[] => {
  const [first] = survey.unreadBirthDates
  if (first === undefined) return []
  const format = formatOf(first)
  return share(survey, ['birth-date-form', survey.unreadBirthDates.length], {
    means: `have a ${settings.attributes.birthDate} that is not ${settings.birthDateFormat}, such as « ${first.replace(/\d/g, '9')} »: they cannot identify themselves.`,
    values: {
      setting:
        format && survey.unreadBirthDates.every(value => formatOf(value) === format)
          ? `directory: { birthDateFormat: ${format} }`
          : 'Correct these values in the directory.',
    },
  })
}

const endDateForms = ({ population, unreadEndDates }: Survey, { settings }: EntryMapper): Finding[] => {
  const [first] = unreadEndDates
  return first === undefined
    ? []
    : [
        report('end-date-form', {
          subject: population,
          means: `${unreadEndDates.length} values of ${settings.attributes.endDates.join(', ')} are no date, such as « ${first.replace(/\d/g, '9')} »: they close no account.`,
        }),
      ]
}

const attributeFindings = (survey: Survey, mapper: EntryMapper): Finding[] => {
  const { attributes } = mapper.settings
  const { without } = survey
  return [
    ...share(survey, ['stable-id', without.id], {
      means: `come without ${attributes.id}: the portal takes them for nobody.`,
      values: { attribute: attributes.id },
    }),
    ...share(survey, ['login', without.login], {
      means: `come without ${attributes.login}: the portal takes them for nobody.`,
      values: { attribute: attributes.login },
    }),
    ...share(survey, ['birth-date', without.birthDate], {
      means: `come without ${attributes.birthDate}: they cannot identify themselves.`,
      values: { attribute: attributes.birthDate },
    }),
    ...birthDateForms(survey, mapper),
    ...share(survey, ['birth-date-impossible', survey.impossibleBirthDates], {
      means: `have a ${attributes.birthDate} that is no date of birth, as 0000-00-00, a month of 13, or a year before 1900: they cannot identify themselves.`,
      values: { attribute: attributes.birthDate },
    }),
    ...endDateForms(survey, mapper),
    ...share(survey, ['names', without.names], {
      means: 'come without a first or a family name: a password that contains their name is not refused.',
      values: { attribute: `${attributes.firstNames} and ${attributes.familyNames}` },
    }),
    ...share(survey, ['address', without.address], {
      means: 'come without an address: no code and no notice reaches them.',
      values: { attribute: attributes.addresses.join(', ') },
    }),
  ]
}

/** Makes the searches of a journey for some people, evenly few of each card: what was computed may differ from the server's rules. */
const lookupFindings = (mapper: EntryMapper, connectionPool: ConnectionPool, bindDn: string) => {
  const finder = createPeopleFinder(mapper, connectionPool, { everyPopulation: false })
  const readPrivilegedMembers = createPrivilegedGroups(mapper, connectionPool)
  return async ({ kind, setting, sample, holders }: NumberSurvey): Promise<Finding[]> => {
    // Without the privileged groups a journey finds nobody, and their own line says so.
    if ((await readPrivilegedMembers()).unknown.length > 0) return []
    const unambiguous = sample.filter(({ number }) => holders.get(number)?.entries === 1)
    let failed = 0
    for (const { number, person } of unambiguous) {
      const found = await finder.byNumber(kind, number)
      const isFound = found.length === 1 && found[0]?.id === person.id
      if (!(isFound && (await finder.locate(person.id)))) failed += 1
    }
    return failed === 0
      ? []
      : [
          report('lookup', {
            subject: kind,
            means: `${failed} of ${unambiguous.length} people whom the portal reads are not found by that number, or not again by their id: they are strangers to it.`,
            values: {
              base: mapper.settings.populations[setting.population].base,
              bindDn,
              attribute: setting.attribute,
              id: mapper.settings.attributes.id,
            },
          }),
        ]
  }
}

/** What the findings on people need to know besides the people. */
type Circumstances = { readonly bindDn: string; readonly smtpUtf8?: boolean | null | undefined }

const mailFindings = (
  survey: Survey,
  { addresses }: EntryMapper['settings']['attributes'],
  { smtpUtf8 }: Circumstances,
): Finding[] =>
  smtpUtf8 === false
    ? share(survey, ['smtp-utf8', survey.withSmtpUtf8], {
        means:
          'have an address with an accent or another script before the @, which the mail server does not take: nothing is sent there.',
        values: { attribute: addresses.join(', ') },
      })
    : []

const populationFindings = (survey: Survey, mapper: EntryMapper, circumstances: Circumstances): Finding[] => {
  const { bindDn } = circumstances
  const { population, total, endedBy } = survey
  const { base, filter } = mapper.settings.populations[population]
  const limit = endedBy
    ? [
        report('size-limit', {
          subject: population,
          means: `The reading ends after ${total} entries, so the other lines know nothing of the rest. ${endedBy}`,
          values: { bindDn },
        }),
      ]
    : []
  if (total === 0 && endedBy) return limit
  if (total === 0)
    return [
      report('people', {
        subject: population,
        means: `No entry below ${base} matches ${filter}, or the portal’s entry may not read them: nobody of this population is found.`,
        values: { population },
      }),
    ]
  return [
    ...limit,
    ...(endedBy ? [] : [good(`people ${population}`, `${total} people under ${base}.`)]),
    ...attributeFindings(survey, mapper),
    ...mailFindings(survey, mapper.settings.attributes, circumstances),
    ...survey.numbers.flatMap(checkNumber),
  ]
}

/**
 * Reads the people of every population and makes the lookups of a journey. `checkRights` gets what was read, for
 * the checks of the rights on these people.
 */
export const peopleChecks = (
  mapper: EntryMapper,
  connectionPool: ConnectionPool,
  {
    checkRights,
    ...circumstances
  }: Circumstances & { readonly checkRights?: (survey: Survey) => Promise<Finding[]> },
): Check[] => {
  const readSurvey = createSurveyor(mapper, connectionPool)
  const checkLookups = lookupFindings(mapper, connectionPool, circumstances.bindDn)
  return populationNames.map(population => [
    `people ${population}`,
    async () => {
      const survey = await readSurvey(population)
      const findings = populationFindings(survey, mapper, circumstances)
      for (const numbers of survey.numbers) findings.push(...(await checkLookups(numbers)))
      return [...findings, ...((await checkRights?.(survey)) ?? [])]
    },
  ])
}

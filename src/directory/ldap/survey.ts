import type { SearchOptions } from 'ldapts'
import { needsSmtpUtf8 } from '../../texts/mail-address.ts'
import { type NumberKind, numberKinds, type Person, type Population } from '../directory.ts'
import { foldNumber, isNumber } from '../number.ts'
import { type Entry, valuesOf } from './attributes.ts'
import type { ConnectionPool } from './connection-pool.ts'
import { birthDatePatterns, type EntryMapper, personAttributes, toPerson } from './entry.ts'
import { ldapFaultSentence } from './fault.ts'
import { foldStored, lookupVariants } from './lookup-variants.ts'
import { readInPages } from './pages.ts'
import { createPrivilegedGroups } from './privileged-groups.ts'
import type { LdapSettings } from './settings.ts'

type NumberSetting = LdapSettings['numbers'][NumberKind]

/** People for whom the searches of a journey are then made. */
const sampleSize = 20

/** What the numbers of one card are like, over the whole population. */
export type NumberSurvey = {
  readonly kind: NumberKind
  readonly setting: NumberSetting
  values: number
  /** Stored so that no search of a journey includes them. */
  readonly unreachable: string[]
  /** Refused as typed, before any search. */
  readonly refused: string[]
  /** How many entries have each number, and how many of these entries could identify themselves by it. */
  readonly holders: Map<string, { entries: number; able: number }>
  readonly sample: { readonly number: string; readonly person: Person }[]
}

/** What the entries of one population lack, as a journey would read them. */
export type Survey = {
  readonly population: Population
  total: number
  /** The sentence of a limit of the server that ended the reading: then nothing is known about the others. */
  endedBy: string | null
  readonly without: Record<'id' | 'login' | 'birthDate' | 'address' | 'names', number>
  /** People with an address that needs SMTPUTF8. */
  withSmtpUtf8: number
  /** Values of the birth date that the configured format does not read. */
  readonly unreadBirthDates: string[]
  /** Birth dates of that format that nobody can type. */
  impossibleBirthDates: number
  /** Values of the attributes of a date of end that are none: they close nobody. */
  readonly unreadEndDates: string[]
  readonly numbers: readonly NumberSurvey[]
  firstDn: string | null
  /** DN of an entry whose password a journey would write: neither privileged nor closed. */
  writableDn: string | null
}

const emptySurvey = (population: Population, { numbers }: EntryMapper['settings']): Survey => ({
  population,
  total: 0,
  endedBy: null,
  without: { id: 0, login: 0, birthDate: 0, address: 0, names: 0 },
  withSmtpUtf8: 0,
  unreadBirthDates: [],
  impossibleBirthDates: 0,
  unreadEndDates: [],
  numbers: numberKinds
    .filter(kind => numbers[kind].population === population)
    .map(kind => ({
      kind,
      setting: numbers[kind],
      values: 0,
      unreachable: [],
      refused: [],
      holders: new Map(),
      sample: [],
    })),
  firstDn: null,
  writableDn: null,
})

/** Whether people may type the number, and the search that follows includes the value as it is stored. */
export const isReachable = (kind: NumberKind, value: string, setting: NumberSetting) => {
  const folded = foldStored(kind, value, setting)
  return (
    isNumber(kind, folded) &&
    lookupVariants(kind, folded, setting).some(variant => variant.toLowerCase() === value.toLowerCase())
  )
}

/** No setting covers such a value; but of a label in braces it only has to be told that it is one. */
const isRefused = (kind: NumberKind, value: string) =>
  !isNumber(kind, foldNumber(kind, value.replace(/^\{[^{}]*\}/, '')))

const addNumbers = (survey: NumberSurvey, entry: Entry, person: Person | null) => {
  const { kind, setting, holders, sample } = survey
  const isAble = person?.birthDate && !person.closed && !person.privileged
  const found = new Set<string>()
  for (const value of valuesOf(entry, setting.attribute)) {
    survey.values += 1
    const folded = foldStored(kind, value, setting)
    if (isReachable(kind, value, setting)) found.add(folded)
    else if (isRefused(kind, value)) survey.refused.push(value)
    else survey.unreachable.push(value)
  }
  for (const folded of found) {
    const { entries, able } = holders.get(folded) ?? { entries: 0, able: 0 }
    holders.set(folded, { entries: entries + 1, able: able + (isAble ? 1 : 0) })
    if (person && sample.length < sampleSize) sample.push({ number: folded, person })
  }
}

/** Dates that are there and cannot be read. */
const addDates = (
  survey: Survey,
  entry: Entry,
  { settings, dialect }: EntryMapper,
  person: Person | null,
) => {
  const [birthDate] = valuesOf(entry, settings.attributes.birthDate)
  if (birthDate === undefined) survey.without.birthDate += 1
  else if (person && !person.birthDate) {
    const isOfFormat = birthDatePatterns[settings.birthDateFormat].test(birthDate.trim())
    if (isOfFormat) survey.impossibleBirthDates += 1
    else survey.unreadBirthDates.push(birthDate)
  }
  const endDates = settings.attributes.endDates.flatMap(attribute => valuesOf(entry, attribute))
  survey.unreadEndDates.push(...endDates.filter(value => !dialect.isEndDate(value)))
}

const addEntry = (survey: Survey, entry: Entry, mapper: EntryMapper, isInPrivilegedGroup: boolean) => {
  const { settings, dialect } = mapper
  const { without } = survey
  const person = toPerson(entry, mapper, [survey.population], isInPrivilegedGroup)
  survey.total += 1
  survey.firstDn ??= entry.dn
  if (!dialect.idOf(entry)) without.id += 1
  if (valuesOf(entry, settings.attributes.login).length === 0) without.login += 1
  addDates(survey, entry, mapper, person)
  if (person?.addresses.length === 0) without.address += 1
  if (person?.addresses.some(needsSmtpUtf8)) survey.withSmtpUtf8 += 1
  if (person && (person.firstNames.length === 0 || person.familyNames.length === 0)) without.names += 1
  if (person && !person.privileged && !person.closed) survey.writableDn ??= entry.dn
  for (const numbers of survey.numbers) addNumbers(numbers, entry, person)
}

/**
 * Reads every entry of the population in pages, with the filter and the attributes of a journey. Where the server follows
 * groups itself, members of a privileged group within a group are counted as others: only `adminCount` shows them here.
 */
export const createSurveyor = (mapper: EntryMapper, connectionPool: ConnectionPool) => {
  const { settings, dialect } = mapper
  const readPrivilegedMembers = createPrivilegedGroups(mapper, connectionPool)
  return async (population: Population): Promise<Survey> => {
    const { base, filter } = settings.populations[population]
    const { includes } = await readPrivilegedMembers()
    const survey = emptySurvey(population, settings)
    const options = {
      scope: 'sub',
      filter,
      attributes: personAttributes(settings, dialect),
      explicitBufferAttributes: [...dialect.binaryAttributes],
    } satisfies SearchOptions
    const add = (entries: readonly Entry[]) => {
      for (const entry of entries) {
        const logins = [settings.attributes.login, 'uid'].flatMap(name => valuesOf(entry, name))
        addEntry(survey, entry, mapper, includes(entry, logins))
      }
    }
    const limit = await connectionPool.with(({ client }) => readInPages(client, [base, options], add), {
      retry: false,
    })
    if (limit) survey.endedBy = ldapFaultSentence(limit)
    return survey
  }
}

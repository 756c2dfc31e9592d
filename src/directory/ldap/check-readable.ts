import { AndFilter, FilterParser, PresenceFilter } from 'ldapts'
import { report } from '../check-lines.ts'
import { type Finding, numberKinds, type Population } from '../directory.ts'
import { valuesOf } from './attributes.ts'
import { good } from './check-connection.ts'
import { type ConnectionPool, isServerAnswer } from './connection-pool.ts'
import { type EntryMapper, personAttributes } from './entry.ts'
import { createSampler } from './sampler.ts'
import { type LdapSettings, presetAttributes } from './settings.ts'
import type { Survey } from './survey.ts'

/** RFC 4511 §A.2. */
const resultCodes = { undefinedType: 17, invalidSyntax: 21, insufficientRights: 50 } as const

/** One value of each syntax in use: a server looks at the syntax before it looks at the rights. */
const assertions = ['x', '1', '19700101000000Z', 'cn=nobody', 'TRUE', '00000000-0000-0000-0000-000000000000']

type CompareOutcome = 'may-compare' | 'may-not-compare' | 'no-such-attribute'

/** Null: the server looked at the syntax alone, so another value is tried. */
const outcomeOf = (code: number): CompareOutcome | null => {
  if (code === resultCodes.invalidSyntax) return null
  if (code === resultCodes.insufficientRights) return 'may-not-compare'
  return code === resultCodes.undefinedType ? 'no-such-attribute' : 'may-compare'
}

const createComparison = (connectionPool: ConnectionPool) => {
  const compare = (dn: string, attribute: string, value: string) =>
    connectionPool
      .with(({ client }) => client.compare(dn, attribute, value), { retry: true })
      .then(
        (): CompareOutcome => 'may-compare',
        fault => {
          if (isServerAnswer(fault)) return outcomeOf(fault.code)
          throw fault
        },
      )
  return async (dn: string, attribute: string): Promise<CompareOutcome> => {
    for (const value of assertions) {
      const outcome = await compare(dn, attribute, value)
      if (outcome) return outcome
    }
    return 'may-compare'
  }
}

/** Settings whose attribute must exist, also where it is that of the preset. */
const neededAttributes = ['id', 'login', 'birthDate', 'firstNames', 'familyNames'] as const

/** The setting that names this attribute, where the schema must have it; undefined for a preset that it may lack. */
const settingOf = (settings: LdapSettings, attribute: string): string | undefined => {
  const { attributes, numbers, closedStates } = settings
  const needed = neededAttributes.find(one => attributes[one] === attribute)
  if (needed) return `directory.attributes.${needed}`
  if (presetAttributes().has(attribute)) return undefined
  const kind = numberKinds.find(one => numbers[one].attribute === attribute)
  if (kind) return `directory.numbers.${kind}.attribute`
  if (Object.hasOwn(closedStates, attribute)) return `directory.closedStates`
  const [name] = Object.entries(attributes).find(([, value]) => [value].flat().includes(attribute)) ?? []
  return name && `directory.attributes.${name}`
}

type Readability = 'readable' | 'hidden' | 'nobody-has-it' | 'no-such-attribute'

/** Whether the attribute comes with the entries that have it; where nobody has it, what a compare of this entry shows. */
const createReadability = ({ settings }: EntryMapper, connectionPool: ConnectionPool) => {
  const readSample = createSampler(connectionPool)
  const compare = createComparison(connectionPool)
  return async (population: Population, dn: string, attribute: string): Promise<Readability> => {
    const { base, filter } = settings.populations[population]
    const having = new AndFilter({
      filters: [FilterParser.parseString(filter), new PresenceFilter({ attribute })],
    })
    const found = await readSample(base, having.toString(), [attribute])
    if (found.some(entry => valuesOf(entry, attribute).length === 0)) return 'hidden'
    if (found.length > 0) return 'readable'
    const outcome = await compare(dn, attribute)
    if (outcome === 'may-not-compare') return 'hidden'
    return outcome === 'may-compare' ? 'nobody-has-it' : outcome
  }
}

/**
 * Whether the portal's entry reads the attributes of a person: also those that only some people have, as the dates and locks
 * that close an account. Hidden, a closed account would look open, and the portal would write its password.
 */
export const createReadableCheck = (
  mapper: EntryMapper & { readonly settings: LdapSettings },
  connectionPool: ConnectionPool,
) => {
  const { settings, dialect } = mapper
  const { bindDn } = settings
  const closing = [...settings.attributes.endDates, ...Object.keys(settings.closedStates)]
  const readabilityOf = createReadability(mapper, connectionPool)

  const findingOf = (population: Population, attribute: string, readability: Readability): Finding[] => {
    const subject = `${population} ${attribute}`
    if (readability === 'hidden') {
      const closes = dialect.attributes.includes(attribute)
        ? ' An account that it closes looks open, and would be written.'
        : ''
      return [
        report('hidden', {
          subject,
          means: `The portal’s entry may not read ${attribute}: to it nobody has one.${closes}`,
          values: { base: settings.populations[population].base, attribute, bindDn },
        }),
      ]
    }
    const setting = settingOf(settings, attribute)
    if (readability !== 'no-such-attribute' || !setting) return []
    const closes = closing.includes(attribute) ? ' No account is closed by it, and all are written.' : ''
    return [
      report('no-attribute', {
        subject,
        means: `The schema of the directory has no ${attribute}: nobody can have one.${closes}`,
        values: { setting },
      }),
    ]
  }

  return async ({ population, firstDn }: Survey): Promise<Finding[]> => {
    if (firstDn === null) return []
    const unproven: string[] = []
    const findings: Finding[] = []
    for (const attribute of personAttributes(settings, dialect)) {
      // A check of its own tells these, where passwords expire at all.
      if (dialect.expiryAttributes.includes(attribute)) continue
      const readability = await readabilityOf(population, firstDn, attribute)
      if (readability === 'nobody-has-it') unproven.push(attribute)
      findings.push(...findingOf(population, attribute, readability))
    }
    if (findings.length > 0) return findings
    const others =
      unproven.length > 0
        ? ` Nobody has ${unproven.join(', ')} now, so nothing shows whether these could be read.`
        : ''
    return [good(`readable ${population}`, `The attributes that people have are readable.${others}`)]
  }
}

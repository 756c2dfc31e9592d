import { AndFilter, Attribute, Change, FilterParser, NotFilter, PresenceFilter } from 'ldapts'
import { defaultLimits } from '../../limits.ts'
import type { Finding } from '../directory.ts'
import { numberKinds } from '../directory.ts'
import { foldNumber } from '../number.ts'
import { type Entry, valuesOf } from './entry.ts'
import { isAnswer, type Links, Unreachable } from './links.ts'
import type { LdapSettings } from './settings.ts'
import { spellingsOf } from './spellings.ts'

const good = (what: string, detail: string): Finding => ({ level: 'good', what, detail })
const warning = (what: string, detail: string): Finding => ({ level: 'warning', what, detail })
const wrong = (what: string, detail: string): Finding => ({ level: 'wrong', what, detail })

/** Enough to see what is usual, few enough for any server's limits. */
const sample = 500

const sentenceOf = (fault: unknown): string => {
  const cause = fault instanceof Unreachable ? fault.cause : fault
  return cause instanceof Error ? cause.message : String(cause)
}

const populationNames = ['student', 'staff', 'external'] as const

/** A clear-text modify is kept in clear unless the server hashes it: only a canary that reads back a scheme proves it. */
export const checkHashing = async (settings: LdapSettings, links: Links): Promise<Finding> => {
  if (settings.passwordWrite === 'exop')
    return good('password', 'Passwords are written by RFC 3062: the server hashes them.')
  const canary = settings.canaryDn
  if (!canary)
    return wrong(
      'password',
      'passwordWrite: modify needs canaryDn, an entry whose password this check may write and read back.',
    )
  const held = await links.with(
    async ({ client }) => {
      const modification = new Attribute({ type: 'userPassword', values: [`Canari-${Date.now()}!aA`] })
      await client.modify(canary, new Change({ operation: 'replace', modification }))
      const [entry] = (await client.search(canary, { scope: 'base', attributes: ['userPassword'] }))
        .searchEntries as Entry[]
      return entry ? valuesOf(entry, 'userPassword')[0] : undefined
    },
    { again: false },
  )
  return /^\{[A-Z0-9-]+\}/i.test(held ?? '')
    ? good('password', 'The server hashes a password written in clear.')
    : wrong(
        'password',
        'The server would keep passwords in clear: set olcPPolicyHashCleartext, or use passwordWrite: exop.',
      )
}

export const checkLdap = async (settings: LdapSettings, links: Links): Promise<Finding[]> => {
  const entriesOf = (base: string, filter: string, attributes: string[]) =>
    links.with(
      async ({ client }) =>
        (await client.search(base, { scope: 'sub', filter, attributes, sizeLimit: sample }))
          .searchEntries as Entry[],
      { again: true },
    )

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
        !spellingsOf(foldNumber(value), how).some(spelling => spelling.toLowerCase() === value.toLowerCase()),
    )
    if (lost.length === 0) return [good(kind, `All ${held.length} values read of ${attribute} can be found.`)]
    return [
      warning(
        kind,
        `${lost.length} of ${held.length} values of ${attribute} have separators or zeros that no configured spelling reaches: see numbers.${kind}.widths and prefixes.`,
      ),
    ]
  }

  const lockout = async (): Promise<Finding[]> => {
    const policies = await entriesOf(rootOf(settings), '(objectClass=pwdPolicy)', [
      'pwdMaxFailure',
      'pwdLockout',
    ]).catch(() => [])
    return policies.flatMap(policy => {
      const most = Number(valuesOf(policy, 'pwdMaxFailure')[0] ?? 0)
      const locks = valuesOf(policy, 'pwdLockout')[0] === 'TRUE' && most > 0
      if (!locks || defaultLimits.failedBinds <= most / 2) return []
      return [
        warning(
          'lock-out',
          `${policy.dn} locks after ${most} failures. Set limits.failedBinds to ${Math.floor(most / 2)} or less, so that a stranger cannot lock accounts through the portal.`,
        ),
      ]
    })
  }

  const safely = async (what: string, check: () => Promise<Finding | Finding[]>): Promise<Finding[]> => {
    try {
      return [await check()].flat()
    } catch (fault) {
      if (isAnswer(fault) || fault instanceof Unreachable) return [wrong(what, sentenceOf(fault))]
      throw fault
    }
  }

  const first = await safely('connection', async () => {
    await links.with(({ client }) => client.search('', { scope: 'base', attributes: ['1.1'] }), {
      again: true,
    })
    return good('connection', `${settings.urls.join(', ')} answers as ${settings.bindDn}.`)
  })
  if (first.some(({ level }) => level === 'wrong')) return first
  const rest = [
    ...populationNames.map(name => () => safely(name, () => countOf(name))),
    ...populationNames.map(name => () => safely(name, () => datesOf(name))),
    ...numberKinds.map(kind => () => safely(kind, () => reachOf(kind))),
    () => safely('lock-out', lockout),
    () => safely('password', () => checkHashing(settings, links)),
  ]
  for (const check of rest) first.push(...(await check()))
  return first
}

/** The suffix that holds all populations: what their bases end with in common. */
const rootOf = (settings: LdapSettings) => {
  const parts = populationNames.map(name => settings.populations[name].base.split(','))
  const shortest = Math.min(...parts.map(({ length }) => length))
  let common = 0
  while (
    common < shortest &&
    new Set(
      parts.map(rdns =>
        rdns
          .at(-1 - common)
          ?.trim()
          .toLowerCase(),
      ),
    ).size === 1
  )
    common += 1
  return parts[0]?.slice(parts[0].length - common).join(',') ?? ''
}

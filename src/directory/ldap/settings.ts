import { FilterParser } from 'ldapts'
import { z } from 'zod'
import type { numberKinds } from '../directory.ts'
import { parseDn } from './dn.ts'

const isFilter = (text: string) => {
  try {
    FilterParser.parseString(text)
    // The parser takes a filter without its last parentheses.
    return text.split('(').length === text.split(')').length
  } catch {
    return false
  }
}

const filter = z
  .string()
  .regex(/^\(.*\)$/s, 'must be an RFC 4515 filter between parentheses')
  .refine(isFilter, 'must be an RFC 4515 filter, such as (&(objectClass=supannPerson)(!(uid=test)))')

export const dn = z.string().refine(text => (parseDn(text)?.length ?? 0) > 0, 'must be a DN (RFC 4514)')

/** RFC 4512 §2.5: a name or a number, with options such as a language. */
export const attributeName = z
  .string()
  .regex(/^(?:[A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+)(?:;[A-Za-z0-9-]+)*$/, 'must be the name of one attribute')

const population = (usualFilter: string) =>
  z.strictObject({
    base: dn.describe('DN below which the entries of these people are.'),
    filter: filter.default(usualFilter).describe('RFC 4515 filter that selects these people.'),
  })

/** Where each population is, in a directory whose people usually pass that filter. */
export const populationSettings = (usualFilter: string) => {
  const one = population(usualFilter)
  return z
    .strictObject({ student: one, staff: one, external: one })
    .describe(
      'Where the entries of each population are. A number is searched only in the population that `numbers` gives for its kind.',
    )
}

/** The setting of one kind of number. Each part has its own default, so that a file gives only what differs. */
const number = (
  attribute: string,
  usualPopulation: 'student' | 'staff' | 'external',
  widths: readonly number[] = [],
) =>
  z
    .strictObject({
      attribute: attributeName.default(attribute).describe('Attribute that holds the number.'),
      population: z
        .enum(['student', 'staff', 'external'])
        .default(usualPopulation)
        .describe('Population whose card shows this number.'),
      widths: z
        .array(z.int().min(1).max(40))
        .default([...widths])
        .describe(
          'The number is also searched with leading zeros added up to these lengths: the directory may contain 00204518. No effect on `uid`, which is a login.',
        ),
      prefixes: z
        .array(z.string())
        .default([])
        .describe(
          'Beginnings that the directory writes. One with a separator, for example `ext-`: people type it, and its separator is ignored. One in braces, for example `{UAI:0593279U}`: nobody types it, and the number is also searched behind it. No effect on `uid`, which is a login.',
        ),
    })
    .prefault({})

/** In which attribute each number is, by the preset of a kind of directory: an institution changes what differs. */
export const numberSettings = (attributes: Readonly<Record<(typeof numberKinds)[number], string>>) =>
  z
    .strictObject({
      'student-number': number(attributes['student-number'], 'student'),
      ine: number(attributes.ine, 'student', [11]),
      'staff-number': number(attributes['staff-number'], 'staff'),
      uid: number(attributes.uid, 'external'),
    } satisfies Record<(typeof numberKinds)[number], unknown>)
    .prefault({})

export const birthDateFormats = ['YYYY-MM-DD', 'YYYYMMDD', 'YYYYMMDDhhmmssZ', 'DD/MM/YYYY'] as const
export const birthDateFormat = z
  .enum(birthDateFormats)
  .default('YYYY-MM-DD')
  .describe(
    'A value may lack the day, or the month too, or have 00 for them: such people type 00 for what is not known.',
  )

/** How the portal reaches servers that hold the same directory, whatever their kind. */
export const connectionShape = {
  caFile: z.string().optional().describe('PEM file of the private authority that signed the servers.'),
  bindDn: z
    .string()
    .min(1)
    .describe('Entry that the portal binds as. It may read people and write passwords, and nothing else.'),
  passwordFile: z.string().describe('File with the password of that entry.'),
  connectTimeout: z
    .int()
    .min(100)
    .max(60_000)
    .default(3000)
    .describe('Milliseconds to connect and complete the TLS handshake.'),
  answerTimeout: z.int().min(100).max(60_000).default(5000).describe('Milliseconds to wait for one answer.'),
  pool: z.int().min(1).max(64).default(4).describe('Connections kept open.'),
}

export const lockoutSettings = z
  .strictObject({
    maxFailures: z
      .int()
      .min(0)
      .describe('Wrong passwords after which the directory locks an account; 0: it locks none.'),
    interval: z
      .int()
      .min(0)
      .describe(
        'Milliseconds after which the directory forgets failures; 0: only a success makes it forget.',
      ),
  })
  .optional()
  .describe(
    'The lock-out of the directory, where the portal’s account cannot read it. Where both are known, the stricter one applies.',
  )

export const expiryNotice = z
  .strictObject({
    days: z
      .array(z.int().min(1).max(180))
      .max(5)
      .default([])
      .describe(
        'How many days before their password expires people get a mail, for example `[14, 3]`: one for each number and each expiry. Empty: no mail. The portal tells it at sign-in and on the account in any case.',
      ),
  })
  .prefault({})

export const ldapSettings = z.strictObject({
  urls: z
    .array(z.string().regex(/^ldaps?:\/\/[^/]+$/, 'must be ldaps://host:port or ldap://host:port'))
    .min(1)
    .describe('Servers of the same directory, the preferred one first.'),
  startTls: z
    .boolean()
    .default(false)
    .describe(
      'For ldap:// addresses: TLS starts before anything else is sent. Required except on the loopback.',
    ),
  ...connectionShape,
  populations: populationSettings('(objectClass=supannPerson)'),
  // Presets of the SupAnn recommendations (2018 revision 2).
  numbers: numberSettings({
    'student-number': 'supannEtuId',
    ine: 'supannCodeINE',
    'staff-number': 'supannEmpId',
    uid: 'uid',
  }),
  attributes: z
    .strictObject({
      id: attributeName
        .default('entryUUID')
        .describe('Stable id of an entry: entryUUID (OpenLDAP) or nsUniqueId (389 DS).'),
      login: attributeName.default('uid').describe('What people type to sign in.'),
      displayName: attributeName.default('displayName'),
      firstNames: attributeName.default('givenName'),
      familyNames: attributeName.default('sn'),
      birthDate: attributeName.default('supannOIDCDateDeNaissance'),
      addresses: z
        .array(attributeName)
        .default(['mail', 'supannAutreMail', 'supannMailPrive'])
        .describe('Attributes of known addresses; a `{LABEL}` before the address is removed.'),
      endDates: z.array(attributeName).default(['supannEmpDateFin', 'supannEtuDateFin', 'supannExtDateFin']),
    })
    .prefault({}),
  birthDateFormat,
  lockout: lockoutSettings,
  closedStates: z
    .record(attributeName, z.array(z.string()).min(1))
    .default({
      supannRessourceEtat: ['{COMPTE}I', '{COMPTE}S'],
      supannRessourceEtatDate: ['{COMPTE}I', '{COMPTE}S'],
    })
    .describe(
      'Values that close an account, by attribute: SupAnn’s states by default, with any sub-state but SupannPrecree and SupannCree, and between their dates. Sésame never writes its password. The locks and dates of the directory itself are always obeyed: pwdAccountLockedTime without end, pwdStartTime, pwdEndTime, nsAccountLock, shadowExpire.',
    ),
  privilegedGroups: z
    .array(dn)
    .default([])
    .describe(
      'DNs of groups. Sésame never writes the password of a member, direct or through another group. The portal must be able to read their members: otherwise it answers as if the directory were unavailable and writes no password.',
    ),
  passwordWrite: z
    .enum(['exop', 'modify'])
    .default('exop')
    .describe(
      '`exop`: RFC 3062. `modify`: clear text in userPassword, only where `sesame check` proved that the server hashes it.',
    ),
  unlock: z
    .boolean()
    .default(true)
    .describe(
      'OpenLDAP: a new password also ends the lock that wrong passwords put on an account for a time. False: such an account is treated as closed until the lock ends by itself (pwdLockoutDuration; while the portal cannot read it, until the server removes the lock).',
    ),
  passwordPolicy: dn
    .optional()
    .describe(
      'DN of the password policy of entries without one of their own (olcPPolicyDefault). Needed where there are several policies: without it nobody but people with pwdPolicySubentry is told that their password expires.',
    ),
  expiryNotice,
  canaryDn: dn
    .optional()
    .describe('Entry whose password `sesame check` may write and read back, for `passwordWrite: modify`.'),
})

/** Attributes of the presets: a schema may lack some of them without harm, and one that an institution names itself must be there. */
export const presetAttributes = (): ReadonlySet<string> => {
  const { attributes, numbers, closedStates } = ldapSettings.shape
  return new Set([
    ...Object.values(attributes.parse({})).flat(),
    ...Object.values(numbers.parse({})).map(({ attribute }) => attribute),
    ...Object.keys(closedStates.parse(undefined)),
  ])
}

export type LdapSettings = z.infer<typeof ldapSettings>

export type ConnectionSettings = Pick<
  LdapSettings,
  'urls' | 'startTls' | 'caFile' | 'bindDn' | 'passwordFile' | 'connectTimeout' | 'answerTimeout' | 'pool'
>

/** Where people are and how an entry says who they are. */
export type PeopleSettings = Pick<
  LdapSettings,
  'populations' | 'numbers' | 'attributes' | 'birthDateFormat' | 'privilegedGroups'
>

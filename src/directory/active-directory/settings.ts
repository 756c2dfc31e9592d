import { z } from 'zod'
import { birthDateFormat, numberSettings, populationSettings, reachShape } from '../ldap/settings.ts'

export const activeDirectorySettings = z.strictObject({
  urls: z
    .array(
      z
        .string()
        .regex(
          /^ldaps:\/\/[^/]+$/,
          'must be ldaps://host:port: Active Directory takes passwords over TLS alone',
        ),
    )
    .min(1)
    .describe('Domain controllers, the preferred one first.'),
  ...reachShape,
  populations: populationSettings('(&(objectCategory=person)(objectClass=user))'),
  numbers: numberSettings({
    'student-number': 'employeeNumber',
    ine: 'employeeID',
    'staff-number': 'employeeNumber',
    uid: 'sAMAccountName',
  }),
  attributes: z
    .strictObject({
      login: z.string().default('sAMAccountName').describe('What people type to sign in.'),
      displayName: z.string().default('displayName'),
      firstNames: z.string().default('givenName'),
      familyNames: z.string().default('sn'),
      birthDate: z
        .string()
        .default('supannOIDCDateDeNaissance')
        .describe('Active Directory has none of its own: the attribute that the institution chose.'),
      addresses: z
        .array(z.string())
        .default(['mail', 'otherMailbox'])
        .describe('Attributes of known addresses; a `{LABEL}` before the address is removed.'),
      endDates: z.array(z.string()).default(['accountExpires']),
    })
    .prefault({}),
  birthDateFormat,
  privilegedGroups: z
    .array(z.string())
    .default([])
    .describe(
      'DNs of groups whose members Sésame never writes, members of groups within them included; adminCount=1 is always refused.',
    ),
  enforceHistory: z
    .boolean()
    .default(true)
    .describe(
      'Asks for the history of passwords at each write (control 1.2.840.113556.1.4.2239): a plain reset passes it over.',
    ),
  unlock: z.boolean().default(true).describe('A write also ends a lock-out: lockoutTime is set to 0.'),
  mustChange: z
    .boolean()
    .default(false)
    .describe(
      'True: Windows asks for another password at the next sign-in (pwdLastSet is set to 0). False: a write ends such an order.',
    ),
})

export type ActiveDirectorySettings = z.infer<typeof activeDirectorySettings>

import { z } from 'zod'
import {
  attributeName,
  birthDateFormat,
  connectionShape,
  dn,
  expiryNotice,
  lockoutSettings,
  numberSettings,
  populationSettings,
} from '../ldap/settings.ts'

/** How domain controllers are reached, and how a password is written there. */
const controllerShape = {
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
  ...connectionShape,
  privilegedGroups: z
    .array(dn)
    .default([])
    .describe(
      'DNs of groups. Sésame never writes the password of a member, direct or through another group. Accounts with adminCount=1 are always refused.',
    ),
  enforceHistory: z
    .boolean()
    .default(true)
    .describe(
      'Active Directory checks its password history at each write (control 1.2.840.113556.1.4.2239). Without this control a reset ignores the history.',
    ),
  unlock: z.boolean().default(true).describe('A write also unlocks the account: lockoutTime is set to 0.'),
  mustChange: z
    .boolean()
    .default(false)
    .describe(
      'True: Windows asks for another password at the next sign-in (pwdLastSet is set to 0). False: a write removes such a requirement.',
    ),
}

const usualFilter = '(&(objectCategory=person)(objectClass=user))'

export const activeDirectorySettings = z.strictObject({
  ...controllerShape,
  populations: populationSettings(usualFilter),
  numbers: numberSettings({
    'student-number': 'employeeNumber',
    ine: 'employeeID',
    'staff-number': 'employeeNumber',
    uid: 'sAMAccountName',
  }),
  attributes: z
    .strictObject({
      login: attributeName.default('sAMAccountName').describe('What people type to sign in.'),
      displayName: attributeName.default('displayName'),
      firstNames: attributeName.default('givenName'),
      familyNames: attributeName.default('sn'),
      birthDate: attributeName
        .default('supannOIDCDateDeNaissance')
        .describe(
          'Active Directory has no attribute of its own for it: give the one that the institution chose.',
        ),
      addresses: z
        .array(attributeName)
        .default(['mail', 'otherMailbox'])
        .describe('Attributes of known addresses; a `{LABEL}` before the address is removed.'),
      endDates: z.array(attributeName).default(['accountExpires']),
    })
    .prefault({}),
  birthDateFormat,
  lockout: lockoutSettings,
  expiryNotice,
})

export type ActiveDirectorySettings = z.infer<typeof activeDirectorySettings>

/** The accounts of a service that reads passwords in an Active Directory: the person's login finds each. */
export const activeDirectoryAccounts = z.strictObject({
  ...controllerShape,
  base: dn.describe('DN under which the accounts are.'),
  filter: populationSettings(usualFilter).shape.student.shape.filter,
  login: attributeName.default('sAMAccountName').describe('Attribute that holds the login of the person.'),
})

export type ActiveDirectoryAccounts = z.infer<typeof activeDirectoryAccounts>

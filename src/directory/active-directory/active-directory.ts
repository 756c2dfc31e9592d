import { ok, refused } from '../../result.ts'
import type { Directory } from '../directory.ts'
import type { Connection } from '../ldap/connection.ts'
import { answered, directoryOverLdap, type LdapDialect, type Said } from '../ldap/over-ldap.ts'
import { checkActiveDirectory } from './check.ts'
import { activeDirectoryDialect, idAttribute } from './dialect.ts'
import { domainRules } from './domain.ts'
import { changeChanges, PolicyHints, resetChanges } from './password.ts'
import { bindRefusal, writeRefusal } from './refusals.ts'
import {
  type ActiveDirectoryAccounts,
  type ActiveDirectorySettings,
  activeDirectorySettings,
} from './settings.ts'

const dialectOf = (settings: ActiveDirectorySettings): Pick<LdapDialect, 'mayWrite' | 'write' | 'bind'> => ({
  mayWrite: async () => true,
  write: ({ client }: Connection, dn, value, old) =>
    answered<Said>(
      (old === undefined
        ? client.modify(dn, resetChanges(value, settings), settings.enforceHistory ? [new PolicyHints()] : [])
        : client.modify(dn, changeChanges(old, value))
      ).then(() => ok()),
      async answer => {
        const rules = await domainRules(client).catch(() => null)
        return refused(writeRefusal(answer, value, rules?.shortest ?? null))
      },
    ),
  bind: ({ client }, dn, value) =>
    answered(
      client.bind(dn, value).then(() => ok()),
      bindRefusal,
    ),
})

type Holds = 'people' | 'accounts'

const open = (settings: ActiveDirectorySettings, holds: Holds, now: () => number): Directory => {
  const full = { ...settings, startTls: false, attributes: { ...settings.attributes, id: idAttribute } }
  return directoryOverLdap({
    connectionSettings: full,
    entryMapper: { settings: full, dialect: activeDirectoryDialect(settings.privilegedGroups), now },
    dialect: service => ({
      ...dialectOf(settings),
      check: () => checkActiveDirectory(full, service, holds === 'people'),
      // Passwords are typed for the source of truth alone.
      lockout: async () =>
        holds === 'people'
          ? ((await service.with(({ client }) => domainRules(client), { again: true }))?.lockout ?? null)
          : null,
    }),
    lockout: settings.lockout,
  })
}

/**
 * Active Directory, Microsoft's or Samba's, as the source of truth. Passwords go over LDAPS alone: the settings accept
 * nothing else.
 */
export const activeDirectory = (settings: ActiveDirectorySettings, now: () => number = Date.now): Directory =>
  open(settings, 'people', now)

/** The same as the place where a service reads passwords: accounts found by their login, whoever holds them. */
export const accountsInActiveDirectory = (
  { base, filter, login, ...writing }: ActiveDirectoryAccounts,
  now: () => number = Date.now,
): Directory => {
  const everybody = { base, filter }
  const populations = { student: everybody, staff: everybody, external: everybody }
  const settings = activeDirectorySettings.parse({ ...writing, populations, attributes: { login } })
  return open(settings, 'accounts', now)
}

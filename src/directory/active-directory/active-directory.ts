import { ok, refused } from '../../result.ts'
import type { Directory } from '../directory.ts'
import type { Connection } from '../ldap/connection.ts'
import {
  type DirectoryUse,
  mapBindAnswer,
  mapWriteAnswer,
  openDirectoryOverLdap,
  type ServerAdapter,
} from '../ldap/over-ldap.ts'
import { checkActiveDirectory } from './check.ts'
import { checkActiveDirectoryHistory } from './check-history.ts'
import { createActiveDirectoryDialect, idAttribute } from './dialect.ts'
import { readDomainRules } from './domain.ts'
import { PolicyHintsControl, passwordChange, passwordReset } from './password.ts'
import { bindRefusal, writeRefusal } from './refusals.ts'
import {
  type ActiveDirectoryAccounts,
  type ActiveDirectorySettings,
  activeDirectorySettings,
} from './settings.ts'

const createOperations = (
  settings: ActiveDirectorySettings,
): Pick<ServerAdapter, 'mayWrite' | 'write' | 'bind'> => ({
  mayWrite: async () => true,
  write: ({ client }: Connection, dn, value, old) =>
    mapWriteAnswer(
      (old === undefined
        ? client.modify(
            dn,
            passwordReset(value, settings),
            settings.enforceHistory ? [new PolicyHintsControl()] : [],
          )
        : client.modify(dn, passwordChange(old, value))
      ).then(() => ok()),
      async answer => {
        const rules = await readDomainRules(client).catch(() => null)
        return refused(writeRefusal(answer, value, rules?.minLength ?? null))
      },
    ),
  bind: ({ client }, dn, value) =>
    mapBindAnswer(
      client.bind(dn, value).then(() => ok()),
      bindRefusal,
    ),
})

type DirectoryContent = 'people' | 'accounts'

const open = (
  settings: ActiveDirectorySettings,
  content: DirectoryContent,
  now: () => number,
  use: DirectoryUse,
): Directory => {
  const full = { ...settings, startTls: false, attributes: { ...settings.attributes, id: idAttribute } }
  return openDirectoryOverLdap({
    connectionSettings: full,
    entryMapper: { settings: full, dialect: createActiveDirectoryDialect(settings.privilegedGroups), now },
    createAdapter: service => ({
      ...createOperations(settings),
      check: smtpUtf8 =>
        checkActiveDirectory(full, service, { holdsPeople: content === 'people', now, smtpUtf8 }),
      checkHistory: last => checkActiveDirectoryHistory({ settings: full, connectionPool: service, last }),
      // People type passwords only against the source of truth, so only its lockout policy matters.
      lockout: async () =>
        content === 'people'
          ? ((await service.with(({ client }) => readDomainRules(client), { retry: true }))?.lockout ?? null)
          : null,
    }),
    lockout: settings.lockout,
    use,
  })
}

/**
 * Active Directory, Microsoft's or Samba's, as the source of truth. Passwords are sent over LDAPS only: the settings
 * accept nothing else.
 */
export const openActiveDirectory = (
  settings: ActiveDirectorySettings,
  now: () => number = Date.now,
  use: DirectoryUse = { everyPopulation: true },
): Directory => open(settings, 'people', now, use)

/** An Active Directory as the accounts of a service: each account is found by its login, in any population. */
export const openActiveDirectoryAccounts = (
  { base, filter, login, ...writing }: ActiveDirectoryAccounts,
  now: () => number = Date.now,
): Directory => {
  const scope = { base, filter }
  const populations = { student: scope, staff: scope, external: scope }
  const settings = activeDirectorySettings.parse({ ...writing, populations, attributes: { login } })
  return open(settings, 'accounts', now, { everyPopulation: false })
}

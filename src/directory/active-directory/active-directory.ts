import { ok, refused } from '../../result.ts'
import type { Directory } from '../directory.ts'
import type { Link } from '../ldap/link.ts'
import { answered, directoryOverLdap, type Manner, type Said } from '../ldap/over-ldap.ts'
import { checkActiveDirectory } from './check.ts'
import { activeDirectoryDialect, idAttribute } from './dialect.ts'
import { domainRules } from './domain.ts'
import { PolicyHints, resetChanges } from './password.ts'
import { bindRefusal, writeRefusal } from './refusals.ts'
import type { ActiveDirectorySettings } from './settings.ts'

const mannerOf = (settings: ActiveDirectorySettings): Pick<Manner, 'mayWrite' | 'write' | 'bind'> => ({
  mayWrite: async () => true,
  write: ({ client }: Link, dn, value) =>
    answered<Said>(
      client
        .modify(dn, resetChanges(value, settings), settings.enforceHistory ? [new PolicyHints()] : [])
        .then(() => ok()),
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

/**
 * Active Directory, Microsoft's or Samba's: the source of truth, or the place where a service reads passwords. Passwords
 * go over LDAPS alone: the settings accept nothing else.
 */
export const activeDirectory = (
  settings: ActiveDirectorySettings,
  now: () => number = Date.now,
): Directory => {
  const full = { ...settings, startTls: false, attributes: { ...settings.attributes, id: idAttribute } }
  return directoryOverLdap({
    reach: full,
    reading: { settings: full, dialect: activeDirectoryDialect(settings.privilegedGroups), now },
    manner: service => ({ ...mannerOf(settings), check: () => checkActiveDirectory(full, service) }),
  })
}

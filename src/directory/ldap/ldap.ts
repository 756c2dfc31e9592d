import { Attribute, Change, PasswordPolicyControl } from 'ldapts'
import { ok, refused } from '../../result.ts'
import type { Directory } from '../directory.ts'
import { checkHashing, checkLdap } from './check.ts'
import type { Connection } from './connection.ts'
import type { ConnectionPool } from './connection-pool.ts'
import { plainDialect } from './dialect.ts'
import { readLockout } from './lockout.ts'
import { answered, directoryOverLdap, type LdapDialect, type Said } from './over-ldap.ts'
import { passwordModifyOid, passwordModifyRequest } from './password-modify.ts'
import { bindRefusal, boundWith, writeRefusal } from './refusals.ts'
import type { LdapSettings } from './settings.ts'

/** Clear text is sent only to a server that this process has seen hash it. */
const hashingProof = (settings: LdapSettings, service: ConnectionPool) => {
  let hashing: Promise<boolean> | undefined
  return async () => {
    if (settings.passwordWrite === 'exop') return true
    hashing ??= checkHashing(settings, service).then(
      ({ level }) => level === 'good',
      () => false,
    )
    const proved = await hashing
    if (!proved) hashing = undefined
    return proved
  }
}

const sendPassword = async (
  how: LdapSettings['passwordWrite'],
  { client }: Connection,
  [dn, value]: readonly [string, string],
  control: PasswordPolicyControl,
) => {
  if (how === 'exop') {
    await client.exop(passwordModifyOid, passwordModifyRequest(dn, value), [control])
    return
  }
  const modification = new Attribute({ type: 'userPassword', values: [value] })
  await client.modify(dn, new Change({ operation: 'replace', modification }), [control])
}

const dialectOf =
  (settings: LdapSettings) =>
  (service: ConnectionPool): LdapDialect => ({
    mayWrite: hashingProof(settings, service),
    write: (link, dn, value) => {
      const control = new PasswordPolicyControl()
      return answered<Said>(
        sendPassword(settings.passwordWrite, link, [dn, value], control).then(() => ok()),
        answer => refused(writeRefusal(answer, control)),
      )
    },
    bind: ({ client }, dn, value) => {
      const control = new PasswordPolicyControl()
      return answered(
        client.bind(dn, value, [control]).then(() => boundWith(control)),
        () => bindRefusal(control),
      )
    },
    check: () => checkLdap(settings, service),
    lockout: () => readLockout(settings, service),
  })

/** OpenLDAP or 389 DS, with SupAnn people, as the source of truth. */
export const ldapDirectory = (settings: LdapSettings, now: () => number = Date.now): Directory =>
  directoryOverLdap({
    connectionSettings: settings,
    entryMapper: { settings, dialect: plainDialect(settings.attributes.id), now },
    dialect: dialectOf(settings),
    lockout: settings.lockout,
  })

import { Attribute, Change, PasswordPolicyControl } from 'ldapts'
import { ok, refused } from '../../result.ts'
import type { Directory } from '../directory.ts'
import { checkHashing, checkLdap } from './check.ts'
import type { Connection } from './connection.ts'
import type { ConnectionPool } from './connection-pool.ts'
import { standardDialect } from './dialect.ts'
import { readLockout } from './lockout.ts'
import { mapServerAnswer, mapWriteAnswer, openDirectoryOverLdap, type ServerAdapter } from './over-ldap.ts'
import { passwordModifyOid, passwordModifyRequest } from './password-modify.ts'
import { acceptedBind, bindRefusal, isReadOnly, writeRefusal } from './refusals.ts'
import type { LdapSettings } from './settings.ts'
import { notWrittenHere } from './writer.ts'

/** Clear text is sent only to a server that this process has verified to hash it. */
const createHashingCheck = (settings: LdapSettings, service: ConnectionPool) => {
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
  method: LdapSettings['passwordWrite'],
  { client }: Connection,
  [dn, value]: readonly [string, string],
  control: PasswordPolicyControl,
) => {
  if (method === 'exop') {
    await client.exop(passwordModifyOid, passwordModifyRequest(dn, value), [control])
    return
  }
  const modification = new Attribute({ type: 'userPassword', values: [value] })
  await client.modify(dn, new Change({ operation: 'replace', modification }), [control])
}

const createAdapterWith =
  (settings: LdapSettings, now: () => number) =>
  (service: ConnectionPool): ServerAdapter => ({
    mayWrite: createHashingCheck(settings, service),
    write: (connection, dn, value) => {
      const control = new PasswordPolicyControl()
      return mapWriteAnswer(
        sendPassword(settings.passwordWrite, connection, [dn, value], control).then(() => ok()),
        answer => (isReadOnly(answer, control) ? notWrittenHere : refused(writeRefusal(answer, control))),
      )
    },
    bind: ({ client }, dn, value) => {
      const control = new PasswordPolicyControl()
      return mapServerAnswer(
        client.bind(dn, value, [control]).then(() => acceptedBind(control)),
        () => bindRefusal(control),
      )
    },
    check: () => checkLdap(settings, service, now),
    lockout: () => readLockout(settings, service),
  })

/** OpenLDAP or 389 DS, with SupAnn people, as the source of truth. */
export const openLdapDirectory = (settings: LdapSettings, now: () => number = Date.now): Directory =>
  openDirectoryOverLdap({
    connectionSettings: settings,
    entryMapper: { settings, dialect: standardDialect(settings), now },
    createAdapter: createAdapterWith(settings, now),
    lockout: settings.lockout,
  })

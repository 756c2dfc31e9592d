import { Attribute, Change, PasswordPolicyControl, PasswordPolicyError } from 'ldapts'
import { ok, refused } from '../../result.ts'
import type { Directory } from '../directory.ts'
import { checkHashing, checkLdap } from './check.ts'
import { checkHistory } from './check-history.ts'
import type { Connection } from './connection.ts'
import type { ConnectionPool } from './connection-pool.ts'
import { standardDialect } from './dialect.ts'
import { readLockout } from './lockout.ts'
import {
  type DirectoryUse,
  mapBindAnswer,
  mapWriteAnswer,
  openDirectoryOverLdap,
  type ServerAdapter,
  type WriteAnswer,
} from './over-ldap.ts'
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

type PasswordWrite = { readonly dn: string; readonly value: string; readonly old?: string | undefined }

const change = (operation: 'replace' | 'delete' | 'add', value: string) =>
  new Change({ operation, modification: new Attribute({ type: 'userPassword', values: [value] }) })

const sendPassword = async (
  method: LdapSettings['passwordWrite'],
  { client }: Connection,
  { dn, value, old }: PasswordWrite,
  control: PasswordPolicyControl,
) => {
  if (method === 'exop') {
    await client.exop(passwordModifyOid, passwordModifyRequest(dn, value, old), [control])
    return
  }
  const changes =
    old === undefined ? [change('replace', value)] : [change('delete', old), change('add', value)]
  await client.modify(dn, changes, [control])
}

/**
 * draft-behera-ldap-password-policy-10 §5.2.17, pwdSafeModify: some servers want the old password too. It is sent only to one that
 * asks for it, because a server without a policy would compare it with the stored hash, and refuse.
 */
const writePassword = (
  method: LdapSettings['passwordWrite'],
  connection: Connection,
  { dn, value }: PasswordWrite,
  old: { readonly typed: string | undefined; readonly isSent: boolean },
): Promise<WriteAnswer> => {
  const control = new PasswordPolicyControl()
  const sent = { dn, value, ...(old.isSent && { old: old.typed }) }
  return mapWriteAnswer(
    sendPassword(method, connection, sent, control).then(() => ok()),
    answer => {
      const asksForOld = control.value?.error === PasswordPolicyError.MustSupplyOldPassword
      // OpenLDAP is unwilling to verify another one.
      if (old.isSent && (asksForOld || isReadOnly(answer, control))) return refused('directory-old-password')
      if (asksForOld && old.typed !== undefined)
        return writePassword(method, connection, { dn, value }, { ...old, isSent: true })
      return isReadOnly(answer, control) ? notWrittenHere : refused(writeRefusal(answer, control))
    },
  )
}

/** A refusal by name, or `null` when it was written. */
const writeCanary = async (settings: LdapSettings, service: ConnectionPool, dn: string, value: string) => {
  const old = { typed: undefined, isSent: false }
  const write = (connection: Connection) =>
    writePassword(settings.passwordWrite, connection, { dn, value }, old)
  const answer = await service.with(write, { retry: false })
  return answer.ok ? null : answer.reason
}

const createAdapterWith =
  (settings: LdapSettings, now: () => number) =>
  (service: ConnectionPool): ServerAdapter => ({
    mayWrite: createHashingCheck(settings, service),
    write: (connection, dn, value, typed) =>
      writePassword(settings.passwordWrite, connection, { dn, value }, { typed, isSent: false }),
    bind: ({ client }, dn, value) => {
      const control = new PasswordPolicyControl()
      return mapBindAnswer(
        client.bind(dn, value, [control]).then(() => acceptedBind(control)),
        answer => bindRefusal(answer, control),
      )
    },
    checkHistory: last =>
      checkHistory({
        settings,
        connectionPool: service,
        last,
        write: (dn, value) => writeCanary(settings, service, dn, value),
      }),
    check: smtpUtf8 => checkLdap(settings, service, { now, smtpUtf8 }),
    lockout: () => readLockout(settings, service),
  })

/** OpenLDAP or 389 DS, with SupAnn people, as the source of truth. */
export const openLdapDirectory = (
  settings: LdapSettings,
  now: () => number = Date.now,
  use: DirectoryUse = { everyPopulation: true },
): Directory =>
  openDirectoryOverLdap({
    connectionSettings: settings,
    entryMapper: { settings, dialect: standardDialect(settings), now },
    createAdapter: createAdapterWith(settings, now),
    lockout: settings.lockout,
    use,
  })

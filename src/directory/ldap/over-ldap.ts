import type { ResultCodeError } from 'ldapts'
import { ok, type Result, refused } from '../../result.ts'
import type { BindResult, Directory, PasswordWriteResult, PersonId, WriteRefusal } from '../directory.ts'
import { createLockoutReader, type Lockout } from '../lockout.ts'
import type { Connection } from './connection.ts'
import {
  abortable,
  type ConnectionPool,
  isServerAnswer,
  longestCall,
  openConnectionPool,
  UnreachableError,
} from './connection-pool.ts'
import { createDnCache } from './dn-cache.ts'
import type { EntryMapper } from './entry.ts'
import { ldapFaultSentence } from './fault.ts'
import { createPeopleFinder } from './people.ts'
import { isBusy, isLeftToAnother, isNotServed, isUnwilling } from './refusals.ts'
import { scopesOf } from './scopes.ts'
import { openPortalConnections } from './service.ts'
import type { ConnectionSettings } from './settings.ts'
import { createWriter, type NotWrittenHere, notWrittenHere } from './writer.ts'

export type WriteAnswer = Result<object, WriteRefusal> | NotWrittenHere

/** The operations that differ between kinds of server. LDAP results are returned as values; network faults are thrown. */
export type ServerAdapter = {
  /** False until the server is verified to hash a password that it receives in clear text. */
  mayWrite(): Promise<boolean>
  write(connection: Connection, dn: string, password: string, old?: string): Promise<WriteAnswer>
  bind(connection: Connection, dn: string, password: string): Promise<BindResult>
  check: Directory['check']
  checkHistory: Directory['checkHistory']
  /** The lockout policy; `null` when the portal's account may not read it. */
  lockout(): Promise<Lockout | null>
}

/** `everyPopulation`: what a person must prove depends on their populations (`people.ts`). */
export type DirectoryUse = { readonly everyPopulation: boolean }

type Deps = {
  readonly connectionSettings: ConnectionSettings
  readonly entryMapper: EntryMapper
  readonly createAdapter: (service: ConnectionPool) => ServerAdapter
  /** The configured lockout policy, for a directory where it cannot be read. */
  readonly lockout?: Lockout | undefined
  readonly use: DirectoryUse
}

/** Turns an LDAP result into a value by `map`; other faults, and those of the server itself, are thrown. */
export const mapBindAnswer = (
  work: Promise<BindResult>,
  map: (answer: ResultCodeError) => BindResult,
): Promise<BindResult> =>
  work.catch(fault => {
    if (isServerAnswer(fault) && !isNotServed(fault)) return map(fault)
    throw fault
  })

/** The same for a write, which a server may leave to another. */
export const mapWriteAnswer = (
  work: Promise<WriteAnswer>,
  map: (answer: ResultCodeError) => WriteAnswer | Promise<WriteAnswer>,
): Promise<WriteAnswer> =>
  work.catch(fault => {
    if (!isServerAnswer(fault)) throw fault
    if (isLeftToAnother(fault.code)) return notWrittenHere
    if (isBusy(fault.code)) throw fault
    return map(fault)
  })

const unavailable = (fault: unknown) => {
  if (fault instanceof UnreachableError || isServerAnswer(fault)) return refused('directory-unavailable')
  throw fault
}

/** A bind that was sent and had no answer may have been counted as a failure of its account. */
const bindFailure = (fault: unknown): BindResult => {
  if (fault instanceof UnreachableError && fault.sent)
    return { ok: false, reason: 'directory-unavailable', sent: true }
  return unavailable(fault)
}

const writeFailure = (fault: unknown): PasswordWriteResult => {
  if (isServerAnswer(fault)) return refused('outcome-unknown')
  if (fault instanceof UnreachableError)
    return refused(fault.sent ? 'outcome-unknown' : 'directory-unavailable')
  throw fault
}

/** The connections of one directory, and what was found over them lately. */
type LdapDirectory = {
  readonly entryMapper: EntryMapper
  readonly service: ConnectionPool
  readonly write: ReturnType<typeof createWriter>
  /** Connections for the binds of people: a bind changes the identity of its connection. */
  readonly personConnections: ConnectionPool
  readonly people: ReturnType<typeof createPeopleFinder>
  readonly adapter: ServerAdapter
  readonly recentDns: ReturnType<typeof createDnCache>
  readonly lockoutRule: ReturnType<typeof createLockoutReader>
  /** Milliseconds that one call may take. */
  readonly longest: number
}

const deadlineOf = ({ longest }: LdapDirectory) => AbortSignal.timeout(longest)

async function locate({ people }: LdapDirectory, id: PersonId, signal: AbortSignal) {
  const location = await people.locate(id, signal).catch(unavailable)
  return location && 'ok' in location ? location : ok({ location })
}

async function findLogin(ldap: LdapDirectory, login: string): ReturnType<Directory['findLogin']> {
  const { people, lockoutRule } = ldap
  const signal = deadlineOf(ldap)
  const found = await people.byLogin(login, signal).then(one => ok({ person: one }), unavailable)
  if (!found.ok) return found
  const { person } = found
  return abortable(signal, lockoutRule(), () => {}).then(lockout => ok({ person, lockout }), unavailable)
}

async function readPerson(ldap: LdapDirectory, id: PersonId): ReturnType<Directory['read']> {
  const found = await locate(ldap, id, deadlineOf(ldap))
  if (!found.ok) return found
  if (found.location) ldap.recentDns.put(id, found.location.dn)
  return ok({ person: found.location?.person ?? null })
}

async function writeTo(
  { adapter, write, recentDns }: LdapDirectory,
  [id, dn]: readonly [PersonId, string],
  signal: AbortSignal,
  passwords: readonly [string, string | undefined],
): Promise<PasswordWriteResult> {
  if (!(await adapter.mayWrite())) return refused('directory-not-allowed')
  return write(async (connection): Promise<PasswordWriteResult | NotWrittenHere> => {
    const answer = await adapter.write(connection, dn, ...passwords)
    if (answer.ok) recentDns.put(id, dn)
    return answer.ok ? ok({ server: connection.server }) : answer
  }, signal).catch(writeFailure)
}

async function writePassword(
  ldap: LdapDirectory,
  id: PersonId,
  passwords: readonly [string, string | undefined],
): Promise<PasswordWriteResult> {
  const signal = deadlineOf(ldap)
  const cachedDn = ldap.recentDns.take(id)
  const first = cachedDn && (await writeTo(ldap, [id, cachedDn], signal, passwords))
  // Refused at the cached DN, the entry may have been renamed since: one more try at its current DN.
  if (first && (first.ok || first.reason !== 'directory-not-allowed')) return first
  const found = await locate(ldap, id, signal)
  if (!found.ok) return found
  if (!found.location || found.location.dn === cachedDn) return first || refused('directory-not-allowed')
  return writeTo(ldap, [id, found.location.dn], signal, passwords)
}

type BindOptions = { readonly signal: AbortSignal; readonly server: string | undefined }

/** A DN that no entry has. */
const absentDn = ({ entryMapper }: LdapDirectory) =>
  `cn=nobody,${entryMapper.settings.populations.student.base}`

const isUnwillingAnswer = (fault: unknown) => isServerAnswer(fault) && isUnwilling(fault.code)

const sendBind = (
  { personConnections, adapter }: LdapDirectory,
  dn: string,
  value: string,
  options: BindOptions,
) =>
  personConnections.with((connection): Promise<BindResult> => adapter.bind(connection, dn, value), {
    ...options,
    retry: true,
  })

/**
 * eDirectory and FreeIPA answer unwillingToPerform to the bind of an account that is closed, others to every simple bind. The bind
 * of nobody shows which: told as an unavailable directory, a closed account would be distinguished from an unknown one.
 */
async function bindAs(ldap: LdapDirectory, dn: string, value: string, options: BindOptions) {
  try {
    return await sendBind(ldap, dn, value, options)
  } catch (fault) {
    const nobody = absentDn(ldap)
    const mayConcernAccount = isUnwillingAnswer(fault) && dn !== nobody
    const concernsAccount =
      mayConcernAccount &&
      (await sendBind(ldap, nobody, value, options).then(
        answer => !answer.ok && answer.reason === 'wrong-password',
        () => false,
      ))
    return concernsAccount ? refused('account-locked') : bindFailure(fault)
  }
}

async function bindPerson(
  ldap: LdapDirectory,
  id: PersonId,
  value: string,
  server: string | undefined,
): Promise<BindResult> {
  // RFC 4513 §5.1.2: a bind with an empty password succeeds and proves nothing.
  if (value === '') return refused('wrong-password')
  const options = { signal: deadlineOf(ldap), server }
  // Only the proof of a write names its server. At any other bind, a cached DN would shorten the answer for people who
  // exist and so reveal them.
  const cachedDn = server ? ldap.recentDns.take(id) : null
  const first = cachedDn && (await bindAs(ldap, cachedDn, value, options))
  if (first && (first.ok || first.reason !== 'wrong-password')) return first
  const found = await locate(ldap, id, options.signal)
  if (!found.ok) return found
  if (first && found.location?.dn === cachedDn) return first
  // For an unknown id the bind is made too, with a DN that no entry has: one request less would reveal it.
  return bindAs(ldap, found.location?.dn ?? absentDn(ldap), value, options)
}

const outage = ({ service }: LdapDirectory) =>
  service
    .with(({ client }) => client.search('', { scope: 'base', attributes: ['1.1'] }), { retry: true })
    .then(() => null, ldapFaultSentence)

async function close({ service, personConnections }: LdapDirectory) {
  await service.close()
  await personConnections.close()
}

function openConnections({
  connectionSettings,
  entryMapper,
  createAdapter,
  lockout: configured,
  use,
}: Deps): LdapDirectory {
  const { now } = entryMapper
  const service = openPortalConnections(connectionSettings)
  const personConnections = openConnectionPool(connectionSettings)
  const people = createPeopleFinder(entryMapper, service, use)
  const adapter = createAdapter(service)
  return {
    entryMapper,
    service,
    write: createWriter(service, connectionSettings.urls),
    personConnections,
    people,
    adapter,
    recentDns: createDnCache(now),
    lockoutRule: createLockoutReader({ read: adapter.lockout, configured, now }),
    longest: longestCall(connectionSettings, scopesOf(entryMapper.settings).length),
  }
}

/** A directory behind LDAP: people are found the same way on every server; the adapter binds and writes passwords. */
export const openDirectoryOverLdap = (deps: Deps): Directory => {
  const ldap = openConnections(deps)
  return {
    longest: ldap.longest,
    populationOf: kind => ldap.entryMapper.settings.numbers[kind].population,
    find: (kind, number) =>
      ldap.people.byNumber(kind, number, deadlineOf(ldap)).then(found => ok({ people: found }), unavailable),
    findByIds: (kind, ids) =>
      ldap.people.byIds(kind, ids, deadlineOf(ldap)).then(found => ok({ people: found }), unavailable),
    findLogin: login => findLogin(ldap, login),
    read: id => readPerson(ldap, id),
    write: (id, value, old) => writePassword(ldap, id, [value, old]),
    bind: (id, value, server) => bindPerson(ldap, id, value, server),
    expiring: (from, to) => ldap.people.expiring(from, to).then(people => ok({ people }), unavailable),
    everybody: add => ldap.people.everybody(add).then(endedBy => ok({ endedBy }), unavailable),
    outage: () => outage(ldap),
    checkHistory: ldap.adapter.checkHistory,
    check: ldap.adapter.check,
    close: () => close(ldap),
  }
}

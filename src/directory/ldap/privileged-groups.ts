import type { Client } from 'ldapts'
import { minutes } from '../../clock.ts'
import { type Entry, valuesOf } from './attributes.ts'
import { abortable, type ConnectionPool, isServerAnswer, UnreachableError } from './connection-pool.ts'
import { dnKey, foldValue } from './dn.ts'
import type { EntryMapper } from './entry.ts'

/**
 * The members of the privileged groups, read from the groups themselves. `memberOf` alone does not show them: an overlay adds it
 * only to members who joined after it was configured, an access rule may hide it, and POSIX groups never have it.
 */

/** Milliseconds for which the members are remembered, so that a crowd of identifications does not read the groups each time. */
const lifetime = 5000

/** Groups within groups that are followed, so that a directory with a mistake cannot keep the portal busy. */
const maxGroups = 1000

/** The largest page of members whose kind is looked up at once. */
const lookUpsAtOnce = 20

const memberAttributes = ['member', 'uniqueMember', 'roleOccupant', 'memberUid'] as const
const groupAttributes = ['objectClass', 'gidNumber', 'objectSid', ...memberAttributes]

/** Object classes of entries that are people, whatever else they are: they are not looked up again as groups. */
const personClasses = ['person', 'account', 'posixaccount', 'supannperson']
/** Entries of which a member may be another group: one without members that can be read may hide them. */
const groupClasses = [
  ...['group', 'groupofnames', 'groupofuniquenames', 'groupofmembers', 'groupofentries', 'groupofurls'],
  ...['posixgroup', 'organizationalrole', 'dynamicgroup'],
]

/** RFC 4517 §3.3.21: a value of `uniqueMember` may end in a bit string. */
const withoutUid = (dn: string) => dn.replace(/#'[01]*'B$/, '')

export type PrivilegedMembers = {
  /** A person of this entry and these logins is a member, direct or through groups within the groups. */
  includes(entry: Entry, logins: readonly string[]): boolean
  /** Groups whose members are not known. While there is one, nobody can be told from a member. */
  readonly unknown: readonly UnknownGroup[]
}

export type UnknownGroup = {
  readonly group: string
  readonly because: 'not-found' | 'no-members' | 'too-many-groups'
}

export class UnknownPrivilegedGroup extends Error {
  constructor(unknown: readonly UnknownGroup[]) {
    super(`the members of a privileged group are not known: ${unknown.map(({ group }) => group).join('; ')}`)
  }
}

class UnreadPrivilegedGroups extends Error {
  constructor(longest: number) {
    super(
      `the members of the privileged groups were not read within ${longest / 1000} s, so Sésame finds nobody and writes no password: name fewer groups, or raise answerTimeout`,
    )
  }
}

/** RFC 4511 appendix A.1: an entry of another server, no entry, an invalid DN, insufficient access rights. */
const referral = 10
const noSuchObject = 32
const hiddenCodes = [34, 50]

type ReadEntry = (dn: string) => Promise<Entry | 'hidden' | 'absent'>

/**
 * Reads the entry of a DN, as far as the portal may read it; `hidden`: it may exist, and the portal may not read it.
 * `anotherHasIt`: an entry of another server is a fault, so that the next one is asked.
 */
const createEntryReader =
  (client: Client, anotherHasIt: boolean): ReadEntry =>
  async dn => {
    try {
      const found = await client.search(dn, {
        scope: 'base',
        attributes: groupAttributes,
        explicitBufferAttributes: ['objectSid'],
      })
      return (found.searchEntries[0] as Entry | undefined) ?? 'hidden'
    } catch (fault) {
      if (isServerAnswer(fault) && fault.code === noSuchObject) return 'absent'
      if (isServerAnswer(fault) && hiddenCodes.includes(fault.code)) return 'hidden'
      if (isServerAnswer(fault) && fault.code === referral && !anotherHasIt) return 'hidden'
      throw fault
    }
  }

/** The DNs of the members, with the key by which each is compared; `null`: a value that is no DN, so a member that is not known. */
const membersOf = (entry: Entry) =>
  [
    ...valuesOf(entry, 'member'),
    ...valuesOf(entry, 'roleOccupant'),
    ...valuesOf(entry, 'uniqueMember').map(withoutUid),
  ].map(dn => ({ dn, key: dnKey(dn) }))

const hasClass = (entry: Entry, classes: readonly string[]) =>
  valuesOf(entry, 'objectClass').some(name => classes.includes(name.toLowerCase()))

/** POSIX groups have a number, which accounts name as their primary group: they may list nobody. */
const hasMembers = (entry: Entry) =>
  [...memberAttributes, 'gidNumber'].some(attribute => valuesOf(entry, attribute).length > 0)

/** A group without a member that can be read protects nobody: its members may be hidden. */
const unknownGroup = (group: string, entry: Entry | 'hidden' | 'absent', byServer: boolean) => {
  if (typeof entry === 'string') return { group, because: 'not-found' as const }
  return byServer || hasMembers(entry) ? null : { group, because: 'no-members' as const }
}

type Found = {
  readonly dns: Set<string>
  readonly logins: Set<string>
  readonly gids: Set<string>
  /** Numbers of groups within their domain, in Active Directory. */
  readonly rids: Set<string>
  readonly unknown: UnknownGroup[]
}

/** MS-DTYP §2.4.2: the last four octets of an id are its number within the domain, as in `primaryGroupID`. */
const relativeIds = (entry: Entry) => {
  const { objectSid } = entry
  return Buffer.isBuffer(objectSid) && objectSid.length >= 12
    ? [String(objectSid.readUInt32LE(objectSid.length - 4))]
    : []
}

type LookedUp = readonly [dn: string, entry: Entry | 'hidden' | 'absent']

const lookUp = async (readEntry: ReadEntry, dns: readonly string[]) => {
  const entries: LookedUp[] = []
  for (let at = 0; at < dns.length; at += lookUpsAtOnce) {
    const some = dns.slice(at, at + lookUpsAtOnce)
    entries.push(...(await Promise.all(some.map(async dn => [dn, await readEntry(dn)] as const))))
  }
  return entries
}

/** Adds everything by which a person may be a member of this group without following it further. */
const addDirect = (found: Found, group: Entry) => {
  for (const login of valuesOf(group, 'memberUid')) found.logins.add(foldValue(login))
  for (const gid of valuesOf(group, 'gidNumber')) found.gids.add(gid)
  for (const rid of relativeIds(group)) found.rids.add(rid)
}

/** A group within a group, to be followed; null for a person, and for a member that no longer exists. */
const groupWithin = (found: Found, people: Set<string>, [dn, entry]: LookedUp): Entry | null => {
  if (entry === 'absent') return null
  if (entry === 'hidden') found.unknown.push({ group: dn, because: 'not-found' })
  else if (hasClass(entry, groupClasses)) {
    if (hasMembers(entry)) return entry
    found.unknown.push({ group: dn, because: 'no-members' })
  } else if (hasClass(entry, personClasses)) people.add(dnKey(dn) ?? '')
  return null
}

/** Adds the members of this group by DN, and returns those among them that are groups. `people`: members that are known to be people. */
const addByDn = async (
  readEntry: ReadEntry,
  found: Found,
  group: Entry,
  people: Set<string>,
): Promise<Entry[]> => {
  const fresh: string[] = []
  for (const { dn, key } of membersOf(group)) {
    if (key === null) found.unknown.push({ group: group.dn, because: 'no-members' })
    else if (!found.dns.has(key)) {
      found.dns.add(key)
      if (!people.has(key)) fresh.push(dn)
    }
  }
  return (await lookUp(readEntry, fresh)).flatMap(one => groupWithin(found, people, one) ?? [])
}

/**
 * Reads the groups, and the groups within them. `byServer`: the server follows the groups itself, so only their existence
 * matters, and their number, which a person may have as the primary group.
 */
const createGroupReader = (configured: readonly string[], people: Set<string>, byServer: boolean) => {
  // The groups themselves too: `memberOf` names them.
  const keys = configured.flatMap(dn => dnKey(dn) ?? [])
  return async (readEntry: ReadEntry): Promise<Found> => {
    const entries = await lookUp(readEntry, configured)
    const found: Found = {
      dns: new Set(keys),
      logins: new Set(),
      gids: new Set(),
      rids: new Set(),
      unknown: entries.flatMap(([dn, entry]) => unknownGroup(dn, entry, byServer) ?? []),
    }
    const queue = entries.flatMap(([, entry]) => (typeof entry === 'string' ? [] : entry))
    for (let read = 0; read < maxGroups; read += 1) {
      const group = queue.shift()
      if (!group) break
      addDirect(found, group)
      if (!byServer) queue.push(...(await addByDn(readEntry, found, group, people)))
    }
    found.unknown.push(...queue.map(({ dn }) => ({ group: dn, because: 'too-many-groups' as const })))
    return found
  }
}

/**
 * Reads within the time of one call. A slow directory with many groups would let everybody wait otherwise, and each answer in time
 * would hide it. Members that were seen to be people are not looked up again, so that the next reading comes further.
 */
const readInTime = async (service: ConnectionPool, read: (readEntry: ReadEntry) => Promise<Found>) => {
  const { longest } = service
  const signal = AbortSignal.timeout(longest)
  const readWith = (anotherHasIt: boolean) =>
    service.with(({ client }) => read(createEntryReader(client, anotherHasIt)), { retry: true, signal })
  try {
    // Where no server has an entry, it is unknown like any other that cannot be read, and `sesame check` names it.
    return await readWith(true).catch(fault => {
      if (isServerAnswer(fault) && fault.code === referral) return readWith(false)
      throw fault
    })
  } catch (fault) {
    throw signal.aborted ? new UnreachableError(false, new UnreadPrivilegedGroups(longest)) : fault
  }
}

const noGroups: PrivilegedMembers = { includes: () => false, unknown: [] }

/** Returns a function that gives the members as they are now, or were a moment ago. Throws `UnreachableError`. */
export const createPrivilegedGroups = ({ settings, dialect, now }: EntryMapper, service: ConnectionPool) => {
  const configured = settings.privilegedGroups
  if (configured.length === 0) return async (_signal?: AbortSignal) => noGroups
  /** Members that are people: they are looked up again after a while, because a group may take an old name. */
  const people = new Set<string>()
  let peopleSince = now()
  const readGroups = createGroupReader(configured, people, dialect.privilegedFilter !== null)

  const read = async (): Promise<PrivilegedMembers> => {
    if (now() - peopleSince > minutes(10)) {
      people.clear()
      peopleSince = now()
    }
    const { dns, logins, gids, rids, unknown } = await readInTime(service, readGroups)
    const isIn = (dn: string) => dns.has(dnKey(dn) ?? '')
    return {
      unknown,
      includes: (entry, own) =>
        isIn(entry.dn) ||
        valuesOf(entry, 'memberOf').some(isIn) ||
        own.some(login => logins.has(foldValue(login))) ||
        valuesOf(entry, 'gidNumber').some(gid => gids.has(gid)) ||
        valuesOf(entry, 'primaryGroupID').some(rid => rids.has(rid)),
    }
  }

  let last: { readonly members: Promise<PrivilegedMembers>; readonly until: number } | null = null
  const current = (): Promise<PrivilegedMembers> => {
    if (last && last.until > now()) return last.members
    const members = read()
    const reading = { members, until: Number.POSITIVE_INFINITY }
    last = reading
    members.then(
      () => {
        reading.until = now() + lifetime
      },
      () => {},
    )
    // A fault is not remembered.
    members.catch(() => {
      if (last === reading) last = null
    })
    return members
  }
  /** Several callers wait for one reading: the signal of one ends its own wait alone. */
  return (signal?: AbortSignal): Promise<PrivilegedMembers> => abortable(signal, current(), () => {})
}

export type ReadPrivilegedMembers = ReturnType<typeof createPrivilegedGroups>

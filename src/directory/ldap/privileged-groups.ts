import type { Client } from 'ldapts'
import { type ConnectionPool, isServerAnswer } from './connection-pool.ts'
import { dnKey, foldValue } from './dn.ts'
import { type Entry, type EntryMapper, valuesOf } from './entry.ts'

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

const memberAttributes = ['member', 'uniqueMember', 'memberUid'] as const
/** The primary group of a POSIX account, and of an account of Active Directory: neither is a member by name. */
const primaryGroupAttributes = ['gidNumber', 'primaryGroupID'] as const
const groupAttributes = ['objectClass', 'gidNumber', 'objectSid', ...memberAttributes]

/** RFC 4517 §3.3.21: a value of `uniqueMember` may end in a bit string. */
const withoutUid = (dn: string) => dn.replace(/#'[01]*'B$/, '')

export type PrivilegedMembers = {
  /** A person of this entry and these logins is a member, direct or through groups within the groups. */
  includes(entry: Entry, logins: readonly string[]): boolean
  /** Why the members of a configured group are not known; everybody is privileged then. */
  readonly unknown: readonly UnknownGroup[]
}

export type UnknownGroup = { readonly group: string; readonly because: 'not-found' | 'no-members' }

/** RFC 4511 appendix A.1: no such object, an invalid DN, an entry of another server, insufficient access rights. */
const absentCodes = [32, 34, 10, 50]

/** The entry of this DN, as far as the portal may read it; null when there is none, or the portal may not read it. */
const readEntry = async (client: Client, dn: string): Promise<Entry | null> => {
  try {
    const found = await client.search(dn, {
      scope: 'base',
      attributes: groupAttributes,
      explicitBufferAttributes: ['objectSid'],
    })
    return (found.searchEntries[0] as Entry | undefined) ?? null
  } catch (fault) {
    if (isServerAnswer(fault) && absentCodes.includes(fault.code)) return null
    throw fault
  }
}

/** The DNs of the members, with the key by which each is compared. Values that are no DN are left out. */
const membersOf = (entry: Entry) =>
  [...valuesOf(entry, 'member'), ...valuesOf(entry, 'uniqueMember').map(withoutUid)].flatMap(dn => {
    const key = dnKey(dn)
    return key ? [{ dn, key }] : []
  })

const hasMembers = (entry: Entry) => memberAttributes.some(attribute => valuesOf(entry, attribute).length > 0)

/** A group without a member that can be read protects nobody: its members may be hidden. */
const unknownGroup = (group: string, entry: Entry | null, byServer: boolean): UnknownGroup | null => {
  if (!entry) return { group, because: 'not-found' }
  return byServer || hasMembers(entry) ? null : { group, because: 'no-members' }
}

type Found = { readonly dns: Set<string>; readonly logins: Set<string>; readonly gids: Set<string> }

/** MS-DTYP §2.4.2: the last four octets of an id are its number within the domain, as in `primaryGroupID`. */
const relativeIds = (entry: Entry) => {
  const { objectSid } = entry
  return Buffer.isBuffer(objectSid) && objectSid.length >= 12
    ? [String(objectSid.readUInt32LE(objectSid.length - 4))]
    : []
}

const lookUp = async (client: Client, dns: readonly string[]) => {
  const entries: [string, Entry | null][] = []
  for (let at = 0; at < dns.length; at += lookUpsAtOnce) {
    const some = dns.slice(at, at + lookUpsAtOnce)
    entries.push(
      ...(await Promise.all(
        some.map(async dn => [dn, await readEntry(client, dn)] as [string, Entry | null]),
      )),
    )
  }
  return entries
}

/** Adds everything by which a person may be a member of this group without following it further. */
const addDirect = (found: Found, group: Entry) => {
  for (const login of valuesOf(group, 'memberUid')) found.logins.add(foldValue(login))
  for (const gid of [...valuesOf(group, 'gidNumber'), ...relativeIds(group)]) found.gids.add(gid)
}

/** Adds the members of this group by DN, and returns those among them that are groups. `people`: members that are known not to be. */
const addByDn = async (client: Client, found: Found, group: Entry, people: Set<string>): Promise<Entry[]> => {
  const fresh = membersOf(group).filter(({ key }) => !found.dns.has(key))
  for (const { key } of fresh) found.dns.add(key)
  const unclassified = fresh.filter(({ key }) => !people.has(key)).map(({ dn }) => dn)
  const groups: Entry[] = []
  for (const [dn, entry] of await lookUp(client, unclassified))
    if (entry && hasMembers(entry)) groups.push(entry)
    else people.add(dnKey(dn) ?? '')
  return groups
}

/**
 * Reads the groups, and the groups within them. `byServer`: the server follows the groups itself, so only their existence
 * matters, and their number, which a person may have as the primary group.
 */
const createGroupReader = (configured: readonly string[], people: Set<string>, byServer: boolean) => {
  // The groups themselves too: `memberOf` names them.
  const keys = configured.flatMap(dn => dnKey(dn) ?? [])
  return async (client: Client): Promise<Found & { readonly unknown: readonly UnknownGroup[] }> => {
    const found = { dns: new Set(keys), logins: new Set<string>(), gids: new Set<string>() }
    const entries = await lookUp(client, configured)
    const queue = entries.flatMap(([, entry]) => entry ?? [])
    for (let read = 0; read < maxGroups; read += 1) {
      const group = queue.shift()
      if (!group) break
      addDirect(found, group)
      if (!byServer) queue.push(...(await addByDn(client, found, group, people)))
    }
    return { ...found, unknown: entries.flatMap(([dn, entry]) => unknownGroup(dn, entry, byServer) ?? []) }
  }
}

const noGroups: PrivilegedMembers = { includes: () => false, unknown: [] }

/** Returns a function that gives the members as they are now, or were a moment ago. Throws `UnreachableError`. */
export const createPrivilegedGroups = ({ settings, dialect, now }: EntryMapper, service: ConnectionPool) => {
  const configured = settings.privilegedGroups
  if (configured.length === 0) return async () => noGroups
  /** Members that are people: they are looked up again from time to time, because a group may take an old name. */
  const people = new Set<string>()
  const peopleLifetime = 600_000
  let peopleSince = now()
  const readGroups = createGroupReader(configured, people, dialect.privilegedFilter !== null)

  const read = async (): Promise<PrivilegedMembers> => {
    if (now() - peopleSince > peopleLifetime) {
      people.clear()
      peopleSince = now()
    }
    const { dns, logins, gids, unknown } = await service.with(({ client }) => readGroups(client), {
      retry: true,
    })
    const isIn = (dn: string) => dns.has(dnKey(dn) ?? '')
    return {
      unknown,
      includes: (entry, own) =>
        unknown.length > 0 ||
        isIn(entry.dn) ||
        valuesOf(entry, 'memberOf').some(isIn) ||
        own.some(login => logins.has(foldValue(login))) ||
        primaryGroupAttributes.flatMap(attribute => valuesOf(entry, attribute)).some(gid => gids.has(gid)),
    }
  }

  let last: { readonly members: Promise<PrivilegedMembers>; readonly until: number } | null = null
  return (): Promise<PrivilegedMembers> => {
    if (last && last.until > now()) return last.members
    const members = read()
    last = { members, until: now() + lifetime }
    members.catch(() => {
      last = null
    })
    return members
  }
}

export type ReadPrivilegedMembers = ReturnType<typeof createPrivilegedGroups>

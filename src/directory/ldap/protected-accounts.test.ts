import { Attribute, Change } from 'ldapts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bases, suffix, worldPeople } from '../../../test/world/people.ts'
import { hasSlapd, type Slapd, startSlapd } from '../../../test/world/slapd.ts'
import type { Directory, Person } from '../directory.ts'
import { openLdapDirectory } from './ldap.ts'

const groups = `ou=groups,${suffix}`
const dnOf = (login: string) => `uid=${login},${bases.staff}`
const camille = dnOf('clefevre')
const ofNames = (members: readonly string[]) => ({ objectClass: 'groupOfNames', member: [...members] })

describe.runIf(process.env.CI === 'true' || hasSlapd())('on OpenLDAP', () => {
  let slapd: Slapd
  const open: Directory[] = []
  const openWith = (changes: Parameters<Slapd['settings']>[0]) => {
    const directory = openLdapDirectory(slapd.settings(changes))
    open.push(directory)
    return directory
  }
  const protectedBy = (...privilegedGroups: string[]) => openWith({ privilegedGroups })
  const personOf = async (directory: Directory, login: string): Promise<Person> => {
    const found = await directory.findLogin(login)
    if (!found.ok || !found.person) throw new Error(`${login} is nobody`)
    return found.person
  }
  const isPrivileged = async (directory: Directory, login = 'clefevre') =>
    (await personOf(directory, login)).privileged
  const add = (dn: string, attributes: Record<string, string | string[]>) =>
    slapd.asRoot(client => client.add(dn, attributes))
  const replace = (dn: string, type: string, values: string[]) =>
    slapd.asRoot(client =>
      client.modify(dn, new Change({ operation: 'replace', modification: new Attribute({ type, values }) })),
    )
  const findings = async (directory: Directory) =>
    (await directory.check()).filter(({ what }) => what === 'privileged')

  beforeAll(async () => {
    slapd = await startSlapd({ people: worldPeople(50) })
    await add(`cn=Admins\\, DSI,${groups}`, ofNames([camille]))
    await add(`cn=R\\+D,${groups}`, ofNames([camille]))
    await add(`cn=Two Words,${groups}`, ofNames([camille]))
    await add(`cn=inner,${groups}`, ofNames([camille]))
    await add(`cn=outer,${groups}`, ofNames([`cn=inner,${groups}`, dnOf('admin')]))
    await add(`cn=round,${groups}`, ofNames([`cn=inner,${groups}`, `cn=round,${groups}`]))
    // The memberOf overlay of the test server knows groupOfNames alone.
    await add(`cn=unique,${groups}`, { objectClass: 'groupOfUniqueNames', uniqueMember: `${camille}#'01'B` })
    await add(`cn=posix,${groups}`, { objectClass: 'posixGroup', gidNumber: '4000', memberUid: 'CLEFEVRE' })
    await add(`cn=primary,${groups}`, { objectClass: 'posixGroup', gidNumber: '100', memberUid: 'nobody' })
    await add(`cn=empty,${groups}`, { objectClass: 'posixGroup', gidNumber: '4001' })
    await add(`cn=around empty,${groups}`, ofNames([`cn=empty,${groups}`, `cn=gone,${groups}`]))
    await add(`cn=role,${groups}`, { objectClass: 'organizationalRole', roleOccupant: camille })
    await add(`cn=around role,${groups}`, ofNames([`cn=role,${groups}`]))
    await add(`cn=around primary,${groups}`, ofNames([`cn=primary,${groups}`]))
    await add(`cn=vacant,${groups}`, { objectClass: 'organizationalRole' })
    // The portal may read no members there.
    await add(`cn=hidden,ou=services,${suffix}`, ofNames([dnOf('nhaddad')]))
    await add(`cn=around hidden,${groups}`, ofNames([`cn=hidden,ou=services,${suffix}`]))
  })
  afterAll(async () => {
    for (const one of open) await one.close()
    await slapd?.stop()
  })

  describe('a member of a privileged group is privileged', () => {
    it.each([
      ['a comma, escaped by a character', `cn=Admins\\, DSI,${groups}`],
      ['a comma, escaped by its number', `cn=Admins\\2c DSI,${groups}`],
      ['capitals and spaces', `CN=admins\\, dsi , OU=Groups, ${suffix}`],
      ['a plus', `cn=R\\+D,${groups}`],
      ['a plus, escaped by its number', `cn=R\\2BD,${groups}`],
      ['two spaces', `cn=Two  Words,${groups}`],
      ['the number of the attribute', `2.5.4.3=two words,${groups}`],
      ['a group within it', `cn=outer,${groups}`],
      ['a group that is its own member', `cn=round,${groups}`],
      [
        'uniqueMember with a bit string, which memberOf does not show (osixia/container-openldap#304)',
        `cn=unique,${groups}`,
      ],
      ['memberUid, which memberOf does not show (osixia/container-openldap#110)', `cn=posix,${groups}`],
      ['a role', `cn=role,${groups}`],
      ['a role within it', `cn=around role,${groups}`],
    ])('whose name or members have %s', async (_, group) => {
      expect(await isPrivileged(protectedBy(group))).toBe(true)
      expect(await isPrivileged(protectedBy(group), 'nhaddad')).toBe(false)
    })

    it.each(['primary', 'around primary'])('as the primary group, named or within: %s', async name => {
      const directory = protectedBy(`cn=${name},${groups}`)
      const found = await slapd.asRoot(client =>
        client.search(bases.staff, { filter: '(gidNumber=100)', attributes: ['uid'] }),
      )
      const [member] = found.searchEntries.map(({ uid }) => String(uid))
      expect(await isPrivileged(directory, member)).toBe(true)
    })

    it('by memberUid, also where people sign in by another attribute', async () => {
      const { displayName } = await personOf(openWith({}), 'clefevre')
      const directory = openWith({
        privilegedGroups: [`cn=posix,${groups}`],
        attributes: { login: 'displayName' } as never,
      })
      expect(await isPrivileged(directory, displayName)).toBe(true)
    })

    it('as soon as the portal reads the group again', async () => {
      let now = Date.now()
      const directory = openLdapDirectory(
        slapd.settings({ privilegedGroups: [`cn=posix,${groups}`] }),
        () => now,
      )
      open.push(directory)
      expect(await isPrivileged(directory, 'tpetit')).toBe(false)
      await replace(`cn=posix,${groups}`, 'memberUid', ['clefevre', 'tpetit'])
      now += 6000
      expect(await isPrivileged(directory, 'tpetit')).toBe(true)
    })

    it('of a group within that had no member before', async () => {
      let now = Date.now()
      const directory = openLdapDirectory(
        slapd.settings({ privilegedGroups: [`cn=around empty,${groups}`] }),
        () => now,
      )
      open.push(directory)
      expect(await isPrivileged(directory)).toBe(false)
      await replace(`cn=empty,${groups}`, 'memberUid', ['clefevre'])
      now += 6000
      expect(await isPrivileged(directory)).toBe(true)
    })
  })

  describe('nobody is found, and sesame check is wrong, while a group', () => {
    it.each([
      ['does not exist', `cn=typo,${groups}`, `cn=typo,${groups}`],
      ['cannot be read', `cn=hidden,ou=services,${suffix}`, `cn=hidden,ou=services,${suffix}`],
      ['has no member', `cn=vacant,${groups}`, `cn=vacant,${groups}`],
      [
        'has a group within that cannot be read',
        `cn=around hidden,${groups}`,
        `cn=hidden,ou=services,${suffix}`,
      ],
    ])('%s', async (_, group, named) => {
      const directory = protectedBy(`cn=admins,${groups}`, group)
      const unavailable = { ok: false, reason: 'directory-unavailable' }
      expect(await directory.findLogin('ybenali')).toEqual(unavailable)
      expect(await directory.findLogin('nobody-at-all')).toEqual(unavailable)
      const [finding, ...others] = await findings(directory)
      expect(others).toEqual([])
      expect(finding).toMatchObject({ level: 'wrong', detail: expect.stringContaining(named) })
    })
  })

  it('sesame check says that the members are known, or that no group is named', async () => {
    expect(await findings(protectedBy(`cn=admins,${groups}`))).toMatchObject([{ level: 'good' }])
    expect(await findings(protectedBy())).toMatchObject([{ level: 'warning' }])
  })

  it('a group that is no DN is refused in the configuration', () => {
    expect(() => slapd.settings({ privilegedGroups: ['admins'] })).toThrow(/must be a DN/)
  })

  describe('an account is closed', () => {
    const tomorrow = '20991231120000Z'
    const yesterday = '20200101120000Z'
    /** A time so many hours from now, as a clock shows it that is so many hours ahead of UTC. */
    const local = (hoursFromNow: number, ahead: number) => {
      const shown = new Date(Date.now() + (hoursFromNow + ahead) * 3_600_000).toISOString()
      return `${shown.slice(0, 19).replace(/\D/g, '')}+0${ahead}00`
    }
    it.each([
      ['an administrator locked it', 'pwdAccountLockedTime', '000001010000Z', 'by-server'],
      ['an administrator locked it, in another way', 'pwdAccountLockedTime', '00000102000000Z', 'by-server'],
      ['it ended an hour ago, by local time', 'pwdEndTime', local(-1, 5), 'by-server'],
      ['it ends in an hour, by local time', 'pwdEndTime', local(1, 5), false],
      ['wrong passwords locked it for a time', 'pwdAccountLockedTime', yesterday, false],
      ['it has not begun', 'pwdStartTime', tomorrow, 'by-server'],
      ['it has begun', 'pwdStartTime', yesterday, false],
      ['it is past its end', 'pwdEndTime', yesterday, 'by-server'],
      ['it ends later', 'pwdEndTime', tomorrow, false],
      ['its shadow entry has expired', 'shadowExpire', '18000', 'by-record'],
      ['its shadow entry expires later', 'shadowExpire', '60000', false],
      ['its shadow entry never expires', 'shadowExpire', '-1', false],
      ['its shadow entry says nothing', 'shadowExpire', '0', false],
      ['SupAnn says that it has expired', 'supannRessourceEtat', '{COMPTE}I:SupannExpire', 'by-record'],
      ['SupAnn says that its person is awaited', 'supannRessourceEtat', '{COMPTE}I:SupannCree', false],
      ['SupAnn, with a space, says that it is suspended', 'supannRessourceEtat', '{COMPTE} S', 'by-record'],
      ['SupAnn says since when', 'supannRessourceEtatDate', '{COMPTE}S:SupannVerrou:20200101:', 'by-record'],
      ['SupAnn says until when', 'supannRessourceEtatDate', '{COMPTE}S::20200101:20200201', false],
      ['SupAnn says from when on', 'supannRessourceEtatDate', '{COMPTE}S::20990101:', false],
      ['SupAnn says that it is suspended', 'supannRessourceEtat', '{COMPTE}S', 'by-record'],
      ['SupAnn says that it is inactive', 'supannRessourceEtat', '{compte}I', 'by-record'],
      ['SupAnn says that it is active', 'supannRessourceEtat', '{COMPTE}A', false],
      ['SupAnn says that its mailbox is suspended', 'supannRessourceEtat', '{MAIL}S', false],
    ])('when %s (%s: %s): %s', async (_, attribute, value, closed) => {
      const dn = dnOf('tpetit')
      await slapd.asRoot(client =>
        client
          .modify(
            dn,
            new Change({
              operation: 'add',
              modification: new Attribute({ type: 'objectClass', values: ['shadowAccount'] }),
            }),
          )
          .catch(() => {}),
      )
      await replace(dn, attribute, [value])
      expect((await personOf(openWith({}), 'tpetit')).closed).toBe(closed)
      await replace(dn, attribute, [])
    })

    it('when the configured attribute has one of the configured values', async () => {
      await replace(dnOf('tpetit'), 'description', ['Compte gelé'])
      const directory = openWith({ closedStates: { description: ['compte gelé'] } })
      expect((await personOf(directory, 'tpetit')).closed).toBe(false)
      const readable = openWith({
        closedStates: { displayName: [(await personOf(directory, 'tpetit')).displayName] },
      })
      expect((await personOf(readable, 'tpetit')).closed).toBe('by-record')
    })
  })

  it('the login is that of the name of the entry, also where it is escaped or stands beside another', async () => {
    const person = {
      objectClass: ['inetOrgPerson', 'supannPerson'],
      cn: 'x',
      sn: 'x',
      uid: ['zz-first', 'aa,bb'],
    }
    await add(`uid=aa\\2Cbb,${bases.staff}`, person)
    const two = { ...person, cn: 'Two', uid: ['zz-second', 'cc'] }
    await add(`cn=Two+uid=cc,${bases.staff}`, two)
    expect((await personOf(openWith({}), 'zz-first')).login).toBe('aa,bb')
    expect((await personOf(openWith({}), 'zz-second')).login).toBe('cc')
  })
})

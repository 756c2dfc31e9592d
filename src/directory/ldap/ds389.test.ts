import { Attribute, Change, Client } from 'ldapts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasDs389, startDs389 } from '../../../test/world/ds389.ts'
import { bases, suffix, worldPeople } from '../../../test/world/people.ts'
import { directoryContract } from '../contract.ts'
import type { Directory, PersonId } from '../directory.ts'
import { openLdapDirectory } from './ldap.ts'

const available = process.env.CI === 'true' || hasDs389()

directoryContract('389 DS over LDAPS', available, async () => {
  const server = await startDs389(worldPeople(20))
  const directory = openLdapDirectory(server.settings())
  return {
    directory,
    // A new instance has no lockout.
    lockout: { maxFailures: 0, interval: 0 },
    tooShort: 'directory-quality',
    twinNumber: '777001',
    adminNumber: '777002',
    leaverNumber: '77700003',
    rename: (from, to) =>
      server.asRoot(client => client.modifyDN(`uid=${from},${bases.student}`, `uid=${to}`)),
    stop: async () => {
      await directory.close()
      await server.stop()
    },
  }
})

describe.runIf(available)('389 DS', () => {
  let server: Awaited<ReturnType<typeof startDs389>>
  const open: Directory[] = []
  const openWith = (changes: Parameters<typeof server.settings>[0] = {}) => {
    const made = openLdapDirectory(server.settings(changes))
    open.push(made)
    return made
  }
  beforeAll(async () => {
    server = await startDs389(worldPeople(0))
  }, 180_000)
  afterAll(async () => {
    for (const one of open) await one.close()
    await server?.stop()
  })
  const idOf = async (directory: Directory, login: string): Promise<PersonId> => {
    const found = await directory.findLogin(login)
    if (!found.ok || !found.person) throw new Error(`${login} is nobody`)
    return found.person.id
  }

  it('reads the lockout policy with the rights of docs/operate/389ds.aci', async () => {
    const set = (type: string, value: string) =>
      new Change({ operation: 'replace', modification: new Attribute({ type, values: [value] }) })
    await server.asRoot(client =>
      client.modify('cn=config', [
        set('passwordLockout', 'on'),
        set('passwordMaxFailure', '7'),
        set('passwordResetFailureCount', '300'),
      ]),
    )
    const found = await openWith().findLogin('tpetit')
    expect(found.ok && found.lockout).toEqual({ maxFailures: 7, interval: 300_000 })
    await server.asRoot(client => client.modify('cn=config', set('passwordLockout', 'off')))
  })

  it('refuses a password over a clear connection, and the old one stays', async () => {
    const plain = openWith({ urls: [server.urls.ldap] })
    const id = await idOf(plain, 'tpetit')
    expect(await plain.write(id, 'Tr0mbone&Cascade-3')).toEqual({
      ok: false,
      reason: 'directory-not-allowed',
    })
    expect(await openWith().bind(id, 'Bienvenue!2026t')).toEqual({ ok: true })
  })

  it('refuses a password that is in the history, with that reason', async () => {
    const directory = openWith()
    const id = await idOf(directory, 'clefevre')
    expect((await directory.write(id, 'Premier-Essai-2026')).ok).toBe(true)
    expect((await directory.write(id, 'Second-Essai-2026')).ok).toBe(true)
    expect(await directory.write(id, 'Premier-Essai-2026')).toEqual({
      ok: false,
      reason: 'password-in-history',
    })
  })

  it('closes an account that the server locks, and protects a member whom only the group names', async () => {
    const dn = `uid=tpetit,${bases.staff}`
    const change = (operation: 'add' | 'delete', type: string, values: string[]) =>
      server.asRoot(client =>
        client.modify(dn, new Change({ operation, modification: new Attribute({ type, values }) })),
      )
    const person = async (directory: Directory) => {
      const found = await directory.findLogin('tpetit')
      return found.ok ? found.person : null
    }
    expect(await person(openWith())).toMatchObject({ closed: false, privileged: false })
    await change('add', 'nsAccountLock', ['true'])
    expect((await person(openWith()))?.closed).toBe('by-server')
    await change('delete', 'nsAccountLock', [])
    const group = `cn=Cellule\\, DSI,ou=groups,${suffix}`
    await server.asRoot(client => client.add(group, { objectClass: 'groupOfUniqueNames', uniqueMember: dn }))
    const protectedBy = (name: string) => openWith({ privilegedGroups: [name] })
    expect((await person(protectedBy(`cn=cellule\\2C dsi,ou=groups,${suffix}`)))?.privileged).toBe(true)
    expect(await protectedBy(`cn=typo,ou=groups,${suffix}`).findLogin('tpetit')).toMatchObject({ ok: false })
  })

  it('says when a password expires, and to whom it is to be said', async () => {
    const set = (dn: string, values: Readonly<Record<string, string>>) =>
      server.asRoot(client =>
        client.modify(
          dn,
          Object.entries(values).map(
            ([type, value]) =>
              new Change({ operation: 'replace', modification: new Attribute({ type, values: [value] }) }),
          ),
        ),
      )
    const at = Date.UTC(2099, 0, 2, 3, 4, 5)
    await set(`uid=nhaddad,${bases.staff}`, { passwordExpirationTime: '20990102030405Z' })
    const personOf = async (source: Directory) => {
      const found = await source.findLogin('nhaddad')
      return found.ok ? found.person : null
    }
    expect(await personOf(openWith())).not.toHaveProperty('passwordExpiry')
    await set('cn=config', { passwordExp: 'on', passwordWarning: '86400', passwordGraceLimit: '2' })
    const expiring = openWith()
    const person = await personOf(expiring)
    expect(person?.passwordExpiry).toEqual({ at, warnFrom: at - 86_400_000, graceLeft: 2 })
    const people = [{ person: person?.id, expiresAt: at }]
    expect(await expiring.expiring(at - 1000, at + 1000)).toEqual({ ok: true, people })
    expect(await expiring.expiring(at + 1000, at + 2000)).toEqual({ ok: true, people: [] })
    const findings = await expiring.check()
    expect(findings.find(({ what }) => what === 'expiry')).toMatchObject({
      level: 'good',
      detail: expect.stringContaining('1 of 1 people'),
    })
    await set('cn=config', { passwordExp: 'off' })
  })

  it('shows sesame check what is not indexed, with the rights of docs/operate/389ds.aci', async () => {
    const index = (await openWith().check()).filter(({ what }) => what.startsWith('index'))
    expect(index.map(({ level, what }) => `${level} ${what}`).sort()).toEqual([
      'warning index supannCodeINE',
      'warning index supannEmpId',
      'warning index supannEtuId',
    ])
    // Of the database that holds the people, which has rights of its own there.
    expect(index.map(({ detail }) => detail).join()).toContain(`reads every entry of ${suffix}:`)
  })

  it('gives the portal the least rights: no password read, no other attribute written', async () => {
    const client = new Client({ url: server.urls.ldap, strictDN: false })
    await client.bind(`cn=portal,ou=services,dc=univ,dc=example`, server.portalPassword)
    const [entry] = (await client.search(bases.staff, { filter: '(uid=clefevre)', attributes: ['*'] }))
      .searchEntries
    expect(entry).toHaveProperty('displayName')
    expect(entry).not.toHaveProperty('userPassword')
    const modification = new Attribute({ type: 'mail', values: ['voleur@univ.example'] })
    await expect(
      client.modify(entry?.dn ?? '', new Change({ operation: 'replace', modification })),
    ).rejects.toThrow()
    await client.unbind()
  })

  it('returns faults as refusals while the server hangs or is down, and recovers when it is back', async () => {
    const directory = openWith({ connectTimeout: 1000, answerTimeout: 1000 })
    const id = await idOf(directory, 'clefevre')
    server.pause()
    expect(await directory.read(id)).toEqual({ ok: false, reason: 'directory-unavailable' })
    server.resume()
    await server.kill()
    expect(await directory.bind(id, 'x')).toEqual({ ok: false, reason: 'directory-unavailable' })
    await server.start()
    expect((await directory.read(id)).ok).toBe(true)
  })
})

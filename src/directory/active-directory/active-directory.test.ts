import { Attribute, Change, Client } from 'ldapts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasSambaAd, startSambaAd } from '../../../test/world/samba-ad.ts'
import { accountDn, domainDn, ouOf, serviceDn } from '../../../test/world/samba-people.ts'
import { directoryContract } from '../contract.ts'
import type { Directory } from '../directory.ts'
import { openActiveDirectory, openActiveDirectoryAccounts } from './active-directory.ts'
import { activeDirectorySettings } from './settings.ts'

const available = process.env.CI === 'true' || hasSambaAd()

type Samba = Awaited<ReturnType<typeof startSambaAd>>

const replace = (type: string, value: string | Buffer) =>
  new Change({
    operation: 'replace',
    modification: new Attribute(
      typeof value === 'string' ? { type, values: [value] } : { type, values: [value] },
    ),
  })

directoryContract('Samba as an Active Directory, over LDAPS', available, async () => {
  const samba = await startSambaAd()
  const directory = openActiveDirectory(samba.settings())
  return {
    directory,
    // A new domain has no lockout.
    lockout: { maxFailures: 0, interval: 0 },
    twinNumber: '777001',
    adminNumber: '777002',
    leaverNumber: '77700003',
    rename: (from, to) =>
      samba.asRoot(async client => {
        const dn = accountDn({ uid: from, population: 'student' })
        await client.modify(dn, replace('sAMAccountName', to))
        await client.modifyDN(dn, `CN=${to}`)
      }),
    stop: async () => {
      await directory.close()
      await samba.stop()
    },
  }
})

describe.runIf(available)('Active Directory', () => {
  let samba: Samba
  let directory: Directory
  const open: Directory[] = []
  const openWith = (changes: Parameters<Samba['settings']>[0]) => {
    const made = openActiveDirectory(samba.settings(changes))
    open.push(made)
    return made
  }
  const personOf = async (login: string) => {
    const found = await directory.findLogin(login)
    if (!(found.ok && found.person)) throw new Error(`${login} is nobody`)
    return found.person
  }
  const staff = (uid: string) => accountDn({ uid, population: 'staff' })
  const set = (uid: string, type: string, value: string) =>
    samba.asRoot(client => client.modify(staff(uid), replace(type, value)))
  const held = (uid: string, attribute: string) =>
    samba.asRoot(async client => {
      const { searchEntries } = await client.search(staff(uid), { scope: 'base', attributes: [attribute] })
      return String(searchEntries[0]?.[attribute])
    })

  beforeAll(async () => {
    samba = await startSambaAd()
    directory = openWith({})
  }, 180_000)
  afterAll(async () => {
    for (const one of open) await one.close()
    await samba?.stop()
  })

  it('refuses a URL without TLS, over which a password could be intercepted', () => {
    const plain = activeDirectorySettings.safeParse({
      ...samba.settings(),
      urls: [samba.url.replace('ldaps', 'ldap')],
    })
    expect(plain.error?.issues.map(({ path }) => path.join('.'))).toEqual(['urls.0'])
  })

  it('rejects a certificate of another authority', async () => {
    const { caFile: _, ...settings } = samba.settings()
    const untrusting = openActiveDirectory(settings)
    open.push(untrusting)
    expect(await untrusting.write((await personOf('tpetit')).id, 'Tr0mbone&Cascade-3')).toEqual({
      ok: false,
      reason: 'directory-unavailable',
    })
  })

  it('refuses a password that is too simple, with that reason', async () => {
    const { id } = await personOf('tpetit')
    expect(await directory.write(id, 'toutenminuscules')).toEqual({ ok: false, reason: 'directory-quality' })
  })

  describe('a bind is refused', () => {
    it.each([
      ['disabled', 'userAccountControl', '514', 'account-locked'],
      ['expired', 'accountExpires', '132223104000000000', 'account-locked'],
      ['required to change its password', 'pwdLastSet', '0', 'must-change'],
    ] as const)(
      'for an account that is %s, even with the right password',
      async (_, attribute, value, reason) => {
        const { id } = await personOf('nhaddad')
        expect(await directory.bind(id, 'Bienvenue!2026n')).toEqual({ ok: true })
        await set('nhaddad', attribute, value)
        expect(await directory.bind(id, 'Bienvenue!2026n')).toEqual({ ok: false, reason })
        await set(
          'nhaddad',
          attribute,
          { userAccountControl: '512', accountExpires: '0', pwdLastSet: '-1' }[attribute],
        )
      },
    )

    it('for an account locked by wrong passwords, until a write unlocks it', async () => {
      await samba.asRoot(client => client.modify(domainDn, replace('lockoutThreshold', '3')))
      const { id } = await personOf('nhaddad')
      for (let tries = 0; tries < 3; tries += 1) await directory.bind(id, 'Pas-Le-Bon-1234')
      expect(await directory.bind(id, 'Bienvenue!2026n')).toEqual({ ok: false, reason: 'account-locked' })
      expect((await directory.write(id, 'Nouveau-Depart-77')).ok).toBe(true)
      expect(await directory.bind(id, 'Nouveau-Depart-77')).toEqual({ ok: true })
      expect(await directory.check()).toContainEqual(
        expect.objectContaining({
          level: 'warning',
          what: 'lock-out',
          detail: expect.stringContaining(
            'allows 1 from strangers, and 1 from known browsers and sessions of the person',
          ),
        }),
      )
      const found = await openWith({}).findLogin('nhaddad')
      expect(found.ok && found.lockout).toEqual({ maxFailures: 3, interval: 30 * 60_000 })
      await samba.asRoot(client => client.modify(domainDn, replace('lockoutThreshold', '0')))
    })
  })

  describe('a change with the old password', () => {
    it('is made when the old password is right', async () => {
      const { id } = await personOf('tpetit')
      expect((await directory.write(id, 'Avant-Le-Change-1')).ok).toBe(true)
      expect((await directory.write(id, 'Apres-Le-Change-2', 'Avant-Le-Change-1')).ok).toBe(true)
      expect(await directory.bind(id, 'Apres-Le-Change-2')).toEqual({ ok: true })
    })
    it('is refused when the old password is wrong, and nothing changes', async () => {
      const { id } = await personOf('tpetit')
      expect(await directory.write(id, 'Encore-Un-Change-3', 'Pas-Le-Bon-1234')).toEqual({
        ok: false,
        reason: 'directory-old-password',
      })
      expect(await directory.bind(id, 'Apres-Le-Change-2')).toEqual({ ok: true })
    })
    it('is subject to the history of the domain', async () => {
      const { id } = await personOf('tpetit')
      expect(await directory.write(id, 'Avant-Le-Change-1', 'Apres-Le-Change-2')).toEqual({
        ok: false,
        reason: 'password-in-history',
      })
    })
  })

  describe('the requirement to change a password at the next sign-in', () => {
    it('is cleared by a write', async () => {
      const { id } = await personOf('clefevre')
      await set('clefevre', 'pwdLastSet', '0')
      expect((await directory.write(id, 'Nouveau-Depart-77')).ok).toBe(true)
      expect(await directory.bind(id, 'Nouveau-Depart-77')).toEqual({ ok: true })
    })
    it('is set by a write if configured', async () => {
      const { id } = await personOf('clefevre')
      expect((await openWith({ mustChange: true }).write(id, 'Nouveau-Depart-78')).ok).toBe(true)
      expect(await held('clefevre', 'pwdLastSet')).toBe('0')
      expect(await directory.bind(id, 'Nouveau-Depart-78')).toEqual({ ok: false, reason: 'must-change' })
    })
  })

  it('closes a disabled account, and one that has expired', async () => {
    expect((await personOf('nhaddad')).closed).toBe(false)
    await set('nhaddad', 'userAccountControl', '514')
    expect((await personOf('nhaddad')).closed).toBe('by-server')
    await set('nhaddad', 'userAccountControl', '512')
    await set('nhaddad', 'accountExpires', '132223104000000000')
    expect((await personOf('nhaddad')).closed).toBe('by-server')
    await set('nhaddad', 'accountExpires', '0')
    expect((await personOf('nhaddad')).closed).toBe(false)
  })

  it('says when a password expires, by the age that the domain allows', async () => {
    const setMaxAge = (value: string) =>
      samba.asRoot(client => client.modify(domainDn, replace('maxPwdAge', value)))
    const day = 86_400_000
    await setMaxAge(String(-30 * day * 10_000))
    const { passwordExpiry } = await personOf('nhaddad')
    const lastSet = Number(BigInt(await held('nhaddad', 'pwdLastSet')) / 10_000n) - 11_644_473_600_000
    const expiresAt = lastSet + 30 * day
    expect(passwordExpiry).toEqual({ at: expiresAt, warnFrom: lastSet + 16 * day, graceLeft: 0 })
    const found = await directory.expiring(expiresAt - day, expiresAt + day)
    const { id } = await personOf('nhaddad')
    expect(found.ok && found.people).toContainEqual({ person: id, expiresAt })
    const later = await directory.expiring(expiresAt + day, expiresAt + 2 * day)
    expect(later).toEqual({ ok: true, people: [] })
    await setMaxAge('0')
    expect(await personOf('nhaddad')).not.toHaveProperty('passwordExpiry')
  })

  it('protects members of a primary group, and finds nobody while a group is not found', async () => {
    const loginOf = async (groups: string[], login: string) => {
      const found = await openWith({ privilegedGroups: groups }).findLogin(login)
      return found.ok && found.person?.privileged
    }
    const domainUsers = `CN=Domain Users,CN=Users,${domainDn}`
    expect(await loginOf([domainUsers], 'nhaddad')).toBe(true)
    expect(
      await openWith({ privilegedGroups: [`CN=typo,CN=Users,${domainDn}`] }).findLogin('nhaddad'),
    ).toEqual({
      ok: false,
      reason: 'directory-unavailable',
    })
    const findings = await openWith({ privilegedGroups: [`CN=typo,CN=Users,${domainDn}`] }).check()
    expect(findings).toContainEqual(
      expect.objectContaining({
        level: 'wrong',
        what: 'privileged',
        detail: expect.stringContaining('CN=typo'),
      }),
    )
  })

  it('marks members of nested privileged groups, and accounts with adminCount=1, as privileged', async () => {
    expect((await personOf('admin')).privileged).toBe(true)
    expect((await personOf('tpetit')).privileged).toBe(false)
    await set('tpetit', 'adminCount', '1')
    expect((await personOf('tpetit')).privileged).toBe(true)
    await set('tpetit', 'adminCount', '0')
  })

  describe('the account of the portal', () => {
    it('has the rights that it needs and no others', async () => {
      const portal = new Client({
        url: samba.url,
        tlsOptions: { rejectUnauthorized: false },
        strictDN: false,
      })
      await portal.bind(serviceDn, samba.portalPassword())
      const may = (dn: string, ...changes: Change[]) =>
        portal.modify(dn, changes).then(
          () => 'allowed',
          fault => fault.code,
        )
      const camille = staff('clefevre')
      const reset = replace('unicodePwd', Buffer.from('"Par-Le-Portail-77"', 'utf16le'))
      expect(await may(camille, reset, replace('lockoutTime', '0'), replace('pwdLastSet', '0'))).toBe(
        'allowed',
      )
      for (const attribute of ['mail', 'displayName', 'employeeNumber', 'adminCount', 'userAccountControl'])
        expect([attribute, await may(camille, replace(attribute, '512'))]).toEqual([attribute, 50])
      expect(await may(`CN=Administrator,CN=Users,${domainDn}`, reset)).toBe(50)
      expect(await portal.del(camille).catch(fault => fault.code)).toBe(50)
      const newcomer = { objectClass: 'user', sAMAccountName: 'new' }
      expect(await portal.add(`CN=new,${ouOf('staff')}`, newcomer).catch(fault => fault.code)).toBe(50)
      await portal.unbind()
    })

    it('is checked without changing any password', async () => {
      const stamp = await held('jeune', 'pwdLastSet')
      const findings = await directory.check()
      expect(findings.filter(({ level }) => level === 'wrong')).toEqual([])
      expect(findings).toContainEqual(
        expect.objectContaining({ level: 'good', detail: expect.stringContaining('may reset the password') }),
      )
      expect(await held('jeune', 'pwdLastSet')).toBe(stamp)
    })

    it('is checked by what a journey reads: people, birth dates and the clock', async () => {
      const whatOf = async (changes: Parameters<typeof openWith>[0]) =>
        (await openWith(changes).check()).map(({ level, what }) => `${level} ${what}`)
      const usual = await whatOf({})
      expect(usual).toEqual(
        expect.arrayContaining([
          'good identification staff-number',
          'good directory-clock',
          'warning index employeeNumber',
        ]),
      )
      expect(usual).not.toContain('warning index sAMAccountName')
      const { attributes } = samba.settings()
      const other = await whatOf({ attributes: { ...attributes, birthDate: 'facsimileTelephoneNumber' } })
      expect(other).toEqual(
        expect.arrayContaining(['wrong birth-date staff', 'wrong identification staff-number']),
      )
    })

    it('is checked on a directory of accounts only', async () => {
      const accounts = openActiveDirectoryAccounts(samba.accounts())
      open.push(accounts)
      const levels = (await accounts.check()).map(({ what, level }) => `${what} ${level}`)
      expect(levels).toEqual(['connection good', 'privileged good', 'history warning', 'accounts good'])
    })

    it('is reported with the rights that it lacks', async () => {
      const { populations } = samba.settings()
      const outside = { objectClass: 'user', sAMAccountName: 'outside', userAccountControl: '512' }
      await samba.asRoot(client => client.add(`CN=outside,OU=services,${domainDn}`, outside))
      const otherBase = { base: `OU=services,${domainDn}`, filter: '(objectClass=user)' }
      const findings = await openWith({ populations: { ...populations, external: otherBase } }).check()
      expect(findings).toContainEqual(
        expect.objectContaining({
          level: 'wrong',
          what: 'external',
          detail: expect.stringContaining('« Reset Password », lockoutTime'),
        }),
      )
    })
  })
})

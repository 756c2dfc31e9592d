import { Attribute, Change, type Client } from 'ldapts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bases, worldPeople } from '../../../test/world/people.ts'
import { hasSlapd, type Slapd, startSlapd } from '../../../test/world/slapd.ts'
import { domainSid } from '../../../test/world/slapd-ldif.ts'
import type { PersonId } from '../../directory/directory.ts'
import { valuesOf } from '../../directory/ldap/attributes.ts'
import { openLdapEntries } from '../../directory/ldap/entries.ts'
import type { Writer } from '../services.ts'
import { ntHash } from './nt-hash.ts'
import { createSambaWriter } from './samba.ts'
import { sambaSettings } from './settings.ts'

const available = process.env.CI === 'true' || hasSlapd()
const password = 'Tr0mbone&Cascade-3'
const instant = Date.UTC(2026, 10, 24, 12)

describe.runIf(available)('the Samba writer', () => {
  let slapd: Slapd
  let writer: Writer
  const open: Writer[] = []
  const openWriter = (
    options: Parameters<typeof sambaSettings.parse>[0],
    changes: Parameters<Slapd['settings']>[0] = {},
  ) => {
    const opened = createSambaWriter(
      sambaSettings.parse(options),
      openLdapEntries(slapd.settings(changes)),
      () => instant,
    )
    open.push(opened)
    return opened
  }
  const entryOf = async (uid: string) => {
    const { searchEntries } = await slapd.asRoot(client =>
      client.search('dc=univ,dc=example', { filter: `(uid=${uid})`, attributes: ['*', 'entryUUID'] }),
    )
    const [entry] = searchEntries
    if (!entry) throw new Error(`${uid} is nobody`)
    return (attribute: string) => valuesOf(entry, attribute)
  }
  const accountRefOf = async (uid: string) => {
    const values = await entryOf(uid)
    return { person: values('entryUUID')[0] as PersonId, login: uid }
  }
  beforeAll(async () => {
    slapd = await startSlapd({ people: worldPeople(60) })
    writer = openWriter({})
  })
  afterAll(async () => {
    for (const one of open) await one.close()
    await slapd?.stop()
  })

  it('writes the NT hash, and the date of the password in each attribute that the entry has', async () => {
    expect(await writer.write(await accountRefOf('clefevre'), password)).toEqual({ ok: true })
    const values = await entryOf('clefevre')
    expect(values('sambaNTPassword')).toEqual([ntHash(password)])
    expect(values('sambaPwdLastSet')).toEqual([String(instant / 1000)])
    expect(values('shadowLastChange')).toEqual([String(Math.floor(instant / 86_400_000))])
  })

  it('adds no shadowLastChange to an entry without one', async () => {
    expect(await writer.write(await accountRefOf('ybenali'), password)).toEqual({ ok: true })
    expect((await entryOf('ybenali'))('shadowLastChange')).toEqual([])
  })

  it('accepts the same password twice', async () => {
    const nadia = await accountRefOf('nhaddad')
    expect(await writer.write(nadia, password)).toEqual({ ok: true })
    expect(await writer.write(nadia, password)).toEqual({ ok: true })
  })

  it('finds the entry after a rename', async () => {
    const person = await accountRefOf('p1')
    await slapd.asRoot(client => client.modifyDN(`uid=p1,${bases.student}`, 'uid=p1-renamed'))
    expect(await writer.write(person, password)).toEqual({ ok: true })
    expect((await entryOf('p1-renamed'))('sambaNTPassword')).toEqual([ntHash(password)])
  })

  describe('a person without sambaSamAccount', () => {
    it('is refused, and nothing is written, when no domain is configured', async () => {
      expect(await writer.write(await accountRefOf('p9'), password)).toEqual({
        ok: false,
        reason: 'service-no-account',
      })
      expect((await entryOf('p9'))('objectClass')).not.toContain('sambaSamAccount')
    })
    it('receives it with their own SID when a domain is configured', async () => {
      expect(await openWriter({ domainSid }).write(await accountRefOf('p9'), password)).toEqual({ ok: true })
      const values = await entryOf('p9')
      const uidNumber = Number(values('uidNumber')[0])
      expect(values('objectClass')).toContain('sambaSamAccount')
      expect(values('sambaSID')).toEqual([`${domainSid}-${uidNumber * 2 + 1000}`])
      expect(values('sambaNTPassword')).toEqual([ntHash(password)])
    })
    it('is refused without a number for a SID', async () => {
      expect(await openWriter({ domainSid }).write(await accountRefOf('p19'), password)).toEqual({
        ok: false,
        reason: 'service-no-account',
      })
    })
  })

  it('refuses unknown and privileged accounts', async () => {
    expect(await writer.write({ person: 'nobody' as PersonId, login: 'nobody' }, password)).toEqual({
      ok: false,
      reason: 'service-no-account',
    })
    const before = (await entryOf('admin'))('sambaNTPassword')
    expect(await writer.write(await accountRefOf('admin'), password)).toEqual({
      ok: false,
      reason: 'service-privileged',
    })
    expect((await entryOf('admin'))('sambaNTPassword')).toEqual(before)
  })

  describe('with the least rights of docs/operate/openldap.acl', () => {
    const asPortal = (work: (client: Client) => Promise<unknown>) => slapd.as('portal', work)
    it('the portal cannot read a hash', async () => {
      const read = await slapd.as('portal', client =>
        client.search(`uid=clefevre,${bases.staff}`, { scope: 'base', attributes: ['sambaNTPassword'] }),
      )
      expect(read.searchEntries[0]?.sambaNTPassword).toEqual([])
    })
    it('the portal can add no object class but that of a Samba account', async () => {
      const change = new Change({
        operation: 'add',
        modification: new Attribute({ type: 'objectClass', values: ['pkiUser'] }),
      })
      await expect(
        asPortal(client => client.modify(`uid=ybenali,${bases.student}`, change)),
      ).rejects.toMatchObject({ code: 50 })
    })
    it('FreeRADIUS reads the hash and writes nothing', async () => {
      const dn = `uid=clefevre,${bases.staff}`
      const read = await slapd.as('radius', client =>
        client.search(dn, { scope: 'base', filter: '(uid=clefevre)' }),
      )
      expect(Object.keys(read.searchEntries[0] ?? {}).sort()).toEqual(['dn', 'sambaNTPassword', 'uid'])
      const change = new Change({
        operation: 'replace',
        modification: new Attribute({ type: 'sambaNTPassword', values: ['0'.repeat(32)] }),
      })
      await expect(slapd.as('radius', client => client.modify(dn, change))).rejects.toMatchObject({
        code: 50,
      })
    })
  })

  describe('returns faults as results before the time-out', () => {
    const unavailable = { ok: false, reason: 'service-unavailable' }
    it('a server that refuses connections', async () => {
      const unreachable = openWriter({}, { urls: ['ldaps://127.0.0.1:1'] })
      expect(await unreachable.write(await accountRefOf('clefevre'), password)).toEqual(unavailable)
    })
    it('a certificate of another authority', async () => {
      const { caFile: _, ...settings } = slapd.settings()
      const withoutAuthority = createSambaWriter(sambaSettings.parse({}), openLdapEntries(settings))
      open.push(withoutAuthority)
      expect(await withoutAuthority.write(await accountRefOf('clefevre'), password)).toEqual(unavailable)
    })
    it('a server that hangs, though the directory would wait longer', async () => {
      const slowDirectory = openWriter({ timeout: 500 }, { answerTimeout: 60_000, connectTimeout: 60_000 })
      const person = await accountRefOf('clefevre')
      slapd.pause()
      const waiting = [1, 2, 3].map(() => slowDirectory.write(person, password))
      expect(await Promise.all(waiting)).toEqual([unavailable, unavailable, unavailable])
      slapd.resume()
      expect(await slowDirectory.write(person, password)).toEqual({ ok: true })
    })
    it('a server that was killed and is back', async () => {
      const person = await accountRefOf('clefevre')
      await slapd.kill()
      expect(await writer.write(person, password)).toEqual(unavailable)
      await slapd.start()
      expect(await writer.write(person, password)).toEqual({ ok: true })
    })
    it('a missing right is a refusal', async () => {
      const { dn, passwordFile } = slapd.service('sso')
      const powerless = openWriter({}, { bindDn: dn, passwordFile })
      expect(await powerless.write(await accountRefOf('clefevre'), password)).toEqual({
        ok: false,
        reason: 'service-not-allowed',
      })
    })
  })

  it('sesame check counts people without an account, and says what to do', async () => {
    const findings = await writer.check()
    const students = findings.find(({ what }) => what === 'samba student')
    expect(students?.level).toBe('warning')
    expect(students?.detail).toMatch(/^[1-9]\d* people have no sambaSamAccount: .*domainSid/)
    expect((await openWriter({ domainSid }).check()).map(({ level }) => level)).toEqual([
      'good',
      'good',
      'good',
    ])
    const dead = await openWriter({}, { urls: ['ldaps://127.0.0.1:1'] }).check()
    expect(dead.map(({ level }) => level)).toEqual(['wrong', 'wrong', 'wrong'])
  })
})

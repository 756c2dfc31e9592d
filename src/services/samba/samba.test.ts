import { Attribute, Change, type Client } from 'ldapts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bases, worldPeople } from '../../../test/world/people.ts'
import { hasSlapd, type Slapd, startSlapd } from '../../../test/world/slapd.ts'
import { domainSid } from '../../../test/world/slapd-ldif.ts'
import type { PersonId } from '../../directory/directory.ts'
import { openLdapEntries } from '../../directory/ldap/entries.ts'
import { valuesOf } from '../../directory/ldap/entry.ts'
import type { Writer } from '../services.ts'
import { ntHash } from './nt-hash.ts'
import { createSambaWriter } from './samba.ts'
import { sambaSettings } from './settings.ts'

const available = process.env.CI === 'true' || hasSlapd()
const password = 'Tr0mbone&Cascade-3'
const moment = Date.UTC(2026, 10, 24, 12)

describe.runIf(available)('the password of eduroam, in the entry of the person', () => {
  let slapd: Slapd
  let writer: Writer
  const open: Writer[] = []
  const another = (
    given: Parameters<typeof sambaSettings.parse>[0],
    changes: Parameters<Slapd['settings']>[0] = {},
  ) => {
    const made = createSambaWriter(
      sambaSettings.parse(given),
      openLdapEntries(slapd.settings(changes)),
      () => moment,
    )
    open.push(made)
    return made
  }
  const entryOf = async (uid: string) => {
    const { searchEntries } = await slapd.asRoot(client =>
      client.search('dc=univ,dc=example', { filter: `(uid=${uid})`, attributes: ['*', 'entryUUID'] }),
    )
    const [entry] = searchEntries
    if (!entry) throw new Error(`${uid} is nobody`)
    return (attribute: string) => valuesOf(entry, attribute)
  }
  const holder = async (uid: string) => {
    const held = await entryOf(uid)
    return { person: held('entryUUID')[0] as PersonId, login: uid }
  }
  beforeAll(async () => {
    slapd = await startSlapd({ people: worldPeople(60) })
    writer = another({})
  })
  afterAll(async () => {
    for (const one of open) await one.close()
    await slapd?.stop()
  })

  it('is the NT hash, with the moment it was set, in every form that the entry has', async () => {
    expect(await writer.write(await holder('clefevre'), password)).toEqual({ ok: true })
    const held = await entryOf('clefevre')
    expect(held('sambaNTPassword')).toEqual([ntHash(password)])
    expect(held('sambaPwdLastSet')).toEqual([String(moment / 1000)])
    expect(held('shadowLastChange')).toEqual([String(Math.floor(moment / 86_400_000))])
  })

  it('no shadowLastChange is given to an entry that has none', async () => {
    expect(await writer.write(await holder('ybenali'), password)).toEqual({ ok: true })
    expect((await entryOf('ybenali'))('shadowLastChange')).toEqual([])
  })

  it('written twice, it is the same', async () => {
    const nadia = await holder('nhaddad')
    expect(await writer.write(nadia, password)).toEqual({ ok: true })
    expect(await writer.write(nadia, password)).toEqual({ ok: true })
  })

  it('the entry is found after a rename', async () => {
    const person = await holder('p1')
    await slapd.asRoot(client => client.modifyDN(`uid=p1,${bases.student}`, 'uid=p1-renamed'))
    expect(await writer.write(person, password)).toEqual({ ok: true })
    expect((await entryOf('p1-renamed'))('sambaNTPassword')).toEqual([ntHash(password)])
  })

  describe('a person without sambaSamAccount', () => {
    it('is refused, and nothing is written, when no domain is configured', async () => {
      expect(await writer.write(await holder('p9'), password)).toEqual({
        ok: false,
        reason: 'service-no-account',
      })
      expect((await entryOf('p9'))('objectClass')).not.toContain('sambaSamAccount')
    })
    it('receives it with a SID of their own where a domain is', async () => {
      expect(await another({ domainSid }).write(await holder('p9'), password)).toEqual({ ok: true })
      const held = await entryOf('p9')
      const uidNumber = Number(held('uidNumber')[0])
      expect(held('objectClass')).toContain('sambaSamAccount')
      expect(held('sambaSID')).toEqual([`${domainSid}-${uidNumber * 2 + 1000}`])
      expect(held('sambaNTPassword')).toEqual([ntHash(password)])
    })
    it('is refused without a number to make a SID of', async () => {
      expect(await another({ domainSid }).write(await holder('p19'), password)).toEqual({
        ok: false,
        reason: 'service-no-account',
      })
    })
  })

  it('nobody and the privileged are refused', async () => {
    expect(await writer.write({ person: 'nobody' as PersonId, login: 'nobody' }, password)).toEqual({
      ok: false,
      reason: 'service-no-account',
    })
    const before = (await entryOf('admin'))('sambaNTPassword')
    expect(await writer.write(await holder('admin'), password)).toEqual({
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
    it('the portal makes nobody anything but a Samba account', async () => {
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

  describe('faults are values, told before the time-out', () => {
    const unavailable = { ok: false, reason: 'service-unavailable' }
    it('a server that refuses connections', async () => {
      const dead = another({}, { urls: ['ldaps://127.0.0.1:1'] })
      expect(await dead.write(await holder('clefevre'), password)).toEqual(unavailable)
    })
    it('a certificate of another authority', async () => {
      const { caFile: _, ...settings } = slapd.settings()
      const distrustful = createSambaWriter(sambaSettings.parse({}), openLdapEntries(settings))
      open.push(distrustful)
      expect(await distrustful.write(await holder('clefevre'), password)).toEqual(unavailable)
    })
    it('a server that hangs, though the directory would wait longer', async () => {
      const patient = another({ timeout: 500 }, { answerTimeout: 60_000, connectTimeout: 60_000 })
      const person = await holder('clefevre')
      slapd.pause()
      const waiting = [1, 2, 3].map(() => patient.write(person, password))
      expect(await Promise.all(waiting)).toEqual([unavailable, unavailable, unavailable])
      slapd.resume()
      expect(await patient.write(person, password)).toEqual({ ok: true })
    })
    it('a server killed and back', async () => {
      const person = await holder('clefevre')
      await slapd.kill()
      expect(await writer.write(person, password)).toEqual(unavailable)
      await slapd.start()
      expect(await writer.write(person, password)).toEqual({ ok: true })
    })
    it('a right that lacks is a refusal', async () => {
      const { dn, passwordFile } = slapd.service('sso')
      const powerless = another({}, { bindDn: dn, passwordFile })
      expect(await powerless.write(await holder('clefevre'), password)).toEqual({
        ok: false,
        reason: 'service-not-allowed',
      })
    })
  })

  it('sesame check counts who lacks an account, and says what to do', async () => {
    const findings = await writer.check()
    const students = findings.find(({ what }) => what === 'samba student')
    expect(students?.level).toBe('warning')
    expect(students?.detail).toMatch(/^[1-9]\d* people have no sambaSamAccount: .*domainSid/)
    expect((await another({ domainSid }).check()).map(({ level }) => level)).toEqual(['good', 'good', 'good'])
    const dead = await another({}, { urls: ['ldaps://127.0.0.1:1'] }).check()
    expect(dead.map(({ level }) => level)).toEqual(['wrong', 'wrong', 'wrong'])
  })
})

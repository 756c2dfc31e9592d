import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Attribute, Change } from 'ldapts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { days } from '../../src/clock.ts'
import type { Directory, Person } from '../../src/directory/directory.ts'
import { openConnection } from '../../src/directory/ldap/connection.ts'
import { openLdapDirectory } from '../../src/directory/ldap/ldap.ts'
import { readSecret } from '../../src/operator-file.ts'
import { bases, suffix, worldPeople } from '../world/people.ts'
import { scratchFolder } from '../world/scratch.ts'
import { hasSlapd, type Slapd, startSlapd } from '../world/slapd.ts'

/** Public reports of other products that speak LDAP, each tried on a real OpenLDAP. */
describe.runIf(process.env.CI === 'true' || hasSlapd())('reports of directories, on OpenLDAP', () => {
  let slapd: Slapd
  const now = Date.now()
  const open: Directory[] = []
  const openWith = (changes: Parameters<Slapd['settings']>[0] = {}, source = slapd) => {
    const directory = openLdapDirectory(source.settings(changes), () => now)
    open.push(directory)
    return directory
  }
  beforeAll(async () => {
    // An institution has its dates in an attribute of its own.
    const dates = `to dn.subtree="${suffix}" attrs=description by dn.exact="cn=portal,ou=services,${suffix}" read by * none`
    slapd = await startSlapd({ people: worldPeople(50), access: rules => [dates, ...rules] })
  })
  afterAll(async () => {
    for (const one of open) await one.close()
    await slapd?.stop()
  })

  let count = 0
  type Values = Readonly<Record<string, string | string[]>>
  const personWith = async (values: Values, directory = openWith()): Promise<Person> => {
    count += 1
    const uid = `report${count}`
    await slapd.asRoot(client =>
      client.add(`uid=${uid},${bases.staff}`, {
        uid,
        cn: uid,
        sn: uid,
        ...values,
        objectClass: ['inetOrgPerson', 'supannPerson', ...[values.objectClass ?? []].flat()],
      }),
    )
    const found = await directory.findLogin(uid)
    if (!(found.ok && found.person)) throw new Error(`${uid} is nobody`)
    return found.person
  }
  const replaceIn = (dn: string, type: string, values: readonly string[]) =>
    slapd.asRoot(client =>
      client.modify(
        dn,
        new Change({ operation: 'replace', modification: new Attribute({ type, values: [...values] }) }),
      ),
    )

  describe('a lost connection is never replaced by an anonymous one', () => {
    it.each([
      ['over StartTLS, where the next password would leave in clear text', 'ldap', true],
      ['over LDAPS', 'ldaps', false],
    ] as const)('%s (vesse/node-ldapauth-fork#67, ldapts/ldapts#131)', async (_, scheme, startTls) => {
      const other = await startSlapd({ people: worldPeople(20) })
      const settings = other.settings({ urls: [other.urls[scheme]], startTls })
      const { client, isUsable, destroy } = await openConnection(other.urls[scheme], settings)
      await client.bind(settings.bindDn, readSecret(settings.passwordFile))
      await other.kill()
      await other.start()
      await expect.poll(isUsable).toBe(false)
      await expect(client.search(suffix, { scope: 'base', attributes: ['1.1'] })).rejects.toThrow()
      await expect(client.bind(settings.bindDn, 'anything')).rejects.toThrow('the connection was lost')
      destroy()
      await other.stop()
    })
  })

  describe('a bind that the server refuses to everybody is no wrong password', () => {
    it('when it asks for more encryption (neutree-ai/agent-platform#265, mgale/ldapfs#5)', async () => {
      const other = await startSlapd({ people: worldPeople(20), changesConfig: true })
      const directory = openWith({}, other)
      const found = await directory.findLogin('clefevre')
      if (!(found.ok && found.person)) throw new Error('clefevre is nobody')
      // The connections of the portal are bound already, as after such a change on any day.
      await other.asConfig(client =>
        client.modify(
          'olcDatabase={1}mdb,cn=config',
          new Change({
            operation: 'replace',
            modification: new Attribute({ type: 'olcSecurity', values: ['simple_bind=512'] }),
          }),
        ),
      )
      expect(await directory.bind(found.person.id, 'Bienvenue!2026c')).toMatchObject({
        ok: false,
        reason: 'directory-unavailable',
      })
      await directory.close()
      await other.stop()
    })
  })

  describe('the midnight of France is a day of birth (humhub/humhub#4318, 1afa/sabre-zarafa#26)', () => {
    it.each([
      ['19561231230000Z', { year: 1957, month: 1, day: 1 }],
      ['19870630220000Z', { year: 1987, month: 7, day: 1 }],
      ['200002282200Z', { year: 2000, month: 2, day: 29 }],
      ['2000022823Z', { year: 2000, month: 2, day: 29 }],
      // La Réunion, New Caledonia, Guadeloupe.
      ['19901231200000.0Z', { year: 1991, month: 1, day: 1 }],
      ['19901231130000Z', { year: 1991, month: 1, day: 1 }],
      ['19910101040000Z', { year: 1991, month: 1, day: 1 }],
      // An instant that names its own zone, noon, and a minute that is nobody's midnight.
      ['19870701000000+0200', { year: 1987, month: 7, day: 1 }],
      ['19870701120000Z', { year: 1987, month: 7, day: 1 }],
      ['19870701184200Z', { year: 1987, month: 7, day: 1 }],
    ])('written %s', async (written, birthDate) => {
      const attributes = { birthDate: 'description' }
      const directory = openWith({ attributes, birthDateFormat: 'YYYYMMDDhhmmssZ' })
      expect((await personWith({ description: written }, directory)).birthDate).toEqual(birthDate)
    })
  })

  describe('a date of end in the form of another program closes the account (LDAPAccountManager/lam#370)', () => {
    const day = (at: number) => new Date(at).toISOString().slice(0, 10)
    const french = (at: number) => day(at).split('-').reverse().join('/')
    const attributes = { endDates: ['description'] }
    it.each([
      ['a day', day],
      ['a day as the French write it', french],
      ['an instant', (at: number) => new Date(at).toISOString()],
      [
        'an instant with its zone',
        (at: number) => new Date(at + 7_200_000).toISOString().replace('Z', '+02:00'),
      ],
    ])('%s', async (_, written) => {
      const directory = openWith({ attributes })
      const closed = async (at: number) => (await personWith({ description: written(at) }, directory)).closed
      expect(await closed(now - days(2))).toBe('by-record')
      expect(await closed(now + days(2))).toBe(false)
    })
    it('and the last day is still the person’s', async () => {
      const directory = openWith({ attributes })
      expect((await personWith({ description: day(now) }, directory)).closed).toBe(false)
      expect((await personWith({ description: french(now) }, directory)).closed).toBe(false)
    })
  })

  describe('a secret is read as its editor meant it (Eppie-io/Eppie-CLI#622, ClusterHQ/fli#4, openbao/openbao#2622)', () => {
    const folder = scratchFolder('sesame-secret-')
    it.each([
      ['a byte order mark', (secret: string) => Buffer.from(`\uFEFF${secret}`)],
      ['the line end of Windows', (secret: string) => Buffer.from(`${secret}\r\n`)],
      ['empty lines after it', (secret: string) => Buffer.from(`${secret}\n\n\n`)],
    ])('%s', async (name, encode) => {
      const passwordFile = join(folder, `${name}.password`)
      writeFileSync(passwordFile, encode(slapd.service('portal').password), { mode: 0o600 })
      expect(await openWith({ passwordFile }).outage()).toBeNull()
    })
    it('or refused with the conversion, in UTF-16 as PowerShell writes it', () => {
      const passwordFile = join(folder, 'utf16.password')
      const { password } = slapd.service('portal')
      writeFileSync(passwordFile, Buffer.from(`\uFEFF${password}\r\n`, 'utf16le'), { mode: 0o600 })
      expect(() => openWith({ passwordFile })).toThrow('is in UTF-16: save it as UTF-8')
    })
  })

  describe('the states of an account', () => {
    const shadow = (days1970: number) => ({
      objectClass: ['posixAccount', 'shadowAccount'],
      uidNumber: '60000',
      gidNumber: '100',
      homeDirectory: '/home',
      shadowExpire: String(days1970),
    })
    const today = Math.floor(now / days(1))
    it('shadowExpire closes it on that day, not the day after (SSSD/sssd#5873)', async () => {
      expect((await personWith(shadow(today))).closed).toBe('by-record')
      expect((await personWith(shadow(today + 1))).closed).toBe(false)
    })
    it('shadowExpire -1 means never, not 1969 (tine20/tine20#5011)', async () => {
      expect((await personWith(shadow(-1))).closed).toBe(false)
    })
    it('the lock without end is no date of the year 0 (pwm-project/pwm#582)', async () => {
      await replaceIn(`uid=jmartin,${bases.student}`, 'pwdAccountLockedTime', ['000001010000Z']).catch(
        () => {},
      )
      const { id } = await personWith({})
      await replaceIn(`uid=report${count},${bases.staff}`, 'pwdAccountLockedTime', ['000001010000Z'])
      const read = await openWith().read(id)
      expect(read.ok && read.person?.closed).toBe('by-server')
    })
    it('an end with a zone is the instant that it names (DirectoryTree/LdapRecord#193)', async () => {
      const at = (shift: number) =>
        `${new Date(now + shift + 5.5 * 3_600_000).toISOString().slice(0, 19).replace(/\D/g, '')}+0530`
      const closed = async (shift: number) =>
        (
          await personWith(
            { description: at(shift) },
            openWith({ attributes: { endDates: ['description'] } }),
          )
        ).closed
      expect(await closed(-3_600_000)).toBe('by-record')
      expect(await closed(3_600_000)).toBe(false)
    })
  })

  it('two people with one number are two, not a search that fails, also where the server returns one (vmware/pinniped#708)', async () => {
    const other = await startSlapd({ people: worldPeople(50), sizeLimit: 1, portalLimits: null })
    const found = await openWith({}, other).find('staff-number', '777001')
    expect(found.ok).toBe(true)
    await other.stop()
  })
})

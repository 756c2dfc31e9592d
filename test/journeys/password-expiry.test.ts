import { Attribute, Change, Control } from 'ldapts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createExpiryNotices } from '../../src/account/password/expiry-notices.ts'
import { days, hours } from '../../src/clock.ts'
import { bases, suffix } from '../world/people.ts'
import { available, type PortalFixture, startPortal } from '../world/portal.ts'
import type { Slapd } from '../world/slapd.ts'
import { newVisitor, textOf } from '../world/visitor.ts'

/** Lets the root DN of slapd set what only the server sets (draft-zeilenga-ldap-relax). */
const relax = new Control('1.3.6.1.4.1.4203.666.5.12', { critical: true })
const policy = `cn=default,ou=policies,${suffix}`
const generalizedTime = (at: number) => `${new Date(at).toISOString().slice(0, 19).replace(/\D/g, '')}Z`

const replaceIn = (slapd: Slapd | null, dn: string, values: Readonly<Record<string, readonly string[]>>) =>
  slapd?.asRoot(client =>
    client.modify(
      dn,
      Object.entries(values).map(
        ([type, texts]) =>
          new Change({
            operation: 'replace',
            modification: new Attribute({ type, values: [...texts] }),
          }),
      ),
      [relax],
    ),
  )

describe.skipIf(!available({ directory: 'slapd', store: 'SQLite' }))('a password that expires', () => {
  let fixture: PortalFixture
  /** The password was chosen so long before it expires, which is so many milliseconds from now. */
  const expire = (login: string, fromNow: number) =>
    replaceIn(fixture.slapd, `uid=${login},${bases.staff}`, {
      pwdChangedTime: [generalizedTime(Date.now() + fromNow - days(30))],
      pwdGraceUseTime: [],
    })
  const signIn = async (login: string, password: string, path?: string) => {
    const visitor = newVisitor(fixture.url)
    const { location } = await visitor.signIn(login, password, path)
    await visitor.post('/fr/compte/premier-jour', {})
    const page = async (of: string) => textOf((await visitor.get(of)).html)
    return { visitor, location, page }
  }

  beforeAll(async () => {
    fixture = await startPortal({
      directory: 'slapd',
      store: 'SQLite',
      people: 50,
      config: async slapd => {
        await replaceIn(slapd, policy, {
          pwdMaxAge: [String(days(30) / 1000)],
          pwdExpireWarning: [String(days(10) / 1000)],
          pwdGraceAuthNLimit: ['2'],
        })
        return {
          limits: { firstDayPutOffs: 10 },
          directory: { kind: 'ldap', ...slapd.settings({ passwordPolicy: policy }) },
        }
      },
    })
  })
  afterAll(() => fixture?.stop())

  it('is said on the account and where it is changed, from the day of the directory on', async () => {
    await expire('clefevre', days(11))
    const before = await signIn('clefevre', 'Bienvenue!2026c')
    expect(await before.page('/fr/compte')).not.toContain('Votre mot de passe expire')
    await expire('clefevre', days(5))
    const { location, page } = await signIn('clefevre', 'Bienvenue!2026c')
    expect(location).toBe('/fr/compte')
    expect(await page('/fr/compte')).toMatch(/Votre mot de passe expire le \d+ \S+ \d{4}.*Changez-le avant/)
    expect(await page('/fr/compte/mot-de-passe')).toContain('Votre mot de passe expire le')
    expect(await page('/en/compte')).toContain('Your password expires on')
  })

  it('and has expired leads to its change at one of the last sign-ins, and is over once it is changed', async () => {
    await expire('clefevre', -days(1))
    const { visitor, location, page } = await signIn(
      'clefevre',
      'Bienvenue!2026c',
      '/fr/connexion/vers/journal',
    )
    expect(location).toBe('/fr/compte/mot-de-passe')
    expect(await page('/fr/compte/mot-de-passe')).toContain('Il permet encore 1 connexion')
    expect((await visitor.get('/fr/compte')).location).toBe('/fr/compte/mot-de-passe')

    const last = await signIn('clefevre', 'Bienvenue!2026c')
    expect(await last.page('/fr/compte/mot-de-passe')).toContain('Il ne permet plus aucune autre connexion')
    const changed = await last.visitor.post('/fr/compte/mot-de-passe', {
      ancien: 'Bienvenue!2026c',
      nouveau: 'Tr0mbone&Cascade-3',
      confirmation: 'Tr0mbone&Cascade-3',
      charte: 'oui',
    })
    expect(changed.location).toMatch(/^\/fr\/compte\/mot-de-passe\//)
    const account = await last.page('/fr/compte')
    expect(account).toContain("Votre mot de passe n'est pas près d'expirer")
    expect(account).not.toMatch(/Votre mot de passe (?!n'est pas près d'expirer)/)
  })

  it('is said by mail, once for each configured number of days, to whom Sésame may write alone', async () => {
    const { application } = fixture
    const { store, directory, notify } = application
    const personOf = async (login: string) => {
      const found = await directory.findLogin(login)
      return found.ok ? found.person?.id : undefined
    }
    await expire('nhaddad', days(12))
    await expire('admin', days(12))
    let now = Date.now()
    const clock = { now: () => now, sleep: async () => {} }
    const job = createExpiryNotices({ store, clock, directory, notices: notify.notices, daysBefore: [14, 3] })
    const marks = async () =>
      (await store.read.selectFrom('expiry_notices').selectAll().orderBy('days', 'desc').execute()).map(
        ({ person, days: count }) => [person, count],
      )
    await job.run()
    await job.run()
    const camille = await personOf('nhaddad')
    expect(await marks()).toEqual([[camille, 14]])
    now += days(9) + hours(1)
    await job.run()
    expect(await marks()).toEqual([
      [camille, 14],
      [camille, 3],
    ])
  })

  it('is said by the mails of the portal itself, where days are configured', async () => {
    const other = await startPortal({
      directory: 'slapd',
      store: 'SQLite',
      people: 20,
      config: async slapd => {
        await replaceIn(slapd, policy, { pwdMaxAge: [String(days(30) / 1000)] })
        await replaceIn(slapd, `uid=nhaddad,${bases.staff}`, {
          pwdChangedTime: [generalizedTime(Date.now() - days(20))],
        })
        const changes = { passwordPolicy: policy, expiryNotice: { days: [14, 3] } }
        return { directory: { kind: 'ldap', ...slapd.settings(changes) } }
      },
    })
    const mails = async () =>
      (await other.application.store.read.selectFrom('demo_mails').selectAll().execute()).filter(
        ({ subject }) => subject.startsWith('Votre mot de passe expire le'),
      )
    await expect.poll(async () => (await mails()).length).toBeGreaterThan(0)
    const [mail] = await mails()
    expect(mail?.body).toContain(`${other.url}/fr/compte/mot-de-passe`)
    await other.stop()
  })
})

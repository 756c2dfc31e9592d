import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Attribute, Change, Control } from 'ldapts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { days } from '../../src/clock.ts'
import { enrolPasskey, optionsIn } from '../world/factors.ts'
import { institutionBrowser } from '../world/institution-browser.ts'
import { clientSecret, type OpenIdProvider, startOpenIdProvider } from '../world/openid-provider.ts'
import { bases, suffix } from '../world/people.ts'
import { available, type PortalFixture, startPortal } from '../world/portal.ts'
import { freePort } from '../world/ports.ts'
import { scratchFolder } from '../world/scratch.ts'
import type { Slapd } from '../world/slapd.ts'
import { newVisitor, textOf } from '../world/visitor.ts'

/** Lets the root DN of slapd set what only the server sets (draft-zeilenga-ldap-relax). */
const relax = new Control('1.3.6.1.4.1.4203.666.5.12', { critical: true })
const policy = `cn=default,ou=policies,${suffix}`
const person = `uid=clefevre,${bases.staff}`
const change = '/fr/compte/mot-de-passe'
const generalizedTime = (at: number) => `${new Date(at).toISOString().slice(0, 19).replace(/\D/g, '')}Z`

const replaceIn = (slapd: Slapd | null, dn: string, values: Readonly<Record<string, string>>) =>
  slapd?.asRoot(client =>
    client.modify(
      dn,
      Object.entries(values).map(
        ([type, text]) =>
          new Change({
            operation: 'replace',
            modification: new Attribute({ type, values: text ? [text] : [] }),
          }),
      ),
      [relax],
    ),
  )
/** Passwords expire after 30 days, and let a person in twice after that. */
const withPolicy = (slapd: Slapd) =>
  replaceIn(slapd, policy, { pwdMaxAge: String(days(30) / 1000), pwdGraceAuthNLimit: '2' })
const expire = ({ slapd }: PortalFixture, fromNow: number) =>
  replaceIn(slapd, person, {
    pwdChangedTime: generalizedTime(Date.now() + fromNow - days(30)),
    pwdGraceUseTime: '',
  })

const here = { directory: 'slapd', store: 'SQLite' } as const

describe.skipIf(!available(here))('an expired password is told at sign-in, whatever the way in', () => {
  const running: { stop(): Promise<void> }[] = []
  afterAll(async () => {
    for (const one of running) await one.stop()
  })
  const start = async (port: number, more: (slapd: Slapd) => Readonly<Record<string, unknown>>) => {
    const fixture = await startPortal({
      ...here,
      people: 20,
      port,
      config: async slapd => {
        await withPolicy(slapd)
        return { publicUrl: `http://localhost:${port}`, limits: { firstDayPutOffs: 10 }, ...more(slapd) }
      },
    })
    running.push(fixture)
    return fixture
  }
  const known = (slapd: Slapd) => ({
    directory: { kind: 'ldap', ...slapd.settings({ passwordPolicy: policy }) },
  })
  /** The portal may read neither the policy nor when a password was changed: only the server knows. */
  const hidden = (slapd: Slapd) => ({ directory: { kind: 'ldap', ...slapd.settings() } })

  it('by passkey, which asks the directory for no password', async () => {
    const fixture = await start(await freePort(), known)
    await expire(fixture, days(20))
    const owner = newVisitor(fixture.url)
    await owner.signIn('clefevre', 'Bienvenue!2026c')
    await owner.post('/fr/compte/premier-jour', {})
    const key = await enrolPasskey(owner, fixture.url)
    const signInByKey = async () => {
      const visitor = newVisitor(fixture.url)
      const entry = '/fr/connexion/cle-d-acces/journal'
      await visitor.post(entry, {})
      return visitor.post(entry, { cle: key.sign(optionsIn((await visitor.get(entry)).html)) })
    }
    expect((await signInByKey()).location).toBe('/fr/compte/journal')
    await expire(fixture, -days(1))
    expect((await signInByKey()).location).toBe(change)
  })

  it('at the institution’s own server, which does not know of it', async () => {
    const port = await freePort()
    const op: OpenIdProvider = await startOpenIdProvider(`http://localhost:${port}`)
    running.push(op)
    const clientSecretFile = join(scratchFolder('sesame-expiry-'), 'secret')
    writeFileSync(clientSecretFile, clientSecret)
    const server = { kind: 'oidc', issuer: op.issuer, clientId: 'sesame', clientSecretFile }
    const fixture = await start(port, slapd => ({ ...known(slapd), signIn: { server } }))
    const signInThere = async () => {
      const visitor = newVisitor(fixture.url)
      const begun = await visitor.post('/fr/connexion/vers/journal', {})
      const page = await visitor.get(begun.location ?? '/nowhere')
      const to = new URL((page.headers.get('refresh') ?? '').replace('0; url=', ''))
      const came = await institutionBrowser(op.issuer, undefined).signIn(to, {
        login: 'clefevre',
        password: 'right',
      })
      if (!('sent' in came)) throw new Error('still there')
      return visitor.get(`${came.sent.pathname}${came.sent.search}`)
    }
    await expire(fixture, days(20))
    expect((await signInThere()).location).toBe('/fr/compte/journal')
    await expire(fixture, -days(1))
    expect((await signInThere()).location).toBe(change)
  })

  describe('by password, where the portal may not read the policy, from the answer of the server to the bind', () => {
    let fixture: PortalFixture
    const signIn = async () => {
      const visitor = newVisitor(fixture.url)
      const { location } = await visitor.signIn('clefevre', 'Bienvenue!2026c', '/fr/connexion/vers/journal')
      return { visitor, location }
    }
    beforeAll(async () => {
      fixture = await start(await freePort(), hidden)
    })

    it('which counts the sign-ins that are left', async () => {
      await expire(fixture, -days(1))
      const { location, visitor } = await signIn()
      expect(location).toBe(change)
      expect(textOf((await visitor.get(change)).html)).toContain('mot de passe')
      await expire(fixture, days(20))
      expect((await signIn()).location).toBe('/fr/compte/journal')
    })

    it('which the account tells for the whole session, until the password is changed', async () => {
      const isShown = async ({ visitor }: Awaited<ReturnType<typeof signIn>>) => {
        await visitor.post('/fr/compte/premier-jour', {})
        return textOf((await visitor.get('/fr/compte')).html).includes('Votre mot de passe expire le')
      }
      await expire(fixture, days(20))
      expect(await isShown(await signIn())).toBe(false)
      await replaceIn(fixture.slapd, policy, { pwdExpireWarning: String(days(10) / 1000) })
      await expire(fixture, days(5))
      const owner = await signIn()
      expect(await isShown(owner)).toBe(true)
      const chosen = 'Tr0mbone&Cascade-4'
      const form = { ancien: 'Bienvenue!2026c', nouveau: chosen, confirmation: chosen, charte: 'oui' }
      const changed = await owner.visitor.post(change, form)
      expect(changed.status, textOf(changed.html)).toBe(303)
      expect(await isShown(owner)).toBe(false)
    })
  })
})

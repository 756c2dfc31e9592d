import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type InstitutionBrowser, institutionBrowser } from '../../test/world/institution-browser.ts'
import { hasLemonLdap, type LemonLdap, startLemonLdap } from '../../test/world/lemonldap.ts'
import { worldPeople } from '../../test/world/people.ts'
import { hasSlapd, type Slapd, startSlapd } from '../../test/world/slapd.ts'
import { systemClock } from '../clock.ts'
import { completesWithin } from '../services/completes-within.ts'
import { createCasServer } from './cas.ts'
import type { AuthenticationRequest, IdentityServer } from './identity-server.ts'
import { casSettings } from './settings.ts'

const returnTo = new URL('https://sesame.univ.example/fr/connexion/retour')
const person = { login: 'clefevre', password: 'Bienvenue!2026c' }
const refused = { ok: false, reason: 'identity-refused' }
const unavailable = { ok: false, reason: 'identity-unavailable' }

const authRequestWith = (changes: Partial<AuthenticationRequest> = {}): AuthenticationRequest => ({
  state: 'a'.repeat(43),
  nonce: '',
  verifier: '',
  returnTo,
  language: 'fr' as const,
  fresh: false,
  ...changes,
})
const serverAt = (url: string, changes: object = {}) =>
  createCasServer(casSettings.parse({ url, timeout: 10_000, ...changes }), systemClock)

const available = process.env.CI === 'true' || (hasSlapd() && hasLemonLdap())

describe.runIf(available)('a CAS server, LemonLDAP::NG', () => {
  let slapd: Slapd
  let llng: LemonLdap
  beforeAll(async () => {
    slapd = await startSlapd({ people: worldPeople(20) })
    llng = await startLemonLdap(slapd)
  }, 60_000)
  afterAll(async () => {
    await llng?.stop()
    await slapd?.stop()
  })

  const serverWith = (changes: object = {}) => serverAt(llng.casUrl, { caFile: llng.caFile, ...changes })
  /** Signs in there, or is signed in already; the ticket that the server sends back. */
  const signInAt = async (server: IdentityServer, left: AuthenticationRequest, there = newBrowser()) => {
    const login = await server.loginUrl(left)
    if (!login.ok) throw new Error(login.reason)
    const came = await there.signIn(login.to, person)
    if (!('sent' in came)) throw new Error(came.page)
    return { came, callbackQuery: (name: string) => came.sent.searchParams.get(name) }
  }
  const newBrowser = (): InstitutionBrowser => institutionBrowser(llng.url, llng.caFile)

  it('returns the person, the instant and the ticket for log-out', async () => {
    const before = Math.floor(Date.now() / 1000) * 1000
    const { came, callbackQuery } = await signInAt(serverWith(), authRequestWith())
    expect(came.sent.searchParams.get('state')).toBe(authRequestWith().state)
    const identified = await serverWith().identify(authRequestWith(), callbackQuery)
    expect(identified).toMatchObject({
      ok: true,
      identity: {
        login: 'clefevre',
        session: callbackQuery('ticket'),
        subject: null,
        withSecondFactor: false,
      },
    })
    const at = identified.ok ? (identified.identity.authenticatedAt ?? 0) : 0
    expect(at).toBeGreaterThanOrEqual(before)
    expect(at).toBeLessThanOrEqual(Date.now())
  })

  it('may give the login and the level in attributes', async () => {
    const { callbackQuery } = await signInAt(serverWith(), authRequestWith())
    const server = serverWith({
      loginAttribute: 'mail',
      dateAttribute: 'none',
      secondFactorAttribute: 'cn',
      secondFactorValues: ['Camille Lefèvre'],
    })
    expect(await server.identify(authRequestWith(), callbackQuery)).toMatchObject({
      ok: true,
      identity: { login: expect.stringContaining('@'), authenticatedAt: null, withSecondFactor: true },
    })
    const again = await signInAt(serverWith(), authRequestWith())
    const lacking = serverWith({ loginAttribute: 'none' })
    expect(await lacking.identify(authRequestWith(), again.callbackQuery)).toEqual(refused)
  })

  it('refuses a ticket the second time', async () => {
    const { callbackQuery } = await signInAt(serverWith(), authRequestWith())
    expect((await serverWith().identify(authRequestWith(), callbackQuery)).ok).toBe(true)
    expect(await serverWith().identify(authRequestWith(), callbackQuery)).toEqual(refused)
  })

  it.each<[string, Partial<AuthenticationRequest>]>([
    ['site', { returnTo: new URL('https://elsewhere.univ.example/fr/connexion/retour') }],
    ['page of ours', { returnTo: new URL('https://sesame.univ.example/fr/') }],
    ['leaving', { state: 'b'.repeat(43) }],
  ])('refuses a ticket that was made for another %s', async (_, changes) => {
    const { callbackQuery } = await signInAt(serverWith(), authRequestWith(changes))
    expect(await serverWith().identify(authRequestWith(), callbackQuery)).toEqual(refused)
  })

  it('refuses no ticket, and one that it never gave', async () => {
    expect(await serverWith().identify(authRequestWith(), () => null)).toEqual(refused)
    expect(await serverWith().identify(authRequestWith(), () => 'ST-made-up&renew=false')).toEqual(refused)
  })

  it('asks again for a proof with renew, and refuses a ticket issued without it', {
    timeout: 30_000,
  }, async () => {
    const there = newBrowser()
    await signInAt(serverWith(), authRequestWith(), there)
    await new Promise(resolve => setTimeout(resolve, 6500))
    const silent = await signInAt(serverWith(), authRequestWith(), there)
    expect(silent.came.asked).toBe(false)
    expect(await serverWith().identify(authRequestWith({ fresh: true }), silent.callbackQuery)).toEqual(
      refused,
    )
    const fresh = await signInAt(serverWith(), authRequestWith({ fresh: true }), there)
    expect(fresh.came.asked).toBe(true)
    expect((await serverWith().identify(authRequestWith({ fresh: true }), fresh.callbackQuery)).ok).toBe(true)
  })

  it('is distinguished from a server that does not validate tickets, by `sesame check`', async () => {
    const [good] = await serverWith().check([returnTo])
    expect(good).toMatchObject({ level: 'good', what: 'sign-in' })
    expect(good?.detail).toContain(returnTo.href)
    expect(await serverWith({ caFile: slapd.caFile }).check([returnTo])).toMatchObject([{ level: 'wrong' }])
    expect(await serverAt(llng.url, { caFile: llng.caFile }).check([returnTo])).toMatchObject([
      { level: 'wrong' },
    ])
  })

  it('may hang or be away: nobody is refused for that, and the ticket is still good afterwards', {
    timeout: 30_000,
  }, async () => {
    const { callbackQuery } = await signInAt(serverWith(), authRequestWith())
    llng.pause()
    const asked = serverWith({ timeout: 800 }).identify(authRequestWith(), callbackQuery)
    expect(await completesWithin(3000, asked)).toBe(true)
    expect(await asked).toEqual(unavailable)
    llng.resume()
    const later = await signInAt(serverWith(), authRequestWith())
    await llng.kill()
    expect(await serverWith().identify(authRequestWith(), later.callbackQuery)).toEqual(unavailable)
    await llng.start()
    expect((await serverWith().identify(authRequestWith(), later.callbackQuery)).ok).toBe(true)
  })
})

/** What Apereo's server sends, and what no server should. */
describe('a CAS server of another make', () => {
  const identifiedBy = async (status: number, body: string, changes: object = {}) => {
    const server = createServer((_request, response) => response.writeHead(status).end(body))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/cas`
    const identified = await serverAt(url, changes).identify(authRequestWith(), () => 'ST-1')
    server.close()
    return identified
  }
  const success = (attributes: string) =>
    `<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas"><cas:authenticationSuccess><cas:user>clefevre</cas:user><cas:attributes>${attributes}</cas:attributes></cas:authenticationSuccess></cas:serviceResponse>`
  const date = (text: string) => success(`<cas:authenticationDate>${text}</cas:authenticationDate>`)

  it.each([
    ['2026-01-02T03:04:05.678901Z[UTC]', Date.UTC(2026, 0, 2, 3, 4, 5, 678)],
    ['2026-01-02T04:04:05.678+01:00[Europe/Paris]', Date.UTC(2026, 0, 2, 3, 4, 5, 678)],
    ['1767323045', Date.UTC(2026, 0, 2, 3, 4, 5, 999)],
    ['yesterday', null],
    ['', null],
  ])('that says « %s »', async (text, at) => {
    expect(await identifiedBy(200, date(text))).toMatchObject({ identity: { authenticatedAt: at } })
  })

  it('is not believed on a sign-in of tomorrow', async () => {
    const identified = await identifiedBy(200, date('2999-01-01T00:00:00Z'))
    expect(identified.ok && (identified.identity.authenticatedAt ?? 0)).toBeLessThanOrEqual(Date.now())
  })

  it('that names two logins names nobody', async () => {
    const twice = success('<cas:uid>a</cas:uid><cas:uid>b</cas:uid>')
    expect(await identifiedBy(200, twice, { loginAttribute: 'uid' })).toEqual(refused)
  })

  it.each([
    [500, ''],
    [200, ''],
    [200, '<html>Hello</html>'],
    [200, 'x'.repeat(2_000_000)],
    [302, ''],
  ])('that answers %i « %.20s » is unavailable', async (status, body) => {
    expect(await identifiedBy(status, body)).toEqual(unavailable)
  })
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { institutionBrowser } from '../../test/world/institution-browser.ts'
import { clientSecret, type OpenIdProvider, startOpenIdProvider } from '../../test/world/openid-provider.ts'
import { systemClock } from '../clock.ts'
import { defaultLimits } from '../limits/limits.ts'
import { completesWithin } from '../services/completes-within.ts'
import type { AuthenticationRequest, IdentityServer } from './identity-server.ts'
import { createOidcServer } from './oidc.ts'
import { oidcSettings } from './settings.ts'

const portal = 'https://sesame.univ.example'
const returnTo = new URL(`${portal}/fr/connexion/retour`)
const event = 'http://schemas.openid.net/event/backchannel-logout'
const person = { login: 'clefevre', password: 'right' }
const refusedIdentity = { ok: false, reason: 'identity-refused' }
const unavailable = { ok: false, reason: 'identity-unavailable' }
const refusedLogout = { ok: false, reason: 'logout-refused' }
const authRequestWith = (changes: Partial<AuthenticationRequest> = {}): AuthenticationRequest => ({
  state: 'a'.repeat(43),
  nonce: 'b'.repeat(43),
  verifier: 'c'.repeat(43),
  returnTo,
  language: 'fr' as const,
  fresh: false,
  ...changes,
})

describe('an OpenID provider', () => {
  let op: OpenIdProvider
  const folder = mkdtempSync(join(tmpdir(), 'sesame-oidc-'))
  const secretFile = join(folder, 'secret')
  const serverWith = (changes: object = {}) =>
    createOidcServer(
      oidcSettings.parse({
        issuer: op.issuer,
        clientId: 'sesame',
        clientSecretFile: secretFile,
        timeout: 1500,
        ...changes,
      }),
      systemClock,
      defaultLimits,
    )
  beforeAll(async () => {
    writeFileSync(secretFile, `${clientSecret}\n`)
    op = await startOpenIdProvider(portal)
  })
  afterAll(async () => {
    await op?.stop()
    rmSync(folder, { recursive: true })
  })

  /** Signs in there, and brings back what the provider sends: to the portal that asked, or to another. */
  const signInAt = async (
    server: IdentityServer,
    left: AuthenticationRequest,
    there = institutionBrowser(op.issuer),
  ) => {
    const login = await server.loginUrl(left)
    if (!login.ok) throw new Error(login.reason)
    const back = await there.signIn(login.to, person)
    if (!('sent' in back)) throw new Error(back.page)
    return { to: login.to, callbackQuery: (name: string) => back.sent.searchParams.get(name) }
  }

  it('returns the person, the instant and the identifiers for log-out', async () => {
    const server = serverWith()
    const left = authRequestWith()
    const before = Math.floor(Date.now() / 1000) * 1000
    const { to, callbackQuery } = await signInAt(server, left)
    expect(Object.fromEntries(to.searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      state: left.state,
      nonce: left.nonce,
      redirect_uri: returnTo.href,
      ui_locales: 'fr',
    })
    expect(to.href).not.toContain(left.verifier)
    expect(await server.identify(left, callbackQuery)).toMatchObject({
      ok: true,
      identity: { login: 'clefevre', subject: 'sub-of-clefevre', withSecondFactor: false },
    })
    const again = authRequestWith({ fresh: true })
    const fresh = await server.identify(again, (await signInAt(server, again)).callbackQuery)
    expect(fresh.ok && fresh.identity.authenticatedAt).toBeGreaterThanOrEqual(before)
  })

  it('refuses the second use of a code', async () => {
    const server = serverWith()
    const { callbackQuery } = await signInAt(server, authRequestWith())
    expect((await server.identify(authRequestWith(), callbackQuery)).ok).toBe(true)
    expect(await server.identify(authRequestWith(), callbackQuery)).toEqual(refusedIdentity)
  })

  it.each([
    ['state', { state: 'x'.repeat(43) }],
    ['nonce', { nonce: 'x'.repeat(43) }],
    ['PKCE verifier', { verifier: 'x'.repeat(43) }],
    ['address of return', { returnTo: new URL(`${portal}/en/connexion/retour`) }],
  ])('refuses a callback for another %s', async (_, changes) => {
    const server = serverWith()
    const { callbackQuery } = await signInAt(server, authRequestWith())
    expect(await server.identify(authRequestWith(changes), callbackQuery)).toEqual(refusedIdentity)
  })

  it.each([
    ['issuer', 'iss', 'https://elsewhere.example'],
    ['code', 'code', 'made-up'],
    ['error', 'error', 'access_denied'],
  ])('refuses a callback with another %s in the URL', async (_, changed, value) => {
    const server = serverWith()
    const { callbackQuery } = await signInAt(server, authRequestWith())
    const answer = await server.identify(authRequestWith(), name =>
      name === changed ? value : callbackQuery(name),
    )
    expect(answer).toEqual(refusedIdentity)
  })

  it('asks again for a proof when a fresh sign-in is requested', async () => {
    const server = serverWith()
    const there = institutionBrowser(op.issuer)
    await signInAt(server, authRequestWith(), there)
    const silent = await server.loginUrl(authRequestWith())
    expect(silent.ok && 'sent' in (await there.signIn(silent.to))).toBe(true)
    const fresh = await server.loginUrl(authRequestWith({ fresh: true }))
    expect(fresh.ok && 'page' in (await there.signIn(fresh.to))).toBe(true)
  })

  it('refuses an old sign-in when a fresh one was requested', async () => {
    const server = serverWith()
    op.ago.value = 3600
    const { callbackQuery } = await signInAt(server, authRequestWith())
    op.ago.value = 0
    expect(await server.identify(authRequestWith({ fresh: true }), callbackQuery)).toEqual(refusedIdentity)
  })

  it('requests an authentication level and refuses a lower one', async () => {
    const server = serverWith({ acrValues: ['two'], secondFactorAcr: ['two'] })
    const low = await signInAt(server, authRequestWith())
    expect(low.to.searchParams.get('acr_values')).toBe('two')
    expect(await server.identify(authRequestWith(), low.callbackQuery)).toEqual({
      ok: false,
      reason: 'identity-weak',
    })
    op.acr.value = 'two'
    const high = await server.identify(
      authRequestWith(),
      (await signInAt(server, authRequestWith())).callbackQuery,
    )
    op.acr.value = 'one'
    expect(high).toMatchObject({ ok: true, identity: { withSecondFactor: true } })
  })

  it('refuses a person whom the provider refused', async () => {
    const server = serverWith()
    const login = await server.loginUrl(authRequestWith())
    if (!login.ok) throw new Error(login.reason)
    const back = await institutionBrowser(op.issuer).signIn(login.to, {
      login: 'clefevre',
      password: 'wrong',
    })
    if (!('sent' in back)) throw new Error('it let nobody go')
    const callbackQuery = (name: string) => back.sent.searchParams.get(name)
    expect(await server.identify(authRequestWith(), callbackQuery)).toEqual(refusedIdentity)
  })

  describe('whose message ends sessions', () => {
    const logout = (changes: JWTPayload = {}): JWTPayload => ({
      iss: op.issuer,
      aud: 'sesame',
      iat: Math.floor(Date.now() / 1000),
      jti: 'once',
      sub: 'sub-of-clefevre',
      sid: 'sid-1',
      events: { [event]: {} },
      ...changes,
    })
    const without = (name: string) =>
      Object.fromEntries(Object.entries(logout()).filter(([key]) => key !== name))
    const read = (token: string) => serverWith().readLogout({ logout_token: token })

    it('names them', async () => {
      expect(await read(await op.sign(logout()))).toEqual({
        ok: true,
        logout: { session: 'sid-1', subject: 'sub-of-clefevre', messageId: `${op.issuer} once` },
      })
      expect(await read(await op.sign(without('sid')))).toMatchObject({ ok: true, logout: { session: null } })
    })

    it.each<[string, () => JWTPayload | Promise<string>]>([
      ['of another issuer', () => logout({ iss: 'https://elsewhere.example' })],
      ['for another site', () => logout({ aud: 'other' })],
      ['an hour old', () => logout({ iat: Math.floor(Date.now() / 1000) - 3600 })],
      ['of tomorrow', () => logout({ iat: Math.floor(Date.now() / 1000) + 86_400 })],
      ['without an age', () => without('iat')],
      ['without a name of its own', () => without('jti')],
      ['without the event', () => without('events')],
      ['of another event', () => logout({ events: { 'https://elsewhere.example': {} } })],
      ['an ID token', () => logout({ nonce: 'n' })],
      ['of nobody', () => ({ ...without('sid'), sub: undefined as unknown as string })],
      ['of another type', () => op.sign(logout(), { header: { typ: 'at+jwt' } })],
      ['without signature', async () => new UnsecuredJWT(logout()).encode()],
      [
        'signed with the secret of the portal',
        () =>
          new SignJWT(logout())
            .setProtectedHeader({ alg: 'HS256', kid: 'tests' })
            .sign(new TextEncoder().encode(clientSecret)),
      ],
      [
        'signed by somebody else',
        async () => op.sign(logout(), { by: (await generateKeyPair('RS256')).privateKey }),
      ],
      ['no token', async () => 'a.b.c'],
    ])('is refused when it is %s', async (_, make) => {
      const made = await make()
      const token = typeof made === 'string' ? made : await op.sign(made)
      expect(await read(token)).toEqual(refusedLogout)
    })

    it('is refused when it is no such form', async () => {
      for (const body of [{}, null, { logout_token: ['a', 'b'] }, { logout_token: 'x'.repeat(9000) }])
        expect(await serverWith().readLogout(body)).toEqual(refusedLogout)
    })
  })

  it('may be down when the portal starts, and is found once it is back', async () => {
    const server = serverWith()
    await op.stop()
    expect(await server.loginUrl(authRequestWith())).toEqual(unavailable)
    expect(await server.identify(authRequestWith(), () => 'x')).toEqual(unavailable)
    expect(await server.readLogout({ logout_token: 'a.b.c' })).toEqual(unavailable)
    expect(await server.signOutUrl(returnTo)).toBe(null)
    expect(await server.check([returnTo])).toMatchObject([{ level: 'wrong', what: 'sign-in' }])
    await op.start()
    expect((await server.loginUrl(authRequestWith())).ok).toBe(true)
  })

  it('is unavailable rather than refusing when it fails during a sign-in', async () => {
    const server = serverWith()
    const { callbackQuery } = await signInAt(server, authRequestWith())
    await op.stop()
    expect(await server.identify(authRequestWith(), callbackQuery)).toEqual({
      ...unavailable,
      detail: expect.stringMatching(/ECONNREFUSED/),
    })
    await op.start()
    expect((await server.identify(authRequestWith(), callbackQuery)).ok).toBe(true)
  })

  it('is unavailable when it refuses the secret of the portal', async () => {
    const wrong = join(folder, 'wrong')
    writeFileSync(wrong, 'another secret')
    const server = serverWith({ clientSecretFile: wrong })
    const { callbackQuery } = await signInAt(server, authRequestWith())
    expect(await server.identify(authRequestWith(), callbackQuery)).toEqual({
      ...unavailable,
      detail: expect.stringMatching(/does not accept signIn.server.clientId/),
    })
  })

  it('reports to the operator what the provider offers and lacks', async () => {
    const findings = await serverWith({ acrValues: ['three'] }).check([returnTo])
    expect(findings).toMatchObject([{ level: 'good' }, { level: 'warning' }])
    expect(findings[0]?.detail).toContain(returnTo.href)
    expect(findings[1]?.detail).toContain('three')
    const there = await serverWith().signOutUrl(new URL(`${portal}/fr/`))
    expect(there?.searchParams.get('post_logout_redirect_uri')).toBe(`${portal}/fr/`)
  })

  it.each([
    ['is silent', () => {}],
    ['answers nonsense', (end: (status: number, body: string) => void) => end(200, '<p>Hello</p>')],
    ['answers without end', (end: (status: number, body: string) => void) => end(200, 'x'.repeat(2_000_000))],
    [
      'names another issuer',
      (end: (s: number, b: string) => void) => end(200, '{"issuer":"https://a.example"}'),
    ],
    ['fails', (end: (status: number, body: string) => void) => end(500, '')],
  ])('that %s is unavailable, in time', async (_, behave) => {
    const strange = createServer((_request, response) =>
      behave((status, body) => response.writeHead(status, { 'content-type': 'application/json' }).end(body)),
    )
    await new Promise<void>(resolve => strange.listen(0, '127.0.0.1', resolve))
    const issuer = `http://127.0.0.1:${(strange.address() as AddressInfo).port}`
    const departing = serverWith({ issuer, timeout: 700 }).loginUrl(authRequestWith())
    expect(await completesWithin(3000, departing)).toBe(true)
    expect(await departing).toEqual(unavailable)
    strange.closeAllConnections()
    strange.close()
  })
})

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasLemonLdap, type LemonLdap, startLemonLdap } from '../../../test/world/lemonldap.ts'
import { worldPeople } from '../../../test/world/people.ts'
import { freePort } from '../../../test/world/ports.ts'
import { hasSlapd, type Slapd, startSlapd } from '../../../test/world/slapd.ts'
import type { PersonId } from '../../directory/directory.ts'
import { openLdapDirectory } from '../../directory/ldap/ldap.ts'
import type { AccountRef } from '../services.ts'
import { createCasLoginCheck } from './cas-login.ts'
import { parseLoginForm } from './form.ts'
import { casLoginSettings } from './settings.ts'

const available = process.env.CI === 'true' || (hasSlapd() && hasLemonLdap())
const service = 'https://sesame.univ.example/preuve?d=1&e=2'
const refusedLogin = { ok: false, reason: 'login-refused' }
const unavailable = { ok: false, reason: 'service-unavailable' }
const camille: AccountRef = { person: 'x' as PersonId, login: 'clefevre' }

describe.runIf(available)('a login to CAS, on a real LemonLDAP::NG', () => {
  let slapd: Slapd
  let llng: LemonLdap
  const checkWith = (changes: object = {}) =>
    createCasLoginCheck(
      casLoginSettings.parse({
        casUrl: llng.casUrl,
        caFile: llng.caFile,
        service,
        timeout: 5000,
        refusedMark: 'trmsg="5"',
        ...changes,
      }),
    )
  beforeAll(async () => {
    slapd = await startSlapd({ people: worldPeople(30) })
    llng = await startLemonLdap(slapd)
  })
  afterAll(async () => {
    await llng?.stop()
    await slapd?.stop()
  })

  it('accepts the password of the directory with the login in any case, and no other password', async () => {
    expect(await checkWith().prove(camille, 'Bienvenue!2026c')).toEqual({ ok: true })
    expect(await checkWith().prove({ ...camille, login: 'CLefevre' }, 'Bienvenue!2026c')).toEqual({
      ok: true,
    })
    expect(await checkWith().prove(camille, 'Bienvenue!2026C')).toEqual(refusedLogin)
  })

  it('accepts the new password once it is written, and not the old one', async () => {
    const directory = openLdapDirectory(slapd.settings())
    const found = await directory.findLogin('nhaddad')
    if (!found.ok || !found.person) throw new Error('nobody')
    const nadia = { person: found.person.id, login: 'nhaddad' }
    const password = 'A "quoted" & <tagged> \\ + 100% #1'
    expect((await directory.write(nadia.person, password)).ok).toBe(true)
    expect(await checkWith().prove(nadia, password)).toEqual({ ok: true })
    expect(await checkWith().prove(nadia, 'Bienvenue!2026n')).toEqual(refusedLogin)
    await directory.close()
  })

  it('ends the session of its login', async () => {
    const before = llng.sessions().length
    expect(await checkWith().prove(camille, 'Bienvenue!2026c')).toEqual({ ok: true })
    expect(llng.sessions()).toHaveLength(before)
  })

  it('refuses an unknown login', async () => {
    expect((await checkWith({ refusedMark: undefined }).prove({ ...camille, login: 'nobody' }, 'x')).ok).toBe(
      false,
    )
  })

  it('sesame check detects a server that does not check passwords', async () => {
    expect(await checkWith({ refusedMark: undefined }).check()).toMatchObject([
      { level: 'good', what: 'cas' },
    ])
    expect(await checkWith({ caFile: undefined }).check()).toMatchObject([{ level: 'wrong', what: 'cas' }])
  })

  describe('reports the service as unavailable in time when', () => {
    it('the certificate is from another authority', async () => {
      expect(await checkWith({ caFile: slapd.caFile }).prove(camille, 'Bienvenue!2026c')).toEqual(unavailable)
    })
    it('nothing listens there', async () => {
      const casUrl = `https://localhost:${await freePort()}/cas`
      expect(await checkWith({ casUrl }).prove(camille, 'Bienvenue!2026c')).toEqual(unavailable)
    })
    it('its directory is down, and the form is shown again with another message', async () => {
      await slapd.kill()
      expect(await checkWith().prove(camille, 'Bienvenue!2026c')).toEqual(unavailable)
      await slapd.start()
      expect(await checkWith().prove(camille, 'Bienvenue!2026c')).toEqual({ ok: true })
    })
    it('the server hangs', async () => {
      llng.pause()
      expect(await checkWith({ timeout: 1000 }).prove(camille, 'Bienvenue!2026c')).toEqual(unavailable)
      llng.resume()
      expect(await checkWith().prove(camille, 'Bienvenue!2026c')).toEqual({ ok: true })
    })
    it('the server was killed, until it is back', async () => {
      await llng.kill()
      expect(await checkWith().prove(camille, 'Bienvenue!2026c')).toEqual(unavailable)
      await llng.start()
      expect(await checkWith().prove(camille, 'Bienvenue!2026c')).toEqual({ ok: true })
    })
  })
})

describe('a faulty CAS server', () => {
  type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void
  const withServer = async (handler: Handler, settings: object = {}) => {
    const server = createServer((request, response) => {
      let body = ''
      request.on('data', data => {
        body += data
      })
      request.on('end', () => handler(request, response, body))
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const casUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/cas`
    const check = createCasLoginCheck(casLoginSettings.parse({ casUrl, service, timeout: 1500, ...settings }))
    try {
      return await check.prove(camille, 'Tr0mbone&Cascade-3')
    } finally {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    }
  }
  const form = (action: string) =>
    `<form action="${action}"><input name=username><input type=password name=password></form>`
  const answer = (response: ServerResponse, status: number, body = '', headers = {}) =>
    response.writeHead(status, headers).end(body)

  it('gets no password when the target of its form has another origin', async () => {
    const posts: string[] = []
    const result = await withServer((request, response, body) => {
      if (request.method === 'POST') posts.push(body)
      answer(response, 200, form('https://thief.example/'))
    })
    expect(result).toEqual(unavailable)
    expect(posts).toEqual([])
  })
  it('proves a login only for the user of the ticket', async () => {
    const proveWithUser = (user: string) =>
      withServer((request, response) => {
        if (request.url?.startsWith('/cas/p3/')) {
          const success = `<cas:authenticationSuccess><cas:user>${user}</cas:user></cas:authenticationSuccess>`
          answer(response, 200, `<cas:serviceResponse xmlns:cas="x">${success}</cas:serviceResponse>`)
        } else if (request.method === 'POST')
          answer(response, 302, '', { Location: `${service}&ticket=ST-1` })
        else answer(response, 200, form(''))
      })
    expect(await proveWithUser('clefevre')).toEqual({ ok: true })
    expect(await proveWithUser('somebody-else')).toEqual(unavailable)
    expect(await proveWithUser('')).toEqual(unavailable)
  })
  it('does not accept a ticket for another service', async () => {
    const result = await withServer((request, response) =>
      request.method === 'POST'
        ? answer(response, 302, '', { Location: 'https://elsewhere.example/?ticket=ST-1' })
        : answer(response, 200, form('')),
    )
    expect(result).toEqual(unavailable)
  })
  it.each([
    [500, '', 'service-unavailable'],
    [429, '', 'service-unavailable'],
    [423, 'throttled', 'login-barred'],
    [200, '<h1>Your password has expired</h1>', 'login-barred'],
    [401, form(''), 'login-refused'],
  ])('maps the answer %i « %s » to the password to %s', async (status, page, reason) => {
    const proved = await withServer((request, response) =>
      request.method === 'POST' ? answer(response, status, page) : answer(response, 200, form('')),
    )
    expect(proved).toEqual({ ok: false, reason })
  })
  it.each([
    ['no form', (response: ServerResponse) => answer(response, 200, '<p>Hello</p>')],
    ['a redirect loop', (response: ServerResponse) => answer(response, 302, '', { Location: '/cas/login' })],
    ['an endless page', (response: ServerResponse) => answer(response, 200, 'x'.repeat(2_000_000))],
    [
      'an incomplete answer',
      (response: ServerResponse) => response.writeHead(200, { 'Content-Length': 99 }).write('x'),
    ],
    ['no answer', () => {}],
  ])('reports the service as unavailable after %s', async (_, behave) => {
    expect(await withServer((_request, response) => behave(response))).toEqual(unavailable)
  })
})

describe('the form of a CAS server', () => {
  const apereo = `<form action="search"><input type="search" name="q"></form>
    <form method="post" id="fm1" action="login"><input class="x" id="username" name="username" tabindex="1" autocapitalize="none">
    <input type="password" id="password" name="password"><input type="checkbox" name="rememberMe" value="true">
    <input type="hidden" name="execution" value="4a&amp;b_ZXlK"/><input type="hidden" name="_eventId" value="submit"/>
    <input type="hidden" name="geolocation"/><button name="submitBtn" type="submit">Login</button></form>`
  it('of Apereo is parsed with its hidden fields', () => {
    expect(parseLoginForm(apereo)).toEqual({
      action: 'login',
      hiddenFields: [
        ['execution', '4a&b_ZXlK'],
        ['_eventId', 'submit'],
        ['geolocation', ''],
      ],
      userField: 'username',
      passwordField: 'password',
    })
  })
  it('may need the configured name of its login field', () => {
    const page = '<form><input name="otp"><input name="login"><input type="password" name="p"></form>'
    expect(parseLoginForm(page)?.userField).toBe('otp')
    expect(parseLoginForm(page, 'login')?.userField).toBe('login')
    expect(parseLoginForm(page, 'absent')).toBeNull()
  })
})

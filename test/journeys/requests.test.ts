import { request } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { minutes } from '../../src/clock.ts'
import { hrefIn, type RouteName, routes } from '../../src/routes.ts'
import { movableClock } from '../world/clock.ts'
import { unlimitedPosts } from '../world/limits.ts'
import { type PortalFixture, startPortal } from '../world/portal.ts'
import { newVisitor, textOf } from '../world/visitor.ts'

const identify = '/fr/mot-de-passe/identification/numero-personnel'
const good = { numero: '204518', naissance: '14/07/1985' }

/** A raw request: `fetch` can neither set Host nor omit `Sec-Fetch-Site`. */
const raw = (
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {},
) =>
  new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>(
    (resolve, reject) => {
      const sent = request(
        url,
        { method: options.method ?? 'GET', headers: options.headers ?? {} },
        answer => {
          const parts: Buffer[] = []
          answer.on('data', part => parts.push(part))
          answer.on('end', () =>
            resolve({
              status: answer.statusCode ?? 0,
              headers: answer.headers,
              body: Buffer.concat(parts).toString('utf8'),
            }),
          )
        },
      )
      sent.on('error', reject)
      sent.end(options.body)
    },
  )

describe('what a request may be', () => {
  let fixture: PortalFixture
  const clock = movableClock()
  beforeAll(async () => {
    // The tests move the clock, so limits by the second are not tested here.
    const config = { limits: unlimitedPosts }
    fixture = await startPortal({ directory: 'embedded', store: 'SQLite', clock, config })
  })
  afterAll(() => fixture?.stop())
  beforeEach(() => clock.forward(minutes(61)))

  const rows = async () => {
    const { read } = fixture.application.store
    const [journeys, counters, events] = await Promise.all([
      read.selectFrom('journeys').select('id').execute(),
      read.selectFrom('counters').select('key').where('name', '!=', 'global').execute(),
      read.selectFrom('audit_events').select('sequence').execute(),
    ])
    return journeys.length + counters.length + events.length
  }
  it.each([
    ['a wrong percent-encoding', '/fr/%zz'],
    ['an overlong encoding', '/fr/aide/%c0%ae'],
    ['a wrong encoding without a language', '/%'],
    ['a token that is too long', `/fr/ce-n-est-pas-moi/${'secret'.repeat(60)}`],
    ['a path that nothing answers', '/fr/nothing-here'],
  ])('%s is told by our own page, with the headers of every page, without the address', async (_, path) => {
    for (const method of ['GET', 'POST']) {
      const answer = await raw(`${fixture.url}${path}`, { method })
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.status).toBeLessThan(500)
      expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
      expect(answer.headers['content-security-policy']).toContain("default-src 'none'")
      expect(answer.headers['x-content-type-options']).toBe('nosniff')
      expect(answer.headers['cache-control']).toBe('no-store')
      expect(answer.body).toMatch(/SES-\w{4}-\w{3}/)
      expect(answer.body).not.toContain('secretsecret')
      expect(answer.body).not.toContain(path)
    }
  })

  it.each([
    [
      'two lengths of one body',
      'POST /fr/secret HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['no HTTP at all', 'secret\r\n\r\n', 400],
    ['too many headers', `GET /fr/secret HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
  ])('%s is refused in one line, with the headers of every page', async (_, sent, status) => {
    const { port, hostname } = new URL(fixture.url)
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => socket.write(sent))
      let text = ''
      socket.on('data', part => {
        text += part.toString('utf8')
      })
      socket.on('close', () => resolve(text))
      socket.on('error', reject)
    })
    expect(answer.split('\r\n')[0]).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(answer).toContain("content-security-policy: default-src 'none'")
    expect(answer).toContain('x-content-type-options: nosniff')
    expect(answer).not.toContain('secret')
  })

  it.each([
    ['204518\u200b', '14/07/1985'],
    ['\u202a204518\u202c', '14/07/1985'],
    ['20\u00ad4518', '\u200e14\u200e/\u200e07\u200e/\u200e1985'],
    ['204\u2011518', '14\u201107\u20111985'],
    ['204\u2013518', '14\u201307\u20131985'],
    ['204\u2212518', '14\u00a007\u202f1985'],
  ])(
    '%j and %j, copied with signs that nobody sees, are the number and the date',
    async (numero, naissance) => {
      const answer = await newVisitor(fixture.url).post(identify, { numero, naissance })
      expect(answer.location).toBe('/fr/mot-de-passe/question-joker')
    },
  )

  const entryPaths = (Object.keys(routes) as RouteName[])
    .filter(name => routes[name].get === 'same' && !routes[name].path.includes(':'))
    .flatMap(name => [hrefIn('fr')(name), hrefIn('en')(name), routes[name].path])

  it.each(entryPaths)(
    'GET %s knows nobody and leaves nothing: no cookie, no row, the same bytes with an ETag',
    async path => {
      const before = await rows()
      const headers = { 'accept-language': 'fr' }
      const [one, two] = [
        await raw(fixture.url + path, { headers }),
        await raw(fixture.url + path, { headers }),
      ]
      expect(one.status).toBe(200)
      expect(one.body).toBe(two.body)
      expect(one.headers['set-cookie']).toBe(undefined)
      const mark = { ...headers, 'if-none-match': String(one.headers.etag) }
      expect((await raw(fixture.url + path, { headers: mark })).status).toBe(304)
      expect(await rows()).toBe(before)
    },
  )

  it.each(['br', 'gzip', 'identity'])('a page sent as %s fits the first round trip', async encoding => {
    const answer = await fetch(`${fixture.url}/fr/`, { headers: { 'accept-encoding': encoding } })
    expect(answer.headers.get('content-encoding') ?? 'identity').toBe(encoding)
    expect(await answer.text()).toContain('</html>')
  })

  it('every page carries the headers of safety, and none says what runs here', async () => {
    const visitor = newVisitor(fixture.url)
    await visitor.answerJokerAsCamille()
    for (const path of ['/fr/', identify, '/fr/mot-de-passe/nouveau', '/fr/rien']) {
      const { headers } = await visitor.get(path)
      const policy = headers.get('content-security-policy') ?? ''
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toContain('unsafe-inline')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('same-origin')
      expect(headers.get('x-powered-by') ?? headers.get('server')).toBe(null)
    }
    const { headers } = await visitor.get('/fr/mot-de-passe/nouveau')
    expect(headers.get('cache-control')).toBe('no-store')
  })

  it('without a language in the path the browser decides, and `Vary` says so', async () => {
    const english = await raw(`${fixture.url}/`, { headers: { 'accept-language': 'en-GB,fr;q=0.5' } })
    expect(english.body).toContain('<html lang="en"')
    expect(english.headers.vary).toMatch(/Accept-Language/)
    expect((await raw(`${fixture.url}/`)).body).toContain('<html lang="fr"')
  })

  it.each([
    ['a foreign site', { 'sec-fetch-site': 'cross-site' }],
    ['a neighbour of the university', { 'sec-fetch-site': 'same-site' }],
    ['an address bar', { 'sec-fetch-site': 'none' }],
    ['a foreign origin', { origin: 'https://evil.example' }],
    ['a sandboxed page', { origin: 'null' }],
    ['nobody', {}],
  ])('a form sent by %s is refused, and changes nothing', async (_, headers) => {
    const before = await rows()
    const answer = await raw(fixture.url + identify, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(good).toString(),
    })
    expect(answer.status).toBe(403)
    expect(await rows()).toBe(before)
  })

  it('an old browser that sends only its origin passes', async () => {
    const answer = await raw(fixture.url + identify, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: fixture.url },
      body: new URLSearchParams(good).toString(),
    })
    expect(answer.status).toBe(303)
  })

  it.each([
    ['an array', 'numero=1&numero=2&naissance=1/2/1980'],
    ['a nested field', 'numero[a]=1&naissance=1/2/1980'],
    ['nothing', ''],
    ['U+0000', 'numero=1%002&naissance=1/2/1980'],
    ['a field too long', `numero=${'1'.repeat(300)}&naissance=1/2/1980`],
    ['__proto__', '__proto__[numero]=1&naissance=1/2/1980'],
  ])('%s did not come from our form: 400, no state, no trace', async (_, body) => {
    const before = await rows()
    const { status, html } = await newVisitor(fixture.url).post(identify, body)
    expect(status).toBe(400)
    expect(html).not.toMatch(/at .*\.(ts|js):\d+|node_modules/)
    expect(await rows()).toBe(before)
  })

  it('a body of a megabyte is refused before it is read completely', async () => {
    const { status } = await newVisitor(fixture.url).post(identify, `numero=${'1'.repeat(1_000_000)}`)
    expect(status).toBe(413)
  })

  it.each(['application/json', 'multipart/form-data; boundary=x', 'text/plain', 'application/xml'])(
    'a body of the kind %s is refused',
    async type => {
      const { status } = await newVisitor(fixture.url).post(identify, '{"numero":"1"}', {
        'content-type': type,
        'sec-fetch-site': 'same-origin',
      })
      expect(status).toBeGreaterThanOrEqual(400)
      expect(status).toBeLessThan(500)
    },
  )

  it.each(['evil.example', '127.0.0.1', 'localhost:1', '127.0.0.1:80@evil.example'])(
    'a forged host %s is refused',
    async host => {
      const answer = await raw(`${fixture.url}/fr/aide`, { headers: { host } })
      expect(answer.status).toBe(400)
      expect(answer.body).not.toContain('evil.example')
    },
  )

  it.each([
    (port: string) => `127.0.0.1:${port}`,
    (port: string) => `LOCALHOST:${port}`,
    (port: string) => `localhost.:${port}`,
    (port: string) => `LocalHost.:${port}`,
    (port: string) => `[0:0:0:0:0:0:0:1]:${port}`,
  ])('another spelling of the same host is the same host: %s', async hostFor => {
    const host = hostFor(new URL(fixture.url).port)
    expect((await raw(`${fixture.url}/fr/aide`, { headers: { host } })).status).toBe(200)
    // Origins are compared exactly: browsers have a single serialisation (RFC 6454 6.2).
    const forged = { host, origin: `http://${host.toUpperCase()}x` }
    expect((await raw(fixture.url + identify, { method: 'POST', headers: forged })).status).toBe(403)
  })

  it.each(['vers', 'second-element', 'cle-d-acces', 'confirmer'])(
    'a name that no page has is no address of sign-in: /connexion/%s/…',
    async step => {
      const visitor = newVisitor(fixture.url)
      const path = `/fr/connexion/${step}/evil.example`
      for (const answer of [
        await visitor.get(path),
        await visitor.post(path, { identifiant: 'clefevre', motdepasse: 'x', code: '000000' }),
      ]) {
        expect(answer.status).toBe(404)
        expect(answer.location).toBe(null)
      }
    },
  )

  it.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'])('%s is refused', async method => {
    const answer = await raw(`${fixture.url}/fr/aide`, { method })
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.status).toBeLessThan(500)
  })

  const otherMethods = ['PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
  const answersTo = (url: string, methods: readonly string[]) =>
    Promise.all(
      methods.map(async method => {
        const { status, headers } = await raw(url, { method })
        return [method, status, headers.allow]
      }),
    )

  it.each(Object.entries(routes))('%s refuses each other method and says which it has', async (_, route) => {
    const params: Readonly<Record<string, string>> = { page: 'compte', kind: 'numero-personnel' }
    const path = route.path.replace(/:(\w+)/g, (_name, name: string) => params[name] ?? 'x')
    const methods = 'post' in route ? 'GET, HEAD, POST' : 'GET, HEAD'
    const others = 'post' in route ? otherMethods : [...otherMethods, 'POST']
    for (const address of [path, `/fr${path}`, `/en${path.replace(/\/?$/, '/')}`, `/fr${path}?x=y`]) {
      const url = `${fixture.url}${address}`
      // Not every route has a page here, nor every parameter.
      if ((await raw(url)).status === 404) continue
      expect(await answersTo(url, others)).toEqual(others.map(method => [method, 405, methods]))
    }
  })

  it('an address without a page has no method', async () => {
    const methods = [...otherMethods, 'POST', 'GET']
    const answers = await answersTo(`${fixture.url}/fr/connexion/nothing-here`, methods)
    expect(answers).toEqual(methods.map(method => [method, 404, undefined]))
  })

  it('HEAD answers as GET does, without a body', async () => {
    const answer = await raw(`${fixture.url}/fr/aide`, { method: 'HEAD' })
    expect(answer.status).toBe(200)
    expect(answer.body).toBe('')
  })

  it('another browser cannot use a journey, even with the hidden field of its form', async () => {
    const visitor = newVisitor(fixture.url)
    await visitor.answerJokerAsCamille()
    const page = await visitor.get('/fr/mot-de-passe/nouveau')
    const stranger = newVisitor(fixture.url)
    const stolen = {
      nouveau: 'Tr0mbone&Cascade-3',
      confirmation: 'Tr0mbone&Cascade-3',
      charte: 'oui',
      demarche: visitor.refIn(page.html),
    }
    expect((await stranger.post('/fr/mot-de-passe/nouveau', stolen)).location).toBe(
      '/fr/demarche-introuvable/mot-de-passe',
    )
    await stranger.identify('numero-personnel', '204518', '14/07/1985')
    expect((await stranger.post('/fr/mot-de-passe/nouveau', stolen)).location).toBe(
      '/fr/mot-de-passe/question-joker?autre=oui',
    )
  })

  it('a network that identifies too often is told when to come back', async () => {
    const visitor = newVisitor(fixture.url)
    let last = await visitor.identify('numero-personnel', '1', '99')
    for (let sent = 1; sent < 60; sent += 1) {
      clock.forward(50)
      last = await visitor.identify('numero-personnel', '1', '99')
    }
    expect(last.status).toBe(422)
    const refused = await visitor.identify('numero-personnel', '204518', '14/07/1985')
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(textOf(refused.html)).toMatch(/minutes/)
    clock.forward(minutes(11))
    expect((await visitor.identify('numero-personnel', '204518', '14/07/1985')).status).toBe(303)
  })

  it('logs names of routes and references, never what was typed', async () => {
    const visitor = newVisitor(fixture.url)
    await visitor.answerJokerAsCamille()
    await visitor.choose('Tr0mbone&Cascade-77')
    await visitor.get('/fr/ce-n-est-pas-moi/abcdefghijklmnopqrstuvwxyz012345')
    const all = fixture.lines.join('\n')
    expect(fixture.lines.length).toBeGreaterThan(3)
    for (const typed of [
      '204518',
      '14/07',
      '1985',
      'Félix',
      'felix',
      'Tr0mbone',
      'abcdefghijkl',
      '127.0.0.1',
    ])
      expect(all).not.toContain(typed)
  })

  it('says that it is alive, and ready; and which part is away to the operator alone', async () => {
    expect((await raw(`${fixture.url}/healthz`)).status).toBe(200)
    const ask = (url: string | null) => raw(`${url}/readyz`)
    await expect.poll(async () => (await ask(fixture.url)).status).toBe(200)
    expect(JSON.parse((await ask(fixture.url)).body)).toEqual({ ready: true, age: expect.any(Number) })
    const response = await ask(fixture.portal.adminUrl)
    const parts = { directory: true, store: true, disk: true, keys: true, mail: true }
    expect([response.status, JSON.parse(response.body)]).toEqual([
      200,
      {
        ...{ ready: true, age: expect.any(Number), parts },
        durations: Object.fromEntries(Object.keys(parts).map(part => [part, expect.any(Number)])),
      },
    ])
  })

  it('answers a monitor that adds a query, by whatever name it reaches the machine', async () => {
    const { adminUrl } = fixture.portal
    for (const url of [`${adminUrl}/metrics`, `${adminUrl}/readyz`])
      expect((await raw(`${url}?instance=one`)).status).toBe(200)
    for (const path of ['/healthz', '/readyz', '/healthz?from=monitor', '/readyz?from=monitor'])
      expect((await raw(`${fixture.url}${path}`, { headers: { host: 'machine.internal' } })).status).toBe(200)
    for (const url of [`${adminUrl}/metricsx?a`, `${adminUrl}/fr/?/metrics`])
      expect((await raw(url)).status).toBe(404)
  })

  it('the listener of the operator obeys no name that a page of another site could take, and changes nothing', async () => {
    const url = `${fixture.portal.adminUrl}/readyz`
    expect((await raw(url, { headers: { host: 'evil.example' } })).status).toBe(400)
    expect((await raw(url, { method: 'POST' })).status).toBe(405)
    expect((await raw(`${fixture.portal.adminUrl}/fr/`)).status).toBe(404)
  })
})

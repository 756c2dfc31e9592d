import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RouteName, routes } from '../../src/routes.ts'
import { type PortalFixture, startPortal } from '../world/portal.ts'
import { fc } from '../world/properties.ts'
import { newVisitor } from '../world/visitor.ts'

type ObservedForm = {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body: Buffer
}

const nasty = fc.constantFrom(
  '%00',
  '%ff%fe',
  '..%2f..%2fetc',
  '%c0%ae%c0%ae',
  "' or 1=1--",
  '*)(uid=*))(|(uid=*',
  '<script>',
  '{{7*7}}',
  '#{7*7}',
  '\u202e',
  '𝕊',
  'a'.repeat(5000),
  '-1',
  '1e999',
  'null',
  '[object Object]',
  '\r\nSet-Cookie: x=1',
  'é',
)
const text = fc.oneof(nasty, fc.string({ maxLength: 60 }))
const strange = text.map(value => encodeURIComponent(value.slice(0, 300)).replace(/'/g, '%27'))
/** Now and then a name that exists: what lies behind it is asked too. */
const segment = fc.oneof(
  strange,
  fc.constantFrom('compte', 'adresses', 'mail', 'mobile', 'ine', 'journal.csv'),
)
const names = Object.keys(routes) as RouteName[]

const path = fc
  .tuple(
    fc.constantFrom('', '/fr', '/fr', '/fr', '/en', '/en', '/de', '/fr/fr'),
    fc.constantFrom(...names),
    segment,
    fc.constantFrom('', '', '', '', '', '', '?', '?a=1&a=2', '?__proto__[x]=1', '#x', '/', '//', '/..'),
  )
  .map(([language, name, value, tail]) => `${language}${routes[name].path.replace(/:\w+/g, value)}${tail}`)

const fieldName = fc.constantFrom(
  'numero',
  'naissance',
  'reponse',
  'demarche',
  'nouveau',
  'confirmation',
  'charte',
  'identifiant',
  'motdepasse',
  'jeton',
  'session',
  'code',
  'cle',
  'action',
  'nom',
  'ancien',
  'question',
  'propre',
  'contact',
  'passer',
  'renvoyer',
  'changer',
  'faire',
  'mail',
  'mobile',
  'laquelle',
  'frais',
  'logoutRequest',
  'logout_token',
  '__proto__',
  'constructor',
  '',
)
/** Browsers in the middle of a journey or a session. */
const browsers = ['at-joker', 'at-new-password', 'at-activation-code', 'at-identifier', 'signed-in'] as const
type StartedBrowser = (typeof browsers)[number]

/** What a signed-in person does by a bare click there, whatever else is sent: no fuzz, but what they ask for. */
const bareClicks = [routes.signOut.path, routes.firstDay.path]

/** Fields as no form of ours sends them: repeated, nested, in bytes that are no UTF-8. */
const brokenBody = fc.oneof(
  fc
    .tuple(fieldName, text, text)
    .map(
      ([name, a, b]) =>
        `${name}=${encodeURIComponent(a.toWellFormed())}&${name}=${encodeURIComponent(b.toWellFormed())}`,
    ),
  fc.tuple(fieldName, text).map(([name, a]) => `${name}[x][]=${encodeURIComponent(a.toWellFormed())}`),
  fc.uint8Array({ maxLength: 200 }).map(bytes => Buffer.from(bytes).toString('latin1')),
  fc.constant('a=%'),
  fc.constant('&'.repeat(2000)),
  fc.constant(`numero=${'1'.repeat(20_000)}`),
)
const types = fc.constantFrom(
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=utf-16',
  'application/json',
  'multipart/form-data; boundary=b',
  'text/plain',
  'x',
  '',
)
const headers = fc.record(
  {
    'content-type': types,
    cookie: fc.oneof(
      fc.constant(''),
      fc.constant(`__Host-journey=${'a'.repeat(32)}`),
      fc.constant('__Host-journey=;;;=; __Host-journey=x'),
      fc.constant('a='.repeat(500)),
      fc.constant('__Host-known="; DROP'),
      // Replaced by the handles of journeys that are under way.
      fc.constantFrom(...browsers),
    ),
    'sec-fetch-site': fc.constantFrom('same-origin', 'same-origin', 'cross-site', 'none', ''),
    origin: fc.constantFrom('', 'null', 'https://evil.example'),
    'accept-language': fc.constantFrom('fr', 'en', '', ';;;q=', 'x'.repeat(2000)),
    'accept-encoding': fc.constantFrom('br', 'gzip', 'identity;q=0', '*;q=0', 'compress'),
    'x-forwarded-for': fc.constantFrom('1.2.3.4', '::1, ::1', 'nonsense'),
    'x-http-method-override': fc.constantFrom('DELETE', ''),
    host: fc.constantFrom(...Array<string>(20).fill('own'), 'evil.example', 'own:80', ''),
    'if-none-match': fc.constantFrom('', '*', '"x"'),
    range: fc.constantFrom('', 'bytes=0-1', 'bytes=9-1'),
    expect: fc.constantFrom('', '', '', '100-continue'),
  },
  { requiredKeys: [] },
)

const fuzzed: fc.Arbitrary<ObservedForm> = fc
  .record({
    method: fc.constantFrom(
      'GET',
      'GET',
      'POST',
      'POST',
      'POST',
      'HEAD',
      'PUT',
      'DELETE',
      'PATCH',
      'OPTIONS',
      'PROPFIND',
    ),
    path,
    headers,
    body: brokenBody,
  })
  .map(({ body, ...sent }) => ({ ...sent, body: Buffer.from(body, 'latin1') }))

/** Nothing of it may reach the server where people sign in: none of these browsers left for there. */
const elsewhere = { server: { kind: 'cas', url: 'http://127.0.0.1:9/cas' } }
const here = { server: undefined }

describe.each([
  { name: 'with its own page of sign-in', signIn: here, runs: 6000 },
  { name: 'whose people sign in elsewhere', signIn: elsewhere, runs: 3000 },
])('the portal $name, under strange requests', ({ signIn, runs }) => {
  let fixture: PortalFixture
  /** Journeys and a session that were left open: nothing that is sent may move them. */
  let live: Readonly<Record<StartedBrowser, string>>
  beforeAll(async () => {
    const limits = {
      identificationPerNetwork: 1e9,
      signInPerNetwork: 1e9,
      proofChangesPerPerson: 1e9,
      postsPerSecond: 1e9,
      postsPerSecondPerNetwork: 1e9,
    }
    fixture = await startPortal({ directory: 'embedded', store: 'SQLite', config: { limits, signIn } })
    const left = async (work: (visitor: ReturnType<typeof newVisitor>) => Promise<unknown>) => {
      const visitor = newVisitor(fixture.url)
      await work(visitor)
      expect(visitor.cookies.size).toBeGreaterThan(0)
      return [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    }
    const identify = (journeyKind: string, kind: string, numero: string, naissance: string) =>
      left(visitor => visitor.post(`/fr/${journeyKind}/identification/${kind}`, { numero, naissance }))
    const session = async () => {
      const found = await fixture.application.directory.findLogin('ybenali')
      if (!found.ok || !found.person) throw new Error('nobody')
      const { id } = found.person
      const ask = { cookie: () => null, device: '', network: { id: 'n', campus: false } }
      const by = signIn.server ? 'cas' : 'embedded'
      const opened = await fixture.application.store.transaction(tx =>
        fixture.application.accounts.sessions.signInAs(tx, id, { by, request: ask }),
      )
      return opened?.value ?? ''
    }
    live = {
      'at-joker': await identify('mot-de-passe', 'numero-etudiant', '22104587', '3/11/2004'),
      'at-new-password': await left(visitor => visitor.answerJokerAsCamille()),
      'at-activation-code': await identify('activation', 'numero-etudiant', '22609431', '29/2/2008'),
      'at-identifier': await identify('identifiant', 'numero-etudiant', '22104587', '3/11/2004'),
      'signed-in': `__Host-session=${await session()}`,
    }
  })
  afterAll(() => fixture?.stop())

  const send = ({ method, path: asked, headers: given, body }: ObservedForm) =>
    new Promise<{ status: number; location: string }>((resolve, reject) => {
      const { port } = new URL(fixture.url)
      const own = `127.0.0.1:${port}`
      const named = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''))
      const asks = method === 'POST' && bareClicks.some(click => asked.includes(click))
      const browser = browsers.find(one => one === named.cookie)
      if (browser) named.cookie = live[browser === 'signed-in' && asks ? 'at-joker' : browser]
      const host = String(given.host ?? 'own').replace('own', own)
      const withBody = method === 'GET' || method === 'HEAD' ? Buffer.alloc(0) : body
      const sent = request(
        {
          host: '127.0.0.1',
          port,
          method,
          path: asked.replace(/[^\x21-\x7e]/g, '') || '/',
          headers: { ...named, host, 'content-length': withBody.length },
        },
        answer => {
          answer.resume()
          answer.on('end', () =>
            resolve({ status: answer.statusCode ?? 0, location: answer.headers.location ?? '' }),
          )
        },
      )
      sent.on('error', fault =>
        (fault as NodeJS.ErrnoException).code === 'ECONNRESET'
          ? resolve({ status: 400, location: '' })
          : reject(fault),
      )
      sent.setTimeout(60_000, () => reject(new Error('no answer')))
      sent.end(withBody)
    })

  /**
   * Every row except those of limits and audit, and those that a single button creates (the challenge of a passkey, a redirect to
   * the institution's server): they belong to one browser, expire, and give access to nothing.
   */
  const state = async () => {
    const { read } = fixture.application.store
    const tables = (await read.introspection.getTables())
      .map(({ name }) => name)
      .filter(
        name =>
          !/^(counters|audit_.*|schema_migrations|pending_sign_ins|external_sign_ins|passkey_challenges|key_holders)$/.test(
            name,
          ),
      )
    const held = tables.map(
      async table =>
        [
          table,
          await read
            .selectFrom(table as 'journeys')
            .selectAll()
            .execute(),
        ] as const,
    )
    const rows = Object.fromEntries(await Promise.all(held))
    return {
      ...rows,
      // A request to an account page resets the idle time of the session.
      sessions: rows.sessions?.map(session => ({ ...session, seen_at: 0 })),
      // Background jobs: the heartbeat writes to the store, and each entry is looked for once a day.
      installation: rows.installation?.map(row => ({ ...row, checks: 0 })),
      people: rows.people?.map(row => ({ ...row, checked_at: 0 })),
    }
  }

  it(`answers ${runs} of them with 4xx or a page, never 5xx, and nothing changes`, {
    timeout: 240_000,
  }, async () => {
    const before = await state()
    const seen = new Map<number, number>()
    const property = fc.asyncProperty(fuzzed, async sent => {
      const { status, location } = await send(sent)
      seen.set(status, (seen.get(status) ?? 0) + 1)
      expect(status).toBeLessThan(500)
      if (sent.method === 'GET' || sent.method === 'HEAD') return
      // A form of another step is redirected to the current step, without any other effect.
      if (status === 303) expect(location).toMatch(/^\/(fr|en)\/[\w-]/)
      else expect(status).toBeGreaterThanOrEqual(400)
    })
    const result = await fc.check(property, { numRuns: runs })
    const account = await newVisitor(fixture.url, { cookie: live['signed-in'] }).get('/fr/compte/sessions')
    expect(account.status, 'the signed-in browser was there until the end').toBe(200)
    console.log(`fuzz: seed ${result.seed}, statuses ${JSON.stringify([...seen].sort())}`)
    expect(result.failed, `${result.errorInstance} ${JSON.stringify(result.counterexample)}`).toBe(false)
    expect(await state()).toEqual(before)
    expect(fixture.lines.filter(line => line.includes('"status":500'))).toEqual([])
  })
})

import { request } from 'node:http'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RouteName, routes } from '../../src/routes.ts'
import { type Rig, startPortal } from '../world/portal.ts'
import { newVisitor } from '../world/visitor.ts'

type Sent = {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body: Buffer
}

const nasty = fc.constantFrom(
  ...[
    '%00',
    '%ff%fe',
    '..%2f..%2fetc',
    '%c0%ae%c0%ae',
    "' or 1=1--",
    '*)(uid=*))(|(uid=*',
    '<script>',
    '{{7*7}}',
    '#{7*7}',
  ],
  ...['\u202e', '𝕊', 'a'.repeat(5000), '-1', '1e999', 'null', '[object Object]', '\r\nSet-Cookie: x=1', 'é'],
)
const text = fc.oneof(nasty, fc.string({ maxLength: 60 }))
const segment = text.map(value => encodeURIComponent(value.slice(0, 300)).replace(/'/g, '%27'))
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
  '__proto__',
  'constructor',
  '',
)
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
      fc.constantFrom('at-joker', 'at-new-password'),
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

const fuzzed: fc.Arbitrary<Sent> = fc
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

describe('the portal under strange requests', () => {
  let rig: Rig
  /** Two journeys that somebody left open: nothing that is sent may move them. */
  const live: Record<string, string> = {}
  beforeAll(async () => {
    const limits = {
      identificationPerNetwork: 1e9,
      signInPerNetwork: 1e9,
      postsPerSecond: 1e9,
      postsPerSecondPerNetwork: 1e9,
    }
    rig = await startPortal({ directory: 'embedded', store: 'SQLite', config: { limits } })
    const [asked, proved] = [newVisitor(rig.url), newVisitor(rig.url)]
    await asked.identify('numero-etudiant', '22104587', '3/11/2004')
    await proved.proveCamille()
    live['at-joker'] = `__Host-journey=${asked.cookies.get('__Host-journey')}`
    live['at-new-password'] = `__Host-journey=${proved.cookies.get('__Host-journey')}`
  })
  afterAll(() => rig?.stop())

  const send = ({ method, path: asked, headers: given, body }: Sent) =>
    new Promise<{ status: number; location: string }>((resolve, reject) => {
      const { port } = new URL(rig.url)
      const own = `127.0.0.1:${port}`
      const named = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''))
      if (live[named.cookie as string]) named.cookie = live[named.cookie as string] ?? ''
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
      sent.setTimeout(10_000, () => reject(new Error('no answer')))
      sent.end(withBody)
    })

  /**
   * Every row but those that count and tell what came (doors and audit), and the challenge that the bare button « clé
   * d'accès » asks for: it belongs to a browser, ends by itself and opens nothing.
   */
  const state = async () => {
    const { read } = rig.house.store
    const tables = (await read.introspection.getTables())
      .map(({ name }) => name)
      .filter(name => !/^(counters|audit_.*|schema_migrations|half_sign_ins|passkey_challenges)$/.test(name))
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
    return Object.fromEntries(await Promise.all(held))
  }

  it('answers 6,000 of them with 4xx or a page, never 5xx, and nothing changes', {
    timeout: 240_000,
  }, async () => {
    const before = await state()
    const seen = new Map<number, number>()
    const property = fc.asyncProperty(fuzzed, async sent => {
      const { status, location } = await send(sent)
      seen.set(status, (seen.get(status) ?? 0) + 1)
      expect(status).toBeLessThan(500)
      if (sent.method === 'GET' || sent.method === 'HEAD') return
      // Whoever is not where a form belongs is led to where they are, and nothing else happens.
      if (status === 303) expect(location).toMatch(/^\/(fr|en)\/[\w-]/)
      else expect(status).toBeGreaterThanOrEqual(400)
    })
    const told = await fc.check(property, { numRuns: 6000 })
    console.log(`fuzz: seed ${told.seed}, statuses ${JSON.stringify([...seen].sort())}`)
    expect(told.failed, `${told.errorInstance} ${JSON.stringify(told.counterexample)}`).toBe(false)
    expect(await state()).toEqual(before)
    expect(rig.lines.filter(line => line.includes('"status":500'))).toEqual([])
  })
})

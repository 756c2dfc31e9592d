import { describe, expect, it } from 'vitest'
import { fc } from '../../test/world/properties.ts'
import { networkOf } from '../limits/network.ts'
import { cookieLine, declareCookie, readCookie } from './cookies.ts'
import { checkbox, field, optionalField } from './form.ts'
import { preferredLanguage } from './language.ts'
import { isFromOurPages } from './origin.ts'

const ours = 'https://sesame.univ.example'

describe('a form is from our own pages', () => {
  it.each([
    [{ 'sec-fetch-site': 'same-origin' }, true],
    [{ 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' }, true],
    [{ 'sec-fetch-site': 'same-site', origin: ours }, false],
    [{ 'sec-fetch-site': 'cross-site', origin: ours }, false],
    [{ 'sec-fetch-site': 'none', origin: ours }, false],
    [{ 'sec-fetch-site': '' }, false],
    [{ 'sec-fetch-site': ['same-origin', 'same-origin'] }, false],
    [{ origin: ours }, true],
    [{ origin: `${ours}:444` }, false],
    [{ origin: 'http://sesame.univ.example' }, false],
    [{ origin: 'https://sesame.univ.example.evil.example' }, false],
    [{ origin: 'null' }, false],
    [{}, false],
  ])('%j: %s', (headers, expected) => {
    expect(isFromOurPages(headers, ours)).toBe(expected)
  })
})

describe('the network of an address', () => {
  it.each([
    ['192.0.2.77', '192.0.2.0/24'],
    ['::ffff:192.0.2.77', '192.0.2.0/24'],
    ['2001:db8:1:2ff:aa::1', '2001:db8:1:200::/56'],
    ['2001:db8:1:201::1', '2001:db8:1:200::/56'],
    ['2001:db8:1:300::1', '2001:db8:1:300::/56'],
    ['::1', '0:0:0:0::/56'],
    ['fe80::1%eth0', 'fe80:0:0:0::/56'],
    ['nonsense', 'unknown'],
  ])('%s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network)
  })
})

describe('a cookie', () => {
  const journey = declareCookie('journey')

  it('is bound to this host, hidden from scripts, and sent over TLS only', () => {
    const line = cookieLine(journey, 'a'.repeat(32), 60)
    expect(line).toBe(`__Host-journey=${'a'.repeat(32)}; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Lax`)
  })

  it('is read only when it has the shape of a handle', () => {
    const good = 'b'.repeat(32)
    expect(readCookie(`x=1; __Host-journey=${good}; y=2`, journey)).toBe(good)
    for (const bad of ['', 'short', `${good}'--`, 'ö'.repeat(32), 'c'.repeat(65)])
      expect(readCookie(`__Host-journey=${bad}`, journey)).toBe(null)
    expect(readCookie(`journey=${good}`, journey)).toBe(null)
    expect(readCookie(undefined, journey)).toBe(null)
  })
})

describe('a field', () => {
  it.each([[['a', 'b']], [{ a: 1 }], [12], [null], ['x'.repeat(201)], ['a\u0000b'], ['a\ud800b']])(
    'refuses %j, which our forms never send',
    value => {
      expect(field(200).safeParse(value).success).toBe(false)
      expect(optionalField(200).safeParse(value).success).toBe(false)
    },
  )

  it('keeps the typed text unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), typed => {
        fc.pre(!typed.includes('\u0000') && typed.length <= 200)
        expect(field(200).parse(typed)).toBe(typed)
      }),
    )
  })

  it('of a checkbox is true when present', () => {
    expect(checkbox().parse('oui')).toBe(true)
    expect(checkbox().parse(undefined)).toBe(false)
    expect(checkbox().safeParse(['oui', 'oui']).success).toBe(false)
  })
})

it.each([
  [undefined, 'fr'],
  ['*', 'fr'],
  ['fr-FR,fr;q=0.9,en;q=0.8', 'fr'],
  ['en-GB,en;q=0.9,fr;q=0.8', 'en'],
  ['de-DE,de;q=0.9', 'en'],
  ['de,fr;q=0.1', 'fr'],
  ['en;q=0,fr;q=0.5', 'fr'],
  [',,,;;;q=', 'en'],
] as const)('a browser that accepts %j gets %s', (header, language) => {
  expect(preferredLanguage(header)).toBe(language)
})

import { describe, expect, it } from 'vitest'
import { inRanges, isRange, readAddress } from './address.ts'
import { createNetworkResolver, networkOf } from './network.ts'

/** The forms in which sockets and proxies write an address. */
const forms = (address: string) =>
  address.includes(':')
    ? [address, address.toUpperCase(), `[${address}]`, `[${address}]:443`, `${address}%eth0`, ` ${address} `]
    : [
        address,
        `${address}:443`,
        `${address}:65535`,
        ` ${address} `,
        `::ffff:${address}`,
        `[::ffff:${address}]:1`,
      ]

const one = [
  ['192.0.2.77', '192.0.2.0/24'],
  ['::ffff:c000:24d', '192.0.2.0/24'],
  ['0:0:0:0:0:ffff:c000:24d', '192.0.2.0/24'],
  ['127.0.0.1', '127.0.0.0/24'],
  ['::ffff:7f00:1', '127.0.0.0/24'],
  ['2001:db8:1:2ff:aa::1', '2001:db8:1:200::/56'],
  ['2001:0db8:0001:02ff:00aa:0000:0000:0001', '2001:db8:1:200::/56'],
  ['fe80::1', 'fe80:0:0:0::/56'],
  ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/56'],
] as const

describe('an address has the same network in every spelling', () => {
  it.each(one.flatMap(([address, network]) => forms(address).map(text => [text, network])))(
    '%s is in %s',
    (text, network) => {
      expect(networkOf(text)).toBe(network)
    },
  )

  it.each([
    '',
    'unknown',
    '_hidden',
    'nonsense',
    '192.0.2',
    '192.0.2.256',
    '192.0.2.1:',
    '192.0.2.1:123456',
    '192.0.2.1:x',
    '[192.0.2.1]:443',
    '2001:db8::1]:443',
    '[2001:db8::1',
    '[2001:db8::1]443',
    '[nonsense]:1',
    '1::2::3',
    'portail.univ.example:443',
  ])('%j is not an address', text => {
    expect(readAddress(text)).toBe(null)
    expect(networkOf(text)).toBe('unknown')
  })
})

describe('a campus network is recognised in every spelling', () => {
  const isCampus = inRanges([
    '192.0.2.0/24',
    '2001:db8:1::/48',
    '::ffff:198.51.100.0/120',
    '10.0.0.0/255.0.0.0',
  ])
  const campusAt = (text: string) => createNetworkResolver(() => Buffer.alloc(32), isCampus)(text).campus

  it.each(['192.0.2.9', '::ffff:c000:209', '2001:db8:1:ff::9', '198.51.100.7', '10.200.3.4'].flatMap(forms))(
    '%s is in it',
    text => {
      expect(campusAt(text)).toBe(true)
    },
  )

  it.each(['192.0.3.9', '2001:db8:2::9', '198.51.101.7', '11.0.0.1', '::c000:209'].flatMap(forms))(
    '%s is not in it',
    text => {
      expect(campusAt(text)).toBe(false)
    },
  )

  it('an unreadable address is on no campus, even if the campus is every network', () => {
    const whole = createNetworkResolver(() => Buffer.alloc(32), inRanges(['0.0.0.0/1', '128.0.0.0/1']))
    expect([whole('nonsense').campus, whole('192.0.2.1').campus]).toEqual([false, true])
  })
})

it.each([
  ['192.0.2.0/24', true],
  ['192.0.2.7', true],
  ['2001:db8::/32', true],
  ['loopback', true],
  ['10.0.0.0/255.0.0.0', true],
  ['192.0.2.0/33', false],
  ['192.0.2.0/0', false],
  ['192.0.2.0/', false],
  ['192.0.2.0/24/8', false],
  ['192.0.2/24', false],
  ['2001:db8::/129', false],
  ['10.0.0.0/255.0.255.0', false],
  ['192.0.2.1:443', false],
  ['proxy.univ.example', false],
  ['', false],
])('%j as a network of the configuration: %s', (text, good) => {
  expect(isRange(text)).toBe(good)
})

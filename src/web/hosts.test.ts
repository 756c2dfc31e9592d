import { describe, expect, it } from 'vitest'
import { createHostCheck } from './hosts.ts'

const variantsOf = (host: string, port: string) => [
  `${host}${port}`,
  `${host.toUpperCase()}${port}`,
  `${host}.${port}`,
  `${host.toUpperCase()}.${port}`,
]

describe.each([
  ['https://sesame.univ.example', ['', ':', ':443'], [':80', ':8443', ':0443', ':4430']],
  ['http://localhost', ['', ':', ':80'], [':443', ':3000']],
  ['https://sesame.univ.example:8443', [':8443'], ['', ':443']],
  ['https://sesame.univ.example./portail', ['', ':443'], [':80']],
] as const)('%s', (url, good, bad) => {
  const host = new URL(url).hostname.replace(/\.$/, '')
  const isOurs = createHostCheck(new URL(url))

  it.each(good.flatMap(port => variantsOf(host, port)))('%s is the same host', written => {
    expect(isOurs(written)).toBe(true)
  })

  it.each([
    ...bad.flatMap(port => variantsOf(host, port)),
    ...good.flatMap(port => [
      `evil.example${port}`,
      `${host}..${port}`,
      `.${host}${port}`,
      `${host}.evil.example${port}`,
      `a@${host}${port}`,
      `${host}${port}@evil.example`,
      `${host}:443:443`,
      `${host}${port} evil.example`,
      `${host}${port}, evil.example`,
      `${host}/${port}`,
      `${host}%2e${port}`,
    ]),
    '',
    '.',
    ':443',
    '[::1',
    '[]',
  ])('%s is another host', written => {
    expect(isOurs(written)).toBe(false)
  })

  it('refuses a missing header', () => {
    expect(isOurs(undefined)).toBe(false)
  })
})

it('compares an IPv6 host as an address', () => {
  const isOurs = createHostCheck(new URL('https://[2001:db8::1]'))
  for (const same of ['[2001:DB8::1]', '[2001:db8:0:0:0:0:0:1]:443']) expect(isOurs(same)).toBe(true)
  for (const other of ['[2001:db8::2]', '2001:db8::1', '[2001:db8::1%251]']) expect(isOurs(other)).toBe(false)
})

import { describe, expect, it } from 'vitest'
import { md4 } from './md4.ts'
import { ntHash } from './nt-hash.ts'

/** RFC 1320, appendix A.5. */
const published = [
  ['', '31d6cfe0d16ae931b73c59d7e0c089c0'],
  ['a', 'bde52cb31de33e46245e05fbdbd6fb24'],
  ['abc', 'a448017aaf21d8525fc10ae87aa6729d'],
  ['message digest', 'd9130a8164549fe818874806e1c7014b'],
  ['abcdefghijklmnopqrstuvwxyz', 'd79e1c308aa5bbcdeea8ed63df412da9'],
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', '043f8582f241db351ce627e153e7f0e4'],
  [
    '12345678901234567890123456789012345678901234567890123456789012345678901234567890',
    'e33b4ddc9c38f2199c3e7b164fcc0536',
  ],
] as const

/** By `openssl dgst -provider legacy -md4`. */
const edges = [
  [55, 'c889c81dd86c4d2e025778944ea02881'],
  [56, 'd5f9a9e9257077a5f08b0b92f348b0ad'],
  [63, '7ea3da77432d44c323671097d1348fc8'],
  [64, '52f5076fabd22680234a3fa9f9dc5732'],
  [119, 'e65dd227ccef97fa1d34d70189120f76'],
  [120, 'b03ddbd470b47c013e0c7ab2ddd763db'],
] as const

describe('MD4', () => {
  it.each(published)('of « %s » is the value of RFC 1320', (message, digest) => {
    expect(md4(Buffer.from(message)).toString('hex')).toBe(digest)
  })

  it.each(edges)(
    'of %i times « a », around a block boundary, is the value of OpenSSL 3',
    (length, digest) => {
      expect(md4(Buffer.alloc(length, 'a')).toString('hex')).toBe(digest)
    },
  )
})

describe('the NT hash', () => {
  it('of « password » is the well-known value', () => {
    expect(ntHash('password')).toBe('8846F7EAEE8FB117AD06BDD830B7586C')
  })

  it('depends on the Unicode form of an accent: both values were measured with FreeRADIUS', () => {
    expect(ntHash('café'.normalize('NFC'))).toBe('B1DB12409C00D1FC586FC48ECADC36A1')
    expect(ntHash('café'.normalize('NFD'))).toBe('50965C7D66816615D00B747B69EA4BA5')
  })
})

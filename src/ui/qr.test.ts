import { encode } from 'uqr'
import { expect, it } from 'vitest'
import { QrCode } from './qr.tsx'

const text = `otpauth://totp/Universit%C3%A9:clefevre?secret=${'ABCDEFGH'.repeat(4)}&issuer=Universit%C3%A9&period=30`

/** Where a line of the path passes, module by module. */
const drawn = (path: string) => {
  const seen: string[] = []
  let [x, y] = [0, 0]
  for (const [, command, first = '', second = ''] of path.matchAll(/([Mmh])([\d.]+)(?: ([\d.]+))?/g)) {
    if (command === 'M') [x, y] = [Number(first), Math.floor(Number(second))]
    else if (command === 'm') x += Number(first)
    else for (const end = x + Number(first); x < end; x += 1) seen.push(`${x} ${y}`)
  }
  return seen
}

it('draws each dark module of a code and no other, in few characters', () => {
  const [, ink] = (QrCode({ text, label: 'code' }).props.children as { props: { d: string } }[]) ?? []
  const path = ink?.props.d ?? ''
  const { data } = encode(text, { ecc: 'M', border: 4 })
  expect(drawn(path)).toEqual(data.flatMap((row, y) => row.flatMap((on, x) => (on ? [`${x} ${y}`] : []))))
  expect(path.length).toBeLessThan(6000)
})

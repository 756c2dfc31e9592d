import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { fc } from '../../test/world/properties.ts'
import { root } from '../../test/world/root.ts'
import { contrastOf } from './contrast.ts'
import { branding } from './theme.ts'
import { iconContrastOf, usableBranding } from './usable-branding.ts'

const folder = mkdtempSync(join(tmpdir(), 'sesame-branding-'))
afterAll(() => rmSync(folder, { recursive: true }))

const looked = (given: object) => usableBranding(branding.parse(given))

describe('the contrast of the two colours in the icon', () => {
  it('is computed as WCAG does', () => {
    expect(contrastOf('#000000', '#ffffff')).toBeCloseTo(21)
    expect(contrastOf('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
  })

  it('suffices for the colours of the product', () => {
    expect(looked({}).faults).toEqual([])
    expect(iconContrastOf(branding.parse({}))).toBeGreaterThan(4)
  })

  it.each([
    ['#ffee00', '#f0b63c', '1.52', '#a9802a'],
    ['#003b71', '#000000', '1.86', '#848484'],
    ['#ffffff', '#ffffff', '1.00', '#949494'],
    ['#767676', '#767676', '1.00', '#2d2d2d'],
  ])('of %s and %s is refused with the nearest colour', (primary, accent, ratio, near) => {
    const { branding: used, faults } = looked({ primary, accent })
    expect(faults.map(({ sentence }) => sentence)).toEqual([
      `\`branding.accent\` ${accent} has a contrast of ${ratio}:1 on \`branding.primary\` ${primary}, and the icon needs 3:1 (WCAG 1.4.11). The nearest colour that has it, ${near}, is used.`,
    ])
    expect(used.accent).toBe(near)
  })

  it('is 3:1 at least for any two colours once the accent is usable', () => {
    const colour = fc.nat({ max: 0xffffff }).map(value => `#${value.toString(16).padStart(6, '0')}`)
    fc.assert(
      fc.property(colour, colour, (primary, accent) => {
        const { branding: used, faults } = looked({ primary, accent })
        expect(iconContrastOf(used)).toBeGreaterThanOrEqual(3)
        expect(faults.length).toBe(contrastOf(primary, accent) < 3 ? 1 : 0)
      }),
    )
  })
})

describe('a logo', () => {
  const png = readFileSync(join(root, 'src/ui/icons/icon-192.png'))
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'

  it.each<[name: string, content: string | Buffer, line: number | null, sentence: string | null]>([
    ['whole.png', png, null, null],
    ['drawn.svg', svg, null, null],
    ['cut.png', png.subarray(0, -1), null, 'is no whole PNG picture.'],
    ['other.jpg', png, null, 'is no whole JPG picture.'],
    ['other.jpeg', svg, null, 'is no whole JPG picture.'],
    ['other.webp', 'RIFF', null, 'is no whole WEBP picture.'],
    ['other.gif', 'GIF89a', null, 'is no SVG, PNG, JPEG or WebP file.'],
    ['large.svg', svg.padEnd(32_769), null, 'has 32769 bytes, of 32768 at most: make it smaller.'],
    [
      'script.svg',
      svg.replace('<path', '\n<script/><path'),
      2,
      'holds <script>: a logo is a drawing that does nothing.',
    ],
    [
      'latin.svg',
      Buffer.from(svg.replace('<path', '<title>é</title><path'), 'latin1'),
      1,
      'is not in UTF-8: save the file as UTF-8 (in Excel: « CSV UTF-8 »; from Windows: iconv -f WINDOWS-1252 -t UTF-8).',
    ],
  ])('%s is shown, or named with its fault', (name, content, line, sentence) => {
    const file = join(folder, name)
    writeFileSync(file, content)
    for (const setting of ['logoFile', 'mailLogoFile'] as const) {
      const { branding: used, faults } = looked({ [setting]: file })
      const instead = setting === 'logoFile' ? 'The product’s drawing is used.' : 'Mails show no logo.'
      expect(faults).toEqual(
        sentence === null
          ? []
          : [{ setting: `branding.${setting}`, file, line, sentence: `${sentence} ${instead}` }],
      )
      expect(used[setting]).toBe(sentence === null ? file : undefined)
    }
  })
})

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contrastOf } from '../../src/ui/contrast.ts'
import { hasChromium, launchChromium } from '../world/browser.ts'
import { fc, seed } from '../world/properties.ts'
import { root } from '../world/root.ts'

/** Each shade with what it is drawn on, and the contrast that WCAG 2.2 asks for: 1.4.3 of text, 1.4.11 of what is no text. */
const pairs = [
  ...['ink', 'quiet', 'link', 'good', 'wait', 'bad'].flatMap(shade => [
    [shade, 'paper', 4.5] as const,
    [shade, 'sheet', 4.5] as const,
  ]),
  ['chalk', 'wall', 4.5],
  ['on-act', 'act', 4.5],
  ['act', 'paper', 3],
  ['edge', 'paper', 3],
  ['edge', 'sheet', 3],
  ['glow', 'wall', 3],
] as const

const shades = [...new Set([...pairs.map(([one]) => one), ...pairs.map(([, other]) => other)])]

const hostile = [
  '#000000',
  '#ffffff',
  '#ff0000',
  '#00ff00',
  '#0000ff',
  '#ffff00',
  '#00ffff',
  '#ff00ff',
  '#808080',
]
const colour = fc.nat({ max: 0xffffff }).map(value => `#${value.toString(16).padStart(6, '0')}`)
const random = fc.sample(fc.tuple(colour, colour), { numRuns: 120, seed })
const choices = [...hostile.flatMap(one => hostile.map(other => [one, other] as const)), ...random]

describe('the colours of an institution, whichever they are', { skip: !hasChromium() }, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser?.close())

  it.each(['light', 'dark'] as const)(
    'give every shade of the pages its contrast, in %s',
    async colorScheme => {
      const page = await browser.newPage({ colorScheme })
      const styles = readFileSync(join(root, 'dist', 'sesame.css'), 'utf8')
      await page.setContent(`<!doctype html><style>${styles}</style><p id="probe">`)
      /** The shades as the browser draws them: what no screen shows is brought into its colours. */
      const drawn = await page.evaluate(
        ([all, names]) => {
          const probe = document.querySelector<HTMLElement>('#probe')
          const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
          const pixel = (shade: string) => {
            if (!probe || !context) return ''
            probe.style.color = `var(--${shade})`
            context.fillStyle = getComputedStyle(probe).color
            context.fillRect(0, 0, 1, 1)
            const channels = [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)]
            return `#${channels.map(value => value.toString(16).padStart(2, '0')).join('')}`
          }
          return all.map(([primary, accent]) => {
            document.documentElement.style.setProperty('--primary', primary)
            document.documentElement.style.setProperty('--accent', accent)
            return Object.fromEntries(names.map(name => [name, pixel(name)]))
          })
        },
        [choices, shades] as const,
      )
      const faults = drawn.flatMap((found, index) =>
        pairs
          .map(([one, other, least]) => {
            const measured = contrastOf(found[one] ?? '', found[other] ?? '')
            return { colours: choices[index]?.join(' '), one, other, least, measured }
          })
          .filter(({ measured, least }) => !(measured >= least)),
      )
      expect(drawn).toHaveLength(choices.length)
      expect(new Set(drawn.map(({ wall }) => wall)).size).toBeGreaterThan(50)
      expect(faults).toEqual([])
      await page.close()
    },
  )
})

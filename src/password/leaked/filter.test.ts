import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { fc } from '../../../test/world/properties.ts'
import { buildFilter, buildFromHibp } from './build.ts'
import { bitsOf, keyOf, openFilter, shapeFor } from './filter.ts'

const folder = mkdtempSync(join(tmpdir(), 'sesame-filter-'))
const file = join(folder, 'words.filter')
const list = join(folder, 'list.txt')
afterAll(() => rmSync(folder, { recursive: true }))

const numbered = (count: number, prefix: string) =>
  new Set(Array.from({ length: count }, (_, index) => `${prefix}${index}`))
const sha1 = (word: string) => createHash('sha1').update(word).digest('hex').toUpperCase()
const hibpLines = (words: Iterable<string>) => [...words].map(word => `${sha1(word)}:42`)

const containsAll = (words: Iterable<string>) => {
  const filter = openFilter(file)
  const missing = [...words].filter(word => !filter.has(word))
  filter.close()
  return missing.length === 0
}

describe('a filter of words', () => {
  it('finds every word that it contains', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 60 }), words => {
        buildFilter(new Set(words), file, 1e-3)
        expect(containsAll(words)).toBe(true)
      }),
      { numRuns: 40 },
    )
    const many = numbered(30_000, 'word')
    buildFilter(many, file, 1e-4)
    expect(containsAll(many)).toBe(true)
  })

  it.each([1e-2, 1e-3])('has the false-positive rate that it states: %d', rate => {
    buildFilter(numbered(30_000, 'word'), file, rate)
    const filter = openFilter(file)
    const lookups = 100_000
    const wrong = [...numbered(lookups, 'other')].filter(word => filter.has(word)).length / lookups
    filter.close()
    expect(wrong).toBeLessThan(rate * 2)
    expect(wrong).toBeGreaterThan(rate / 2)
  })

  it('states its number of words and its false-positive rate', () => {
    buildFilter(numbered(1234, 'word'), file, 1e-3)
    const filter = openFilter(file)
    expect(filter.facts).toEqual({ entries: 1234, falsePositiveRate: 1e-3 })
    filter.close()
  })

  it('spreads the bits of a word over its block', () => {
    const bits = [...numbered(500, 'word')].flatMap(word => bitsOf(keyOf(word), 20))
    expect(Math.min(...bits)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...bits)).toBeLessThan(32_768)
    expect(new Set(bits).size).toBeGreaterThan(8000)
  })

  it('refuses to open what is not a filter, or one that was cut', () => {
    writeFileSync(list, 'SHA1:1\n'.repeat(2000))
    expect(() => openFilter(list)).toThrow(/is not a filter/)
    buildFilter(numbered(1234, 'word'), file, 1e-3)
    truncateSync(file, readFileSync(file).length - 1)
    expect(() => openFilter(file)).toThrow(/cut short/)
  })
})

describe('a filter from the Have I Been Pwned list', () => {
  it('holds the passwords whose SHA-1 the list gives, in any case and with either line end', () => {
    const words = [...numbered(500, 'leaked')]
    const lines = hibpLines(words).map((line, index) => (index % 2 ? line.toLowerCase() : line.split(':')[0]))
    writeFileSync(list, lines.join('\r\n'))
    expect(buildFromHibp(list, file, 1e-4)).toBe(500)
    expect(containsAll(words)).toBe(true)
  })

  it('has the same bytes whether it fits the allowed memory or is filled through a small window', () => {
    const words = [...numbered(60_000, 'leaked')]
    writeFileSync(list, hibpLines(words).sort().join('\n'))
    expect(shapeFor({ entries: 60_000, falsePositiveRate: 1e-4 }).blocks).toBeGreaterThan(30)
    buildFromHibp(list, file, 1e-4)
    const whole = readFileSync(file)
    buildFromHibp(list, file, 1e-4, 3)
    expect(readFileSync(file).equals(whole)).toBe(true)
    expect(containsAll(words)).toBe(true)
  })

  it('requires a sorted list when the filter is larger than the allowed memory', () => {
    writeFileSync(list, hibpLines(numbered(60_000, 'leaked')).join('\n'))
    expect(() => buildFromHibp(list, file, 1e-4, 3)).toThrow(/sort it first/)
  })

  it('names the line that is not SHA1:count, and leaves no filter behind', () => {
    writeFileSync(list, `${sha1('a')}:1\n8846F7EAEE8FB117AD06BDD830B7586C:3\n`)
    const other = join(folder, 'none.filter')
    expect(() => buildFromHibp(list, other, 1e-4)).toThrow(/line 2: not SHA1:count/)
    writeFileSync(list, '\n')
    expect(() => buildFromHibp(list, other, 1e-4)).toThrow(/holds no line/)
    for (const rate of [0, 1, Number.NaN])
      expect(() => buildFromHibp(list, other, rate)).toThrow(/between 0 and 1/)
    expect(existsSync(other)).toBe(false)
  })

  it('gives the same answers loaded into memory and read from the disk', () => {
    const words = [...numbered(2000, 'leaked')]
    writeFileSync(list, hibpLines(words).join('\n'))
    buildFromHibp(list, file, 1e-2)
    const [loaded, onDisk] = [openFilter(file), openFilter(file, 0)]
    expect(words.every(onDisk.has)).toBe(true)
    const others = [...numbered(5000, 'other')]
    expect(others.map(onDisk.has)).toEqual(others.map(loaded.has))
    loaded.close()
    onDisk.close()
  })
})

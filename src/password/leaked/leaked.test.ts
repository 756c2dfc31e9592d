import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildFromHibp } from './build.ts'
import { type LeakedPasswords, openLeaked } from './leaked.ts'
import { buildShipped } from './shipped.ts'

const folder = mkdtempSync(join(tmpdir(), 'sesame-leaked-'))
const shipped = join(folder, 'shipped.filter')
let entries = 0
let leaked: LeakedPasswords

beforeAll(async () => {
  entries = await buildShipped(shipped)
  leaked = openLeaked({ shipped, institutionWords: ['Clairval', 'Université de Clairval'] })
})
afterAll(() => {
  leaked.close()
  rmSync(folder, { recursive: true })
})

/** The same random passwords in each run: xorshift32 over printable ASCII. */
const generatedPasswords = (count: number) => {
  let state = 20261124
  const next = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
  return Array.from({ length: count }, () =>
    Array.from({ length: 14 }, () => String.fromCharCode(33 + (next() % 94))).join(''),
  )
}

describe('leaked and common passwords', () => {
  it.each([
    'P@ssw0rd12345!',
    'Azerty123456!',
    'Motdepasse2026!',
    'Mot-de-passe-2026!',
    'AzertyAzerty1!',
    '$oleil-2026-07',
    'Hélicoptère-26!',
    'Qsdfghjklm1234!',
    '1qaz2wsx3EDC!',
    'Abcdef123456!!',
    'AZERTYuiop&1234',
    'aaaaAAAA1111!!!!',
    'Aa1!Aa1!Aa1!Aa1!',
    '139482736451029',
    '14/07/1985 12:30',
    'Clairval-2026!!',
    'Universitedeclairval1!',
  ])('%s is refused', password => expect(leaked.check(password)).toBe(true))

  it.each([
    'Tr0mbone&Cascade-3',
    'Lampe-verte-du-7',
    'Correct-Horse-9!Battery',
    'chat vert sur la lune',
    'xK7#mQ2$vL9@pR4',
  ])('%s passes', password => expect(leaked.check(password)).toBe(false))

  it('hardly ever refuses a random password', () => {
    expect(generatedPasswords(4000).filter(leaked.check).length).toBeLessThanOrEqual(4)
  })

  it('state the number of words and the false-positive rate of each list', () => {
    expect(entries).toBeGreaterThan(200_000)
    expect(leaked.facts).toEqual([{ name: 'shipped', entries, falsePositiveRate: 1e-6 }])
  })
})

describe("the operator's own list", () => {
  const own = ['Tr0mbone&Cascade-3', 'trombone&girafe']

  it('adds its passwords, as they were typed or as a core', () => {
    const list = join(folder, 'list.txt')
    const operator = join(folder, 'operator.filter')
    writeFileSync(list, own.map(word => `${createHash('sha1').update(word).digest('hex')}:1`).join('\n'))
    buildFromHibp(list, operator, 1e-4)
    const both = openLeaked({ shipped, operator, institutionWords: [] })
    expect(['Tr0mbone&Cascade-3', 'Tr0mbone&Girafe-2026!'].map(both.check)).toEqual([true, true])
    expect(['Tr0mbone&Cascade-4', 'Tr0mbone&Lampe-2026!'].map(both.check)).toEqual([false, false])
    expect(both.facts.map(({ name, entries: count }) => [name, count])).toEqual([
      ['shipped', entries],
      ['operator', 2],
    ])
    both.close()
  })
})

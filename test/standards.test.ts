import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './world/root.ts'

const read = (file: string) => readFileSync(join(root, file), 'utf8')

/** The number of requirements in each section, so that a missing row is found. */
const sections = {
  'docs/reference/asvs.md': {
    '6.1': 3,
    '6.2': 12,
    '6.3': 8,
    '6.4': 6,
    '6.5': 8,
    '6.6': 4,
    '6.7': 2,
    '6.8': 4,
    '7.1': 3,
    '7.2': 4,
    '7.3': 2,
    '7.4': 5,
    '7.5': 3,
    '7.6': 2,
  },
  'docs/reference/accessibility.md': { '8': 10, '10': 14, '11': 13, '12': 11 },
} as const

type Row = { readonly id: string; readonly state: string; readonly shown: string }

const rowsOf = (file: string): Row[] =>
  [...read(file).matchAll(/^\| (\d[\d.]*) \| [^|]+ \| ([^|]+) \| (.+) \|$/gm)].map(
    ([, id = '', state = '', shown = '']) => ({ id, state, shown }),
  )

/** Files in backquotes, each with an optional title; titles may contain « ». */
const namedIn = (text: string) =>
  [...text.matchAll(/`((?:src|test|docs)\/[^`]+)`(?: « ((?:[^«»]|«[^»]*»)+) »)?/g)].map(
    ([, file = '', title]) => ({
      file,
      title,
    }),
  )

const linkedIn = (text: string) => [...text.matchAll(/\]\(([^)#]+)/g)].map(([, to = '']) => to)

describe.each(Object.entries(sections))('%s', (file, counts) => {
  it('has a row for each requirement', () => {
    const wanted = Object.entries(counts).flatMap(([section, count]) =>
      Array.from({ length: count }, (_, index) => `${section}.${index + 1}`),
    )
    expect(
      rowsOf(file)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(wanted.sort())
  })

  it('says for each what is done, and what shows it or why not', () => {
    for (const { id, state, shown } of rowsOf(file)) {
      expect(state, id).toMatch(/^(yes|partly|no|n\/a)$/)
      expect(shown.trim().length, id).toBeGreaterThan(3)
    }
  })

  it('names only files that exist, and titles of tests in them', () => {
    const isLost = ({ file: named, title }: { file: string; title: string | undefined }) =>
      !existsSync(join(root, named)) ||
      (named.endsWith('.test.ts') && !(title && read(named).includes(title)))
    const lost = namedIn(read(file)).filter(isLost)
    expect(lost).toEqual([])
  })

  it('leads nowhere that does not exist', () => {
    const lost = linkedIn(read(file)).filter(to => !existsSync(join(root, 'docs/reference', to)))
    expect(lost).toEqual([])
  })
})

/** What the page for auditors must have a row for: in each section, by the first words of the row. */
const audited: Readonly<Record<string, readonly string[]>> = {
  '§3.1.1': ['length', 'longest', 'characters', 'composition', 'expiry', 'hints', 'whole', 'blocklist'].map(
    what => `3.1.1 ${what}`,
  ),
  '§3.1.2 to §4.1': ['3.1.2', '3.1.3 mail', '3.1.3 codes', '3.2.2', '4.1.2.2'],
  '§4.2': ['4.2 saved', '4.2 issued', '4.2 address', '4.2 two', '4.2 AAL1', '4.2 AAL2', '4.2.3, 4.6'],
  'ASVS 5.0': ['6.3.4', '6.3.8', '6.4.2', '6.4.3', '6.4.4', '6.5.4', '6.6.1', '6.6.2', '6.6.3'],
  ANSSI: [8, 9, 10, 11, 12, 13, 14, 15, 20, 21, 22, 23, 24, 25, 26, 27, 30].map(number => `R${number}`),
  CNIL: ['case 1', 'case 2', 'case 3', 'renewal', 'guessable', 'reset'],
}

describe('docs/reference/auditor.md', () => {
  const file = 'docs/reference/auditor.md'
  const parts = read(file).split(/^## /m)
  const rowsIn = (section: string) => {
    const part = parts.find(each => each.split('\n')[0]?.includes(section)) ?? ''
    return [...part.matchAll(/^\| ([^|]+) \| [^|]+ \| ([^|]+) \| (.+) \|$/gm)]
      .map(([, id = '', state = '', shown = '']) => ({ id, state, shown }))
      .filter(({ id }) => id !== 'id' && !id.startsWith('-'))
  }

  it.each(Object.keys(audited))(
    'has a row for each requirement of %s, with what shows it or why not',
    name => {
      const rows = rowsIn(name)
      const ids = rows.map(({ id }) => id)
      expect(audited[name]?.filter(id => !ids.includes(id))).toEqual([])
      for (const { id, state, shown } of rows) {
        expect(state, id).toMatch(/^(yes|partly|no|n\/a)$/)
        if (state === 'yes') expect(shown, id).toMatch(/`(src|test|docs)\/|\]\(|above/)
        else expect(shown.length, id).toBeGreaterThan(20)
      }
    },
  )

  it('names only files that exist, and titles of tests in them', () => {
    const lost = namedIn(read(file)).filter(
      ({ file: named, title }) =>
        !existsSync(join(root, named)) ||
        (named.endsWith('.test.ts') && !(title && read(named).includes(title))),
    )
    expect(lost).toEqual([])
    expect(linkedIn(read(file)).filter(to => !existsSync(join(root, 'docs/reference', to)))).toEqual([])
  })

  it('says yes to a requirement under a preset only where asvs.md does', () => {
    const [row] = rowsOf('docs/reference/asvs.md').filter(({ id }) => id === '6.4.2')
    expect(row?.shown).toMatch(/^\*\*yes\*\* with `recovery.preset: renforce`/)
  })
})

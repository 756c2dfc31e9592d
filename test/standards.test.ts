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

import { expect, it } from 'vitest'
import { locales } from '../../texts/locales.ts'
import { sayIn } from '../../texts/texts.ts'
import { createDateFormats } from '../../ui/date-formats.ts'
import { journalAsCsv } from './export.ts'
import type { JournalWords } from './sentences.ts'

const ui = {
  language: 'fr',
  locale: locales.fr,
  say: sayIn('fr'),
  ...createDateFormats('fr', 'UTC', sayIn('fr')),
}
const words = { ui, services: [] } as unknown as JournalWords
const entry = (actor: string, details: Readonly<Record<string, unknown>> = {}) => ({
  sequence: 1,
  at: Date.UTC(2026, 10, 23, 22, 47),
  kind: 'account.viewed',
  actor,
  details,
})

it('exports the journal as CSV that a spreadsheet opens as a table of texts', async () => {
  const csv = await journalAsCsv(words, [entry('operator:desk')])
  expect(csv).toContain('"2026-11-23T22:47:00.000Z";"Fiche consultée')
  expect(csv.split('\r\n')).toHaveLength(3)
})

it.each(['=cmd|calc', '+1', '-1', '@sum', '\t=1'])(
  'exports %j as text rather than as a formula, and escapes quotes',
  async device => {
    const csv = await journalAsCsv(words, [{ ...entry('system', { device: `"${device}` }), kind: device }])
    expect(csv).not.toMatch(/(^|;|\n)"[=+\-@\t]/)
  },
)

it('lets other requests have their turn while a long journal is exported', async () => {
  const entries = Array.from({ length: 5_000 }, (_, sequence) => ({ ...entry('anonymous'), sequence }))
  let turns = 0
  let isOver = false
  const other = () => {
    turns += 1
    if (!isOver) setImmediate(other)
  }
  setImmediate(other)
  const csv = await journalAsCsv(words, entries)
  isOver = true
  expect(csv.split('\r\n')).toHaveLength(entries.length + 2)
  expect(turns).toBeGreaterThan(entries.length / 250)
})

import { expect, it } from 'vitest'
import { sayIn } from '../../texts/texts.ts'
import type { Ui } from '../../ui/ui.ts'
import { journalAsCsv } from './export.ts'

const ui = { language: 'fr', say: sayIn('fr') } as unknown as Ui
const entry = (actor: string, details: Readonly<Record<string, unknown>> = {}) => ({
  sequence: 1,
  at: Date.UTC(2026, 10, 23, 22, 47),
  kind: 'account.viewed',
  actor,
  details,
})

it('exports the journal as CSV that a spreadsheet opens as a table of texts', () => {
  const csv = journalAsCsv(ui, [entry('operator:desk')])
  expect(csv).toContain('"2026-11-23T22:47:00.000Z";"Fiche consultée')
  expect(csv.split('\r\n')).toHaveLength(3)
})

it.each(['=cmd|calc', '+1', '-1', '@sum', '\t=1'])(
  'exports %j as text rather than as a formula, and escapes quotes',
  device => {
    const csv = journalAsCsv(ui, [{ ...entry('system', { device: `"${device}` }), kind: device }])
    expect(csv).not.toMatch(/(^|;|\n)"[=+\-@\t]/)
  },
)

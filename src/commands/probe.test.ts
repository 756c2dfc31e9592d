import { describe, expect, it } from 'vitest'
import { judgeProbe } from './probe.ts'
import { figureNames, probeFigures, readThresholds } from './probe-figures.ts'

const health = (parts: Record<string, boolean>, age: number | null = 2) => JSON.stringify({ parts, age })
const well = { directory: true, store: true }
const metrics = (more: Readonly<Record<string, number>> = {}) => {
  const series = {
    sesame_delivery_oldest_seconds: 0,
    sesame_sealed_passwords: 2,
    sesame_notices: 1,
    'sesame_mails{state="ready"}': 4,
    'sesame_mails{state="sending"}': 2,
    sesame_mail_oldest_seconds: 12.5,
    'sesame_hashes{state="waiting"}': 0,
    'sesame_hashes{state="working"}': 2,
    'sesame_part_check_seconds{part="directory"}': 0.02,
    'sesame_part_check_seconds{part="store"}': 0.004,
    sesame_parts_checked_seconds: 2,
    process_resident_memory_bytes: 3e8,
    ...more,
  }
  const lines = Object.entries(series).map(([name, value]) => `${name} ${value}`)
  return ['# HELP sesame_mails Mails.', '# TYPE sesame_mails gauge', ...lines, ''].join('\n')
}
const none = { warning: {}, critical: {} }
const judged = (readyz: string, text = metrics(), thresholds = none) =>
  judgeProbe({ readyz, metrics: text }, thresholds)

describe('the probe', () => {
  it('says in one line what can be used, with each figure and its thresholds', () => {
    expect(judged(health(well))).toEqual({
      status: 0,
      line:
        'SESAME OK: directory, store can be used | delivery-age=0s;600;3600;0 sealed=2;;;0 mail-age=12.5s;600;3600;0 mails=7;;;0 hashes=0;;;0 ' +
        'directory=0.02s;1;3;0 store=0.004s;1;3;0 checked=2s;20;60;0 memory=300000000B;;;0',
    })
  })

  it.each([
    ['a part that cannot be used', health({ ...well, mail: false }), {}, 2, 'mail cannot be used'],
    ['no check yet', health({}, null), {}, 1, 'it has just started, and has not checked its parts'],
    [
      'a figure above its warning',
      health(well),
      { sesame_delivery_oldest_seconds: 601 },
      1,
      'delivery-age is 601s, above 600s',
    ],
    [
      'a figure above what is critical',
      health(well),
      { sesame_mail_oldest_seconds: 3601 },
      2,
      'mail-age is 3601s, above 3600s',
    ],
    [
      'checks that have stopped',
      health(well, 90),
      { sesame_parts_checked_seconds: 90 },
      2,
      'checked is 90s, above 60s',
    ],
    [
      'several troubles, the worst first',
      health({ ...well, keys: false }),
      { sesame_delivery_oldest_seconds: 700 },
      2,
      'keys cannot be used; delivery-age is 700s, above 600s',
    ],
  ] as const)('reports %s', (_, readyz, more, status, sentence) => {
    const result = judged(readyz, metrics(more))
    expect(result.status).toBe(status)
    expect(result.line).toContain(`SESAME ${['OK', 'WARNING', 'CRITICAL'][status]}: ${sentence} | `)
    expect(result.line).not.toContain('\n')
  })

  it.each([
    ['equal to the threshold', 600, 0],
    ['above it by little', 600.001, 1],
  ])('a figure %s', (_, value, status) => {
    expect(judged(health(well), metrics({ sesame_delivery_oldest_seconds: value })).status).toBe(status)
  })

  it('takes thresholds in place of the usual ones, and off for none', () => {
    const thresholds = { warning: { sealed: 1, 'delivery-age': null }, critical: { 'delivery-age': null } }
    const { status, line } = judged(
      health(well),
      metrics({ sesame_delivery_oldest_seconds: 90_000 }),
      thresholds,
    )
    expect(status).toBe(1)
    expect(line).toContain('SESAME WARNING: sealed is 2, above 1 | delivery-age=90000s;;;0 sealed=2;1;;0 ')
  })

  it.each(['', '<html>', '{"error":"not found"}', 'null'])(
    'takes an answer that is not a portal’s for an unknown state: %s',
    answer => {
      expect(judged(answer).status).toBe(3)
      expect(judged(health(well), answer).status).toBe(3)
    },
  )
})

describe('thresholds', () => {
  it('are read for each figure', () => {
    for (const name of figureNames) expect(readThresholds(`${name}=1.5`)).toEqual({ given: { [name]: 1.5 } })
    expect(readThresholds('sealed=5, mails=off')).toEqual({ given: { sealed: 5, mails: null } })
    expect(readThresholds('')).toEqual({ given: {} })
  })

  it.each(['600', 'sealed', 'sealed=', 'sealed=-1', 'sealed=many', 'queue=5', 'toString=5'])(
    'are refused with a sentence that names the figures: %s',
    text => {
      expect(readThresholds(text)).toEqual({ refused: expect.stringContaining('delivery-age, sealed') })
    },
  )

  it('are usual ones where a figure has a normal range', () => {
    for (const figure of Object.values(probeFigures))
      if ('warning' in figure) expect(figure.critical).toBeGreaterThan(figure.warning)
  })
})

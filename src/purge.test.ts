import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { movableClock } from '../test/world/clock.ts'
import { type Rig, startPortal } from '../test/world/portal.ts'
import { newVisitor } from '../test/world/visitor.ts'
import { verifyAudit } from './audit/verify.ts'
import { days, hours } from './clock.ts'
import { purge } from './purge.ts'

let rig: Rig
const clock = movableClock()
beforeAll(async () => {
  rig = await startPortal({ directory: 'embedded', store: 'SQLite', clock })
})
afterAll(() => rig?.stop())

const tables = [
  'journeys',
  'counters',
  'joker_tries',
  'attempts',
  'mails',
  'not_me_tokens',
  'known_browsers',
  'audit_details',
] as const
const count = async () => {
  const lengths = tables.map(
    async table =>
      [table, (await rig.house.store.read.selectFrom(table).selectAll().execute()).length] as const,
  )
  return Object.fromEntries(await Promise.all(lengths)) as Record<(typeof tables)[number], number>
}

it('what the privacy page promises to forget is forgotten, and the audit still verifies', async () => {
  const visitor = newVisitor(rig.url)
  await visitor.identify('numero-personnel', '204518', '14/07/1985')
  await visitor.answer('faux')
  await visitor.answer('félix')
  expect((await visitor.choose('Tr0mbone&Cascade-3')).location).toMatch(/termine$/)
  await expect.poll(async () => (await count()).mails, { timeout: 8000 }).toBe(2)
  await expect
    .poll(
      async () =>
        (await rig.house.store.read.selectFrom('mails').select('id').where('state', '=', 'sent').execute())
          .length,
      { timeout: 8000 },
    )
    .toBe(2)
  const underWay = () =>
    rig.house.store.read.selectFrom('deliveries').select('id').where('settled_at', 'is', null).execute()
  await expect.poll(underWay, { timeout: 20_000 }).toEqual([])
  await purge(rig.house)
  const kept = await count()
  for (const table of tables) expect(kept[table], table).toBeGreaterThan(0)

  clock.forward(hours(26))
  await purge(rig.house)
  const afterADay = await count()
  expect(afterADay).toMatchObject({ journeys: 0, joker_tries: 1, attempts: 0 })
  expect(afterADay.counters).toBeLessThanOrEqual(1)
  expect(afterADay.audit_details).toBe(kept.audit_details)

  clock.forward(hours(23))
  await purge(rig.house)
  expect(await count()).toMatchObject({ joker_tries: 0, counters: 0 })

  clock.forward(days(8))
  await purge(rig.house)
  expect(await count()).toMatchObject({ mails: 0, not_me_tokens: 0 })

  clock.forward(days(370))
  await purge(rig.house)
  expect(await count()).toMatchObject({ known_browsers: 0, audit_details: 0 })
  expect((await verifyAudit(rig.house.store, rig.house.keys.of('audit'))).broken).toEqual([])
  const epochs = join(rig.folder, 'data', 'epochs')
  // A delivery still under way holds its key until it ends.
  const keysLeft = () => purge(rig.house).then(() => (existsSync(epochs) ? readdirSync(epochs) : []))
  await expect.poll(keysLeft, { timeout: 10_000 }).toEqual([])
})

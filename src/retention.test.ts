import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { movableClock } from '../test/world/clock.ts'
import { newStore, storeFlavours } from '../test/world/stores.ts'
import { createAudit } from './audit/chain.ts'
import { verifyAudit } from './audit/verify.ts'
import { days, hours } from './clock.ts'
import { keysFrom } from './crypto/keys.ts'
import { defaultLimits } from './limits/limits.ts'
import { erasePerson, forgetByAge, retention } from './retention.ts'
import type { Schema } from './store/schema.ts'

type Table = keyof Schema

const keys = keysFrom(Buffer.alloc(32, 7))
const rules = Object.entries(retention) as [Table, (typeof retention)[Table]][]
const forgotten = rules
  .filter(([, rule]) => typeof rule === 'function' || rule.forget !== undefined)
  .map(([table]) => table)

describe.each(storeFlavours.filter(({ available }) => available))('retention on $flavour', ({ flavour }) => {
  let opened: Awaited<ReturnType<typeof newStore>>
  const clock = movableClock()
  beforeAll(async () => {
    opened = await newStore(flavour)
  })
  afterAll(() => opened?.forget())

  const tables = async () =>
    (await opened.store.read.introspection.getTables()).filter(({ name }) => name !== 'schema_migrations')

  /** An unconfirmed row of any table, with `at` in every column of a time. */
  const rowAt = (columns: readonly { name: string; dataType: string }[], name: string, at: number) =>
    Object.fromEntries(
      columns
        .filter(column => column.name !== 'confirmed_at')
        .map(column => {
          if (column.dataType.toLowerCase() === 'text') return [column.name, name]
          return [column.name, /(^|_)(at|until)$/.test(column.name) ? at : 0]
        }),
    )

  const namesIn = async (table: string) => {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(table)}`.execute(
      opened.store.read,
    )
    return rows.map(row => (Object.values(row).includes('old') ? 'old' : 'young')).sort()
  }

  it('has a rule for every table of the migrations, and for no other', async () => {
    expect(Object.keys(retention).sort()).toEqual((await tables()).map(({ name }) => name).sort())
  })

  it('deletes old rows from every table with a retention by age, and no young ones', async () => {
    const now = clock.now()
    for (const { name, columns } of await tables()) {
      if (!forgotten.includes(name as Table)) continue
      await opened.store.transaction(async tx => {
        for (const row of [rowAt(columns, 'old', 1), rowAt(columns, 'young', now + hours(1))])
          await tx
            .insertInto(name as 'counters')
            .values(row as never)
            .execute()
      })
      expect(await namesIn(name), name).toEqual(['old', 'young'])
    }
    await forgetByAge(opened.store, now, defaultLimits)
    for (const table of forgotten) expect(await namesIn(table), table).toEqual(['young'])
  })

  it('erases from every table what is kept of a person who has left, and nothing of others', async () => {
    const erasable = rules.flatMap(([table, rule]) =>
      typeof rule !== 'function' && rule.erase ? [table] : [],
    )
    const ofPeople = (await tables()).filter(({ columns }) => columns.some(({ name }) => name === 'person'))
    const kept = ofPeople.filter(({ name }) => typeof retention[name as Table] !== 'function')
    // What is not erased ends by itself within days, or is the directory of a demonstration.
    const others = kept.map(({ name }) => name).filter(name => !erasable.includes(name as Table))
    expect(others.sort()).toEqual(['embedded_numbers', 'notices'])
    for (const { name, columns } of await tables()) {
      if (!erasable.includes(name as Table)) continue
      await opened.store.transaction(async tx => {
        for (const who of ['leaver', 'stayer'])
          await tx
            .insertInto(name as 'counters')
            .values({
              ...rowAt(columns, who, 5),
              ...(columns.some(column => column.name === 'confirmed_at') && { confirmed_at: 5 }),
            } as never)
            .execute()
      })
    }
    await opened.store.transaction(tx => erasePerson(tx, 'leaver'))
    for (const table of erasable) {
      const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(table)}`.execute(
        opened.store.read,
      )
      const whose = rows
        .flatMap(row => Object.values(row))
        .filter(value => value === 'leaver' || value === 'stayer')
      expect([...new Set(whose)], table).toEqual(['stayer'])
    }
  })

  it('goes on with the other tables where one cannot be reached, and says so', async () => {
    const { store } = opened
    let asked = 0
    const transaction: typeof store.transaction = (work, waiting) => {
      asked += 1
      return asked === 2 ? Promise.reject(new Error('the lock is held')) : store.transaction(work, waiting)
    }
    await expect(forgetByAge({ transaction }, clock.now(), defaultLimits)).rejects.toThrow('the lock is held')
    const aged = Object.values(retention).filter(one => typeof one === 'function' || one.forget)
    expect(asked).toBe(aged.length)
  })

  it('deletes personal details of the audit, whose chain still verifies', async () => {
    const audit = createAudit(() => keys.of('audit'), clock)
    const recordEvent = () =>
      opened.store.transaction(tx =>
        audit.append(tx, { chain: 'a', kind: 'joker.set', by: { kind: 'system' } }),
      )
    for (let count = 0; count < 3; count += 1) await recordEvent()
    clock.forward(days(400))
    await recordEvent()
    await forgetByAge(opened.store, clock.now(), defaultLimits)
    const left = opened.store.read.selectFrom('audit_details').select('sequence').where('chain', '=', 'a')
    expect(await left.execute()).toEqual([{ sequence: 4 }])
    expect((await verifyAudit({ store: opened.store, keys, clock, limits: defaultLimits })).broken).toEqual(
      [],
    )
  })
})

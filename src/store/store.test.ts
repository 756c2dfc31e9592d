import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, describe, expect, it } from 'vitest'
import { findDeadlocks } from '../../test/world/deadlocks.ts'
import { root } from '../../test/world/root.ts'
import { migrations, newStore, newStoreLocation, storeFlavours } from '../../test/world/stores.ts'
import { readMigrations } from './migrate.ts'
import { openStore, type StoreLocation } from './open.ts'
import type { Schema } from './schema.ts'
import type { Tx } from './store.ts'

type TestStore = Awaited<ReturnType<typeof newStore>>

const counter = { name: 'd', key: 'k', bucket: 1, expires_at: 0 }

/** Starts another process, which stops in the middle of a transaction on the same store. */
const startHangingWriter = (where: StoreLocation) =>
  fork(join(root, 'test/world/competing-writer.ts'), [JSON.stringify(where), 'other', 'hang'], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })

/** The columns of each table in the type `Schema`, read from their source text: types do not exist at run time. */
const schemaColumns = () => {
  const source = ['schema.ts', 'audit-tables.ts']
    .map(file => readFileSync(join(root, 'src/store', file), 'utf8'))
    .join('\n')
  const tables = [...source.matchAll(/^ {2}(\w+): \{([\s\S]*?)\}$/gm)]
  return new Map(
    tables.map(([, table, body]) => [
      table,
      [...(body ?? '').matchAll(/(\w+):/g)].map(([, name]) => name).sort(),
    ]),
  )
}

describe.each(storeFlavours.filter(({ available }) => available))('the store on $flavour', ({ flavour }) => {
  let opened: TestStore | undefined
  let child: ChildProcess | undefined
  afterEach(async () => {
    await endChild()
    await opened?.forget()
    opened = undefined
  })
  const endChild = async () => {
    if (child?.kill('SIGKILL')) await once(child, 'exit')
    child = undefined
  }
  const open = async () => {
    opened = await newStore(flavour)
    return opened
  }

  it('has exactly the tables and columns of the type Schema', async () => {
    const { store } = await open()
    const tables = await store.read.introspection.getTables()
    const found = new Map(
      tables
        .filter(({ name }) => name !== 'schema_migrations')
        .map(({ name, columns }) => [name, columns.map(column => column.name).sort()]),
    )
    const expected = schemaColumns()
    expect(expected.size).toBeGreaterThan(15)
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected))
  })

  it('returns numbers as numbers and text unchanged', async () => {
    const { store } = await open()
    await store.transaction(tx =>
      tx
        .insertInto('counters')
        .values({ ...counter, count: 2 ** 52 })
        .execute(),
    )
    const row = await store.read.selectFrom('counters').select(['count', 'key']).executeTakeFirst()
    expect(row).toEqual({ count: 2 ** 52, key: 'k' })
    const total = await store.read
      .selectFrom('counters')
      .select(eb => eb.fn.sum<number>('count').as('t'))
      .executeTakeFirst()
    expect(Number(total?.t)).toBe(2 ** 52)
  })

  it('keeps nothing of a transaction that throws', async () => {
    const { store } = await open()
    const failing = store.transaction(async tx => {
      await tx
        .insertInto('counters')
        .values({ ...counter, count: 1 })
        .execute()
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await store.read.selectFrom('counters').selectAll().execute()).toEqual([])
  })

  it('applies each migration once when several processes start together', async () => {
    const { where, forget } = await newStoreLocation(flavour)
    const stores = await Promise.all([1, 2, 3].map(() => openStore(where, { migrations })))
    const applied = await sql<{ name: string }>`select name from schema_migrations`.execute(
      stores[0]?.read as never,
    )
    expect(applied.rows).toHaveLength(readMigrations(migrations).length)
    for (const store of stores) await store.close()
    forget()
  })

  it('refuses a store that a newer version made, and a migration that was changed', async () => {
    const { store, where } = await open()
    await store.transaction(tx =>
      sql`insert into schema_migrations (name, digest, applied_at) values ('999-future.sql', 'x', 0)`.execute(
        tx,
      ),
    )
    await expect(openStore(where, { migrations })).rejects.toThrow(/newer Sésame/)
    await store.transaction(tx =>
      sql`delete from schema_migrations where name = '999-future.sql'`.execute(tx),
    )
    await store.transaction(tx => sql`update schema_migrations set digest = 'x'`.execute(tx))
    await expect(openStore(where, { migrations })).rejects.toThrow(/never changes/)
  })

  it('counts correctly under concurrent writers of several connections', async () => {
    const { store, where } = await open()
    const others = await Promise.all([1, 2, 3].map(() => openStore(where, { migrations })))
    const all = [store, ...others]
    const add = (target: typeof store) =>
      target.transaction(tx =>
        tx
          .insertInto('counters')
          .values({ ...counter, count: 1 })
          .onConflict(conflict =>
            conflict.columns(['name', 'key', 'bucket']).doUpdateSet({ count: sql`counters.count + 1` }),
          )
          .execute(),
      )
    await Promise.all(Array.from({ length: 160 }, (_, index) => add(all[index % 4] ?? store)))
    expect((await store.read.selectFrom('counters').select('count').executeTakeFirst())?.count).toBe(160)
    for (const other of others) await other.close()
  })

  // SQLite has one lock for all writers, which `sqlite.test.ts` tests.
  if (flavour === 'PostgreSQL')
    it('a process in the middle of a transaction does not block other writers', async () => {
      const { store, where } = await open()
      child = startHangingWriter(where)
      await once(child, 'message')
      for (let index = 0; index < 100; index += 1)
        await store.transaction(tx =>
          tx
            .insertInto('counters')
            .values({ ...counter, key: `k${index}`, count: 1 })
            .execute(),
        )
      expect(await store.read.selectFrom('counters').select('key').execute()).toHaveLength(100)
      expect(child.exitCode).toBe(null)
    })

  it('a process killed in the middle of a transaction leaves nothing of it, and no lock', async () => {
    const { store, where } = await open()
    child = startHangingWriter(where)
    await once(child, 'message')
    await endChild()
    await store.transaction(tx =>
      tx
        .insertInto('counters')
        .values({ ...counter, count: 1 })
        .execute(),
    )
    const rows = await store.read.selectFrom('counters').select('key').execute()
    expect(rows).toEqual([{ key: 'k' }])
  })
})

describe('SQLite', () => {
  it('leaves no trace of an erased value in the file or its write-ahead log', async () => {
    const { where, forget } = await newStoreLocation('SQLite')
    const store = await openStore(where, { migrations })
    const secret = 'a-value-that-must-vanish-0123456789'
    const row: Schema['journeys'] = {
      id: secret,
      kind: 'k',
      state: 's',
      version: 1,
      subject: 's',
      person: null,
      facts: '{}',
      proved: '{}',
      refusals: 0,
      network: 'n',
      language: 'fr',
      device: '',
      opened_at: 0,
      expires_at: 0,
      ends_at: 0,
    }
    await store.transaction(tx => tx.insertInto('journeys').values(row).execute())
    const file = 'file' in where ? where.file : ''
    const bytes = () =>
      readdirSync(dirname(file))
        .map(name => readFileSync(join(dirname(file), name), 'latin1'))
        .join('')
    expect(bytes()).toContain(secret)
    await store.transaction(tx => tx.deleteFrom('journeys').execute())
    await store.truncateLog()
    expect(bytes()).not.toContain(secret)
    await store.close()
    forget()
  })

  it('makes its file readable by its owner only', async () => {
    const { where, forget } = await newStoreLocation('SQLite')
    const file = 'file' in where ? where.file : ''
    writeFileSync(file, '', { mode: 0o644 })
    const store = await openStore(where, { migrations })
    const { statSync } = await import('node:fs')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    await store.close()
    forget()
  })
})

describe.each(storeFlavours.filter(one => one.flavour === 'PostgreSQL' && one.available))(
  'rows that two transactions lock, on $flavour',
  ({ flavour }) => {
    it('are let go by the one that may not wait long, so that the other goes on and both are carried out', async () => {
      const { store, forget } = await newStore(flavour)
      const rows = ['first', 'second'].map(key => ({ ...counter, key, count: 0 }))
      await store.transaction(tx => tx.insertInto('counters').values(rows).execute())
      const count = (tx: Tx, key: string) =>
        tx
          .updateTable('counters')
          .set(eb => ({ count: eb('count', '+', 1) }))
          .where('key', '=', key)
          .execute()
      const holds = Promise.withResolvers<void>()
      const other = Promise.withResolvers<void>()
      const long = store.transaction(async tx => {
        await count(tx, 'first')
        holds.resolve()
        await other.promise
        await count(tx, 'second')
      })
      await holds.promise
      const short = store.transaction(
        async tx => {
          await count(tx, 'second')
          other.resolve()
          await count(tx, 'first')
        },
        { lockWait: 50 },
      )
      await Promise.all([long, short])
      const counted = await store.read.selectFrom('counters').select('count').execute()
      expect(counted).toEqual([{ count: 2 }, { count: 2 }])
      expect(await findDeadlocks(store)).toEqual([])
      await forget()
    })
  },
)

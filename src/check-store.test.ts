import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, describe, expect, inject, it } from 'vitest'
import { createDatabase } from '../test/world/postgres.ts'
import { root } from '../test/world/root.ts'
import { checkStore } from './check-store.ts'
import { openStore } from './store/open.ts'

const migrations = join(root, 'migrations')
const folder = mkdtempSync(join(tmpdir(), 'sesame-check-store-'))
afterAll(() => rmSync(folder, { recursive: true }))
let made = 0
const newFolder = () => {
  made += 1
  return join(folder, String(made))
}
const query = async (url: string, sql: string) => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query(sql).finally(() => client.end())
  return rows as unknown[]
}
const check = (where: { data: string; databaseUrl: string | null }, now = Date.now) =>
  checkStore(where, migrations, now)

describe('sesame check on SQLite', () => {
  const open = (data: string) => openStore({ file: join(data, 'sesame.sqlite') }, { migrations })

  it('creates neither the data folder nor a file in it', async () => {
    const data = newFolder()
    expect(await check({ data, databaseUrl: null })).toMatchObject([
      { level: 'good', what: 'store', detail: expect.stringContaining('no table yet') },
    ])
    expect(existsSync(data)).toBe(false)
  })

  it('leaves the files as they are, while the portal runs and when it is stopped', async () => {
    const data = mkdtempSync(join(folder, 'sqlite-'))
    const store = await open(data)
    const good = [{ level: 'good', what: 'store', detail: expect.stringContaining('up to date') }]
    const running = readdirSync(data)
    expect(await check({ data, databaseUrl: null })).toMatchObject(good)
    expect(readdirSync(data)).toEqual(running)
    await store.close()
    const stopped = readdirSync(data)
    expect(await check({ data, databaseUrl: null })).toMatchObject(good)
    expect(readdirSync(data)).toEqual(stopped)
  })

  it('finds a store of a newer version, on which this one does not start', async () => {
    const data = mkdtempSync(join(folder, 'sqlite-'))
    const store = await open(data)
    await store.transaction(tx =>
      tx
        .insertInto('schema_migrations' as never)
        .values({ name: '999-later.sql', digest: 'x', applied_at: 1 } as never)
        .execute(),
    )
    await store.close()
    expect(await check({ data, databaseUrl: null })).toMatchObject([
      { level: 'wrong', what: 'store', detail: expect.stringContaining('made by a newer Sésame') },
    ])
  })

  it('finds a file that is no store', async () => {
    const data = mkdtempSync(join(folder, 'sqlite-'))
    writeFileSync(join(data, 'sesame.sqlite'), 'x'.repeat(5000))
    chmodSync(join(data, 'sesame.sqlite'), 0o600)
    expect(await check({ data, databaseUrl: null })).toMatchObject([
      { level: 'wrong', what: 'store-connection' },
    ])
  })
})

describe.runIf(process.env.CI === 'true' || inject('postgres') !== '')('sesame check on PostgreSQL', () => {
  const database = async () => ({
    data: newFolder(),
    databaseUrl: await createDatabase(inject('postgres')),
  })

  it('creates no table in an empty database', async () => {
    const where = await database()
    expect(await check(where)).toMatchObject([
      { level: 'good', detail: expect.stringContaining('no table yet') },
    ])
    expect(
      await query(where.databaseUrl, 'select 1 from pg_tables where schemaname = current_schema()'),
    ).toEqual([])
    expect(existsSync(where.data)).toBe(false)
  })

  it('says which tables the next start adds, and adds none', async () => {
    const where = await database()
    await (await openStore({ url: where.databaseUrl }, { migrations })).close()
    expect(await check(where)).toMatchObject([
      { level: 'good', detail: expect.stringContaining('up to date') },
    ])
    await query(
      where.databaseUrl,
      'delete from schema_migrations where name = (select max(name) from schema_migrations)',
    )
    expect(await check(where)).toMatchObject([
      { level: 'good', detail: expect.stringMatching(/the next start adds \d{3}-[a-z-]+\.sql\.$/) },
    ])
  })

  it('warns about a clock that is more than five seconds from that of this machine', async () => {
    const where = await database()
    const behind = (milliseconds: number) => () => Date.now() - milliseconds
    expect(await check(where, behind(60_000))).toContainEqual({
      level: 'warning',
      what: 'store-clock',
      detail: expect.stringContaining('60 s apart'),
    })
    expect(await check(where)).toHaveLength(1)
  })

  it('finds a server that does not answer', async () => {
    const findings = await check({ data: newFolder(), databaseUrl: 'postgres://x:y@127.0.0.1:1/z' })
    expect(findings).toMatchObject([{ level: 'wrong', what: 'store-connection' }])
    expect(findings[0]?.detail).not.toContain('x:y')
  })
})

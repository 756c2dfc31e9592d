import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { migrations } from '../../test/world/stores.ts'
import { migrate } from './migrate.ts'
import { openSqlite } from './sqlite.ts'

describe('a commit of SQLite', () => {
  let folder: string
  let store: ReturnType<typeof openSqlite>
  let disk: () => Promise<void> = async () => {}
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sesame-sqlite-'))
    store = openSqlite(join(folder, 'store.db'), { toDisk: () => disk(), close: async () => {} })
    await migrate(store, migrations)
  })
  afterEach(async () => {
    disk = async () => {}
    await store.close()
    rmSync(folder, { recursive: true })
  })
  const count = (key: string) =>
    store.transaction(tx =>
      tx.insertInto('counters').values({ door: 'd', key, bucket: 1, count: 1, expires_at: 0 }).execute(),
    )

  it('is told to nobody before the disk has it, and pages are served meanwhile', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    disk = () => promise
    let told = false
    const done = count('a').then(() => {
      told = true
    })
    await new Promise(rest => setTimeout(rest, 30))
    expect(told).toBe(false)
    expect(await store.ping()).toBe(true)
    resolve()
    await done
    expect(told).toBe(true)
  })

  it('is told as a fault to all who wait, when the disk fails; the next one is tried anew', async () => {
    disk = () => Promise.reject(new Error('EIO'))
    const both = await Promise.allSettled([count('a'), count('b')])
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    disk = async () => {}
    await count('c')
  })
})

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as immediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { root } from '../../test/world/root.ts'
import { migrations, newStore } from '../../test/world/stores.ts'
import { migrate } from './migrate.ts'
import { openSqlite } from './sqlite.ts'

describe('a commit of SQLite', () => {
  let folder: string
  let store: ReturnType<typeof openSqlite>
  let disk: () => Promise<void> = async () => {}
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sesame-sqlite-'))
    store = openSqlite(join(folder, 'store.db'), { log: { sync: () => disk(), close: async () => {} } })
    await migrate(store, migrations)
  })
  afterEach(async () => {
    disk = async () => {}
    await store.close()
    rmSync(folder, { recursive: true })
  })
  const count = (key: string) =>
    store.transaction(tx =>
      tx.insertInto('counters').values({ name: 'd', key, bucket: 1, count: 1, expires_at: 0 }).execute(),
    )

  it('resolves only after the log is on disk, and reads are served meanwhile', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    disk = () => promise
    let resolved = false
    const done = count('a').then(() => {
      resolved = true
    })
    await new Promise(wake => setTimeout(wake, 30))
    expect(resolved).toBe(false)
    expect(await store.read.selectFrom('counters').select('key').where('key', '=', 'none').execute()).toEqual(
      [],
    )
    resolve()
    await done
    expect(resolved).toBe(true)
  })

  it('rejects every write of its batch when the disk fails, and the next write is tried again', async () => {
    disk = () => Promise.reject(new Error('EIO'))
    const both = await Promise.allSettled([count('a'), count('b')])
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    disk = async () => {}
    await count('c')
  })
})

/**
 * How many writes of five milliseconds fit in a turn of 20. Writes are counted, not timed: on a busy machine they only become
 * longer, and fewer.
 */
const writeDuration = 5
const maxWritesInATurn = 20 / writeDuration + 1

describe('the write lock of SQLite', () => {
  let opened: Awaited<ReturnType<typeof newStore>>
  let child: ChildProcess | undefined
  beforeEach(async () => {
    opened = await newStore()
  })
  afterEach(async () => {
    if (child?.kill('SIGKILL')) await once(child, 'exit')
    child = undefined
    await opened.forget()
  })
  const file = () => ('file' in opened.where ? opened.where.file : '')

  it('alternates between two connections that write without pause, after at most one turn', async () => {
    const noDisk = { sync: async () => {}, close: async () => {} }
    const stores = [openSqlite(file(), { log: noDisk }), openSqlite(file(), { log: noDisk })]
    const writes = 100
    const order: number[] = []
    const writer = async (store: (typeof stores)[number], index: number) => {
      for (let written = 0; written < writes; written += 1)
        await store.transaction(async () => {
          order.push(index)
          for (const until = performance.now() + writeDuration; performance.now() < until; ) await immediate()
        })
    }
    await Promise.all(stores.map(writer))
    for (const store of stores) await store.close()
    // Once one of them has finished its writes, the other no longer competes for the lock.
    const [first = 0, second = 0] = [0, 1].map(index => order.lastIndexOf(index))
    const contended = order.slice(0, Math.min(first, second) + 1).join('')
    const runs = contended.match(/0+|1+/g) ?? []
    expect(Math.max(...runs.map(({ length }) => length)), contended).toBeLessThanOrEqual(maxWritesInATurn)
  })

  it('makes a process that writes without pause wait while another holds the queue lock, and go on afterwards', async () => {
    const { store, where } = opened
    child = fork(join(root, 'test/world/competing-writer.ts'), [JSON.stringify(where), 'other', 'write'], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    await once(child, 'message')
    const written = async () => (await store.read.selectFrom('counters').select('key').execute()).length
    const queueLock = new DatabaseSync(`${file()}-gate`, { timeout: 60_000 })
    queueLock.exec('begin immediate')
    const before = await written()
    await new Promise(wake => setTimeout(wake, 500))
    const after = await written()
    // One write was in progress at the first count.
    expect(after - before).toBeLessThanOrEqual(maxWritesInATurn + 1)
    queueLock.exec('rollback')
    queueLock.close()
    await expect.poll(written).toBeGreaterThan(after)
  })
})

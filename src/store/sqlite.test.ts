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
      tx.insertInto('counters').values({ name: 'd', key, bucket: 1, count: 1, expires_at: 0 }).execute(),
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

/**
 * How many writes of so many milliseconds have room in a turn of 20: they are counted, since how long anything takes is the
 * machine's affair. A machine that is busy makes them longer, and fewer.
 */
const held = 5
const mostInATurn = 20 / held + 1

describe('turns at the lock of SQLite', () => {
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

  it('of two that write without pause, whoever waits is passed by no more than one turn', async () => {
    const noDisk = { toDisk: async () => {}, close: async () => {} }
    const two = [openSqlite(file(), noDisk), openSqlite(file(), noDisk)]
    const writes = 100
    const order: number[] = []
    const writer = async (store: (typeof two)[number], index: number) => {
      for (let written = 0; written < writes; written += 1)
        await store.transaction(async () => {
          order.push(index)
          for (const until = performance.now() + held; performance.now() < until; ) await immediate()
        })
    }
    await Promise.all(two.map(writer))
    for (const store of two) await store.close()
    // Once one of them has done all of its writes, nobody waits any more.
    const [first = 0, second = 0] = [0, 1].map(index => order.lastIndexOf(index))
    const contended = order.slice(0, Math.min(first, second) + 1).join('')
    const runs = contended.match(/0+|1+/g) ?? []
    expect(Math.max(...runs.map(({ length }) => length)), contended).toBeLessThanOrEqual(mostInATurn)
  })

  it('another process that writes without pause ends its turn once somebody stands in the gate, and goes on after them', async () => {
    const { store, where } = opened
    child = fork(join(root, 'test/world/competing-writer.ts'), [JSON.stringify(where), 'other', 'write'], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    await once(child, 'message')
    const written = async () => (await store.read.selectFrom('counters').select('key').execute()).length
    const gate = new DatabaseSync(`${file()}-gate`, { timeout: 60_000 })
    gate.exec('begin immediate')
    const before = await written()
    await new Promise(rest => setTimeout(rest, 500))
    const after = await written()
    // One was under way when they were counted first.
    expect(after - before).toBeLessThanOrEqual(mostInATurn + 1)
    gate.exec('rollback')
    gate.close()
    await expect.poll(written).toBeGreaterThan(after)
  })
})

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { scratchFolder } from '../../test/world/scratch.ts'
import { openWorkerPool } from './worker-pool.ts'

const job = { password: 'Tr0mbone&Cascade-3', salt: 'AAAAAAAAAAAAAAAAAAAAAA', pepper: new Uint8Array() }

describe('the hash threads', () => {
  const folder = scratchFolder('sesame-hash-worker-')
  const file = join(folder, 'worker.mjs')
  let pool: ReturnType<typeof openWorkerPool>
  afterEach(() => pool.close())
  const write = (source: string) => writeFileSync(file, source)

  it('that cannot start fail every job that waits for them, and the next job starts them anew', async () => {
    write('throw new Error("no memory")')
    pool = openWorkerPool(1, pathToFileURL(file))
    const jobs = [pool.run(job), pool.run(job), pool.run(job)]
    for (const { status } of await Promise.allSettled(jobs)) expect(status).toBe('rejected')
    write('export default () => "hash"')
    expect(await pool.run(job)).toBe('hash')
  })

  it('that cannot start, several at once, spoil no job that comes after them', async () => {
    write('throw new Error("no memory")')
    pool = openWorkerPool(4, pathToFileURL(file))
    const failed = await Promise.allSettled(Array.from({ length: 8 }, () => pool.run(job)))
    expect(failed.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 'rejected'))
    write('export default () => new Promise(resolve => setTimeout(resolve, 100, "hash"))')
    const hashes = await Promise.all(Array.from({ length: 8 }, () => pool.run(job)))
    expect(hashes).toEqual(Array.from({ length: 8 }, () => 'hash'))
  })

  it('of which one ends fail its jobs, and the next job starts another', async () => {
    write('export default ({ password }) => (password === "end" ? process.exit(1) : "hash")')
    pool = openWorkerPool(1, pathToFileURL(file))
    expect(await pool.run(job)).toBe('hash')
    await expect(pool.run({ ...job, password: 'end' })).rejects.toThrow()
    expect(await pool.run(job)).toBe('hash')
  })
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStore } from '../store/open.ts'
import type { Store } from '../store/store.ts'
import { readHistory, recordInHistory, trimHistory } from './history.ts'

const migrations = fileURLToPath(new URL('../../migrations', import.meta.url))
let folder: string
let store: Store

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sesame-history-'))
  store = await openStore({ file: join(folder, 'store.sqlite') }, { migrations })
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

const choose = (person: string, hash: string, at: number, kept = 3) =>
  store.transaction(tx => recordInHistory(tx, { person, hash, pepper: 'key', at, kept }))
const hashesOf = async (person: string) => (await readHistory(store, person, 3)).map(({ hash }) => hash)

describe('the password history', () => {
  it('keeps the three most recently chosen, newest first, and no row more', async () => {
    for (const [index, hash] of ['a', 'b', 'c', 'd', 'e'].entries())
      await choose('camille', hash, 1000 + index)
    expect(await hashesOf('camille')).toEqual(['e', 'd', 'c'])
    expect(await store.read.selectFrom('password_history').select('hash').execute()).toHaveLength(3)
  })

  it.each([1, 2])('keeps as many as are configured: %i', async kept => {
    for (const [index, hash] of ['a', 'b', 'c', 'd'].entries())
      await choose('camille', hash, 1000 + index, kept)
    expect(await hashesOf('camille')).toEqual(['d', 'c'].slice(0, kept))
  })

  it.each([0, 1, 2])('is trimmed for everybody to the number that is configured since: %i', async kept => {
    for (const person of ['camille', 'yanis', 'nora'])
      for (const [index, hash] of ['a', 'b', 'c'].entries()) await choose(person, hash, 1000 + index)
    await choose('nora', 'd', 5000)
    expect(await trimHistory(store, kept)).toBe(9 - 3 * kept)
    expect(await hashesOf('camille')).toEqual(['c', 'b', 'a'].slice(0, kept))
    expect(await hashesOf('nora')).toEqual(['d', 'c', 'b'].slice(0, kept))
    expect(await trimHistory(store, kept)).toBe(0)
  })

  it('keeps the newest although the clock does not advance or is set back', async () => {
    for (const [hash, at] of [
      ['a', 1000],
      ['b', 1000],
      ['c', 1000],
      ['d', 5],
    ] as const)
      await choose('camille', hash, at)
    expect(await hashesOf('camille')).toEqual(['d', 'c', 'b'])
  })

  it('of one person is independent of the others', async () => {
    await choose('yanis', 'y', 1)
    for (const hash of ['a', 'b', 'c', 'd']) await choose('camille', hash, 1000)
    expect(await hashesOf('yanis')).toEqual(['y'])
  })

  it('is empty for a person who never chose a password here', async () => {
    expect(await readHistory(store, 'nobody', 3)).toEqual([])
  })

  it('deletes nothing when the transaction fails', async () => {
    for (const hash of ['a', 'b', 'c']) await choose('camille', hash, 1000)
    const failing = store.transaction(async tx => {
      await recordInHistory(tx, { person: 'camille', hash: 'd', pepper: 'key', at: 2000, kept: 3 })
      throw new Error('the mail row could not be written')
    })
    await expect(failing).rejects.toThrow('mail row')
    expect(await hashesOf('camille')).toEqual(['c', 'b', 'a'])
  })
})

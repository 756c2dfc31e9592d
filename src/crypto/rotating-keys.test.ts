import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { digestOf } from './crypto.ts'
import { createOnce, hostOf, openRotatingKeys } from './rotating-keys.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sesame-keys-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

it('a file that many processes make at once is whole whenever it is read, and its user alone may read it', async () => {
  const file = join(folder, 'a.key')
  // A long one: what is written in two steps shows half-written.
  const made = Array.from({ length: 20 }, () => randomBytes(2_000_000))
  const read = await Promise.all(made.map(key => createOnce(file, key)))
  expect(new Set(read.map(key => digestOf(key.toString('base64')))).size).toBe(1)
  expect(read[0]).toHaveLength(2_000_000)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readdirSync(folder)).toEqual(['a.key'])
})

it('all processes of a folder are the same host', async () => {
  const hosts = await Promise.all(Array.from({ length: 20 }, () => hostOf(join(folder, 'keys'))))
  expect(new Set(hosts).size).toBe(1)
  expect(hosts[0]).toMatch(/^[\w-]{22}$/)
})

it('a host whose name a fault of the disk emptied is given another', async () => {
  const named = await hostOf(folder)
  truncateSync(join(folder, 'host-id'))
  const renamed = await hostOf(folder)
  expect(renamed).toMatch(/^[\w-]{22}$/)
  expect(renamed).not.toBe(named)
  expect(await hostOf(folder)).toBe(renamed)
})

it('a key that a fault of the disk cut off opens nothing, and another is made in its place', async () => {
  const clock = { now: () => Date.UTC(2026, 10, 1), sleep: async () => {} }
  const shared: string[] = []
  const keys = await openRotatingKeys(folder, clock, {
    share: async name => void shared.push(name),
    receive: async () => null,
  })
  const before = await keys.seal('row', 'secret')
  truncateSync(join(folder, `${before.key}.key`), 7)
  expect(await keys.open(before.key, 'row', before.sealed)).toEqual({ password: null, isElsewhere: false })
  const after = await keys.seal('row', 'other')
  expect(await keys.open(after.key, 'row', after.sealed)).toMatchObject({ password: 'other' })
  expect(shared).toEqual([before.key, after.key])
})

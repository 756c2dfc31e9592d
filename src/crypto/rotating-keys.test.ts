import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { digestOf } from './crypto.ts'
import { createOnce, hostOf } from './rotating-keys.ts'

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

import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { currentLeaseHolder } from '../services/source/lease-holder.ts'
import { takeRunLock } from './run-lock.ts'

describe('the lock of a run', () => {
  let folder: string
  let file: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sesame-lock-'))
    file = join(folder, 'codes.csv.part.lock')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('names its process, and is removed at the end', () => {
    const lock = takeRunLock(file)
    expect(readlinkSync(file)).toBe(currentLeaseHolder())
    expect(takeRunLock(file)).toEqual({ ok: false, heldBy: currentLeaseHolder() })
    if (lock.ok) lock.release()
    expect(readdirSync(folder)).toEqual([])
  })

  it.each([
    ['has exited', `${hostname()}:4194305:1`],
    ['had the number of this one, and was started at another time', `${hostname()}:${process.pid}:1`],
  ])('is taken over from a process that %s', (_, holder) => {
    symlinkSync(holder, file)
    expect(takeRunLock(file).ok).toBe(true)
    expect([readdirSync(folder), readlinkSync(file)]).toEqual([['codes.csv.part.lock'], currentLeaseHolder()])
  })

  it('of a process of another host is left', () => {
    symlinkSync('elsewhere:1:1', file)
    expect(takeRunLock(file)).toEqual({ ok: false, heldBy: 'elsewhere:1:1' })
  })

  it('of a process of another user, whom this one may not signal, is left', () => {
    const holder = `${hostname()}:1:0`
    symlinkSync(holder, file)
    const kill = process.kill
    process.kill = () => {
      throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' })
    }
    try {
      expect(takeRunLock(file)).toEqual({ ok: false, heldBy: holder })
    } finally {
      process.kill = kill
    }
  })

  const foreign: Readonly<Record<string, () => void>> = {
    'a file': () => writeFileSync(file, 'notes'),
    'a folder': () => mkdirSync(file),
    'a link to something else': () => symlinkSync('codes.csv', file),
    'a link to a process without a number': () => symlinkSync(`${hostname()}:0:1`, file),
  }
  it.each(Object.keys(foreign))('%s in its place is left, and said in words', name => {
    foreign[name]?.()
    expect(() => takeRunLock(file)).toThrow(`${file} is no lock of « sesame activation-codes »`)
    expect(readdirSync(folder)).toEqual(['codes.csv.part.lock'])
  })

  it('that another run has taken over is not removed at the end', () => {
    const lock = takeRunLock(file)
    rmSync(file)
    symlinkSync('elsewhere:1:1', file)
    expect(lock.ok && lock.isHeld()).toBe(false)
    if (lock.ok) lock.release()
    expect(readlinkSync(file)).toBe('elsewhere:1:1')
  })
})

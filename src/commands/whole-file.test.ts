import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeWholeFile } from './whole-file.ts'

describe('a file that is written wholly or not at all', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sesame-whole-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('replaces no file that another process made while it was drafted', () => {
    const file = join(folder, 'codes.csv')
    const write = () =>
      writeWholeFile(file, 'mine', () => {
        writeFileSync(file, 'theirs')
        return false
      })
    expect(write).toThrow('EEXIST')
    expect([readdirSync(folder), readFileSync(file, 'utf8')]).toEqual([['codes.csv'], 'theirs'])
  })

  it('replaces its own', () => {
    const file = join(folder, 'codes.csv')
    writeWholeFile(file, 'first', () => false)
    writeWholeFile(file, 'second', () => true)
    expect(readFileSync(file, 'utf8')).toBe('second')
  })
})

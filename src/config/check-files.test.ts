import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { checkOwner, checkSecretFiles } from './check-files.ts'
import { readEnvironment } from './environment.ts'
import { loadSettings } from './load.ts'

const folder = mkdtempSync(join(tmpdir(), 'sesame-files-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('sesame check on the files of the portal', () => {
  it('finds a secret that every account of the machine can read, and its remedy closes it', () => {
    const secret = join(folder, 'smtp.password')
    const config = join(folder, 'sesame.yaml')
    const data = join(folder, 'data')
    mkdirSync(data, { mode: 0o700 })
    writeFileSync(secret, 'secret')
    chmodSync(secret, 0o644)
    const mail = { kind: 'smtp', host: 'mail.univ.example', from: 'a@univ.example', passwordFile: secret }
    writeFileSync(config, JSON.stringify({ mail: { ...mail, user: 'sesame' } }))
    const loaded = loadSettings(readEnvironment({ SESAME_CONFIG: config, SESAME_DATA: data }))
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
    const findings = checkSecretFiles(loaded.settings)
    expect(findings).toMatchObject([{ level: 'wrong', what: `secret-file ${secret}` }])
    execFileSync('/bin/sh', ['-c', findings[0]?.detail.split('Remedy: ')[1] ?? ''])
    expect(checkSecretFiles(loaded.settings)).toEqual([])
  })

  it('refuses to run as another user than the owner of the data folder', () => {
    const { uid } = statSync(folder)
    expect(checkOwner(folder, uid)).toBe(null)
    expect(checkOwner(join(folder, 'absent'), uid)).toBe(null)
    expect(checkOwner(folder, uid + 1)).toMatchObject({
      level: 'wrong',
      what: 'owner',
      detail: expect.stringContaining(`sudo -u "#${uid}" sesame check`),
    })
  })
})

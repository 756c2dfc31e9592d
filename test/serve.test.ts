import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { freePort } from './world/ports.ts'
import { root } from './world/root.ts'
import { runSesame } from './world/run-sesame.ts'
import { scratchFolder } from './world/scratch.ts'
import { startProcess } from './world/start-process.ts'

const folder = scratchFolder('sesame-serve-')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A portal whose directory and mail server are out of reach. */
const configuration = () => {
  const key = join(folder, 'root.key')
  writeFileSync(key, randomBytes(32), { mode: 0o600 })
  writeFileSync(join(folder, 'charter'), 'Une règle.')
  const secret = join(folder, 'ldap.password')
  writeFileSync(secret, 'of-the-directory', { mode: 0o600 })
  const value = {
    rootKeyFile: key,
    charter: { version: '1', fr: join(folder, 'charter'), en: join(folder, 'charter') },
    branding: { helpdesk: { phone: '03 27 00 00 00', mail: 'assistance@univ.example' } },
    directory: {
      kind: 'ldap',
      urls: ['ldap://127.0.0.1:9'],
      bindDn: 'cn=portal,dc=univ,dc=example',
      passwordFile: secret,
      populations: Object.fromEntries(
        ['student', 'staff', 'external'].map(population => [
          population,
          { base: `ou=${population},dc=univ` },
        ]),
      ),
    },
    mail: { kind: 'smtp', host: '127.0.0.1', port: 9, from: 'a@univ.example' },
  }
  const file = join(folder, 'sesame.yaml')
  writeFileSync(file, stringify(value))
  return { file, key }
}

const environment = (file: string, data: string) => ({
  PATH: process.env.PATH ?? '',
  SESAME_CONFIG: file,
  SESAME_DATA: data,
})

describe('sesame check --start', () => {
  it('asks only what would keep the portal from starting: no server on the network, and no file is made', async () => {
    const data = join(folder, 'absent')
    const { status, said, failed } = await runSesame(['check', '--start'], {
      env: environment(configuration().file, data),
    })
    expect(failed).toBe('')
    expect(said).toMatch(/^good +store: SQLite has no table yet/m)
    expect(said).not.toMatch(/directory|mail/)
    expect(status).toBe(0)
    expect(existsSync(data)).toBe(false)
  })

  it('ends with 1 under another root key than that of the store', async () => {
    const data = join(folder, 'data')
    mkdirSync(data, { mode: 0o700 })
    const { file, key } = configuration()
    const portal = await startProcess({ ...environment(file, data), PORT: String(await freePort()) })
    expect(portal.status).toBe('listening')
    await portal.stop()
    writeFileSync(key, randomBytes(32), { mode: 0o600 })
    const { status, failed } = await runSesame(['check', '--start'], { env: environment(file, data) })
    expect(failed).toMatch(/^wrong +root-key: /m)
    expect(status).toBe(1)
  })
})

describe('a command whose reader stops reading', () => {
  it.each(['explain', 'check', 'check --start', '--help'])('%s ends without a stack trace', command => {
    const script = `"${process.execPath}" bin/sesame.mjs ${command} | true; echo "$\{PIPESTATUS[0]}"`
    const { stdout, stderr } = spawnSync('bash', ['-c', script], {
      cwd: root,
      env: { PATH: process.env.PATH, SESAME_DATA: join(folder, 'none'), SESAME_CONFIG: '' },
      encoding: 'utf8',
    })
    expect(stderr).not.toMatch(/^\s+at /m)
    expect(stdout.trim()).toMatch(/^(0|1|2|141)$/)
  })
})

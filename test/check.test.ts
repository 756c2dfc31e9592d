import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { startMailServer } from './world/mail-server.ts'
import { suffix, worldPeople } from './world/people.ts'
import { freePort } from './world/ports.ts'
import { runSesame } from './world/run-sesame.ts'
import { hasSlapd, type Slapd, startSlapd } from './world/slapd.ts'
import type { SlapdOptions } from './world/slapd-ldif.ts'

const available = process.env.CI === 'true' || hasSlapd()

describe.runIf(available)('sesame check on a portal with OpenLDAP', () => {
  let folder: string
  const running: Slapd[] = []
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sesame-check-'))
    writeFileSync(join(folder, 'root.key'), randomBytes(32), { mode: 0o600 })
    writeFileSync(join(folder, 'charter'), '# Une règle\n\nUn paragraphe.')
  })
  afterAll(() => rmSync(folder, { recursive: true }))
  afterEach(async () => {
    for (const slapd of running.splice(0)) await slapd.stop()
  })
  const start = async (options: Partial<SlapdOptions> = {}) => {
    const slapd = await startSlapd({ people: worldPeople(60), ...options })
    running.push(slapd)
    return slapd
  }
  const check = async (slapd: Slapd, more: Record<string, unknown> = {}, data = join(folder, 'data')) => {
    const file = join(folder, 'sesame.yaml')
    const value = {
      rootKeyFile: join(folder, 'root.key'),
      charter: { version: '2026-09', fr: join(folder, 'charter'), en: join(folder, 'charter') },
      branding: { helpdesk: { phone: '03 27 00 00 00', mail: 'assistance@univ.example' } },
      directory: { kind: 'ldap', ...slapd.settings() },
      ...more,
    }
    writeFileSync(file, stringify(JSON.parse(JSON.stringify(value))))
    const { status, said, failed } = await runSesame(['check'], {
      env: { PATH: process.env.PATH ?? '', SESAME_CONFIG: file, SESAME_DATA: data },
    })
    return { status, lines: `${said}${failed}` }
  }

  it('ends with 0 when nothing is wrong, and makes nothing', async () => {
    const data = join(folder, 'absent')
    const { status, lines } = await check(await start(), {}, data)
    expect(lines).not.toMatch(/^(wrong|untried)/m)
    expect(lines).toMatch(/^good +store: SQLite has no table yet/m)
    expect(status).toBe(0)
    expect(existsSync(data)).toBe(false)
  })

  it('ends with 1 when something is wrong', async () => {
    const slapd = await start()
    const directory = { kind: 'ldap', ...slapd.settings({ birthDateFormat: 'DD/MM/YYYY' }) }
    const { status, lines } = await check(slapd, { directory })
    expect(lines).toMatch(/^wrong +birth-date-form staff: /m)
    expect(status).toBe(1)
  })

  it('says by its cause why no mail can leave', async () => {
    const port = await freePort()
    const { lines } = await check(await start(), {
      mail: { kind: 'smtp', host: '127.0.0.1', port, tls: 'none', from: 'a@univ.example' },
    })
    expect(lines).toMatch(/^wrong +mail: 127\.0\.0\.1:\d+ refuses the connection: start it/m)
  })

  it('ends with 2 when something could not be tried', async () => {
    const access = (rules: readonly string[]) => [`to dn.subtree="ou=policies,${suffix}" by * none`, ...rules]
    const { status, lines } = await check(await start({ access }))
    expect(lines).not.toMatch(/^wrong/m)
    expect(lines).toMatch(/^untried +old-password-unknown: /m)
    expect(status).toBe(2)
  })

  it('warns about hashes that no service writes, and its remedy writes them', async () => {
    const slapd = await start()
    const { lines } = await check(slapd)
    expect(lines).toMatch(/^warning +unwritten-hash student: [1-9]\d* people have a Samba account/m)
    const [, yaml = ''] = /unwritten-hash student: .* Remedy: (services: .*\]) \(/.exec(lines) ?? []
    const { services } = parse(yaml) as { services: unknown }
    expect((await check(slapd, { services })).lines).not.toContain('unwritten-hash')
  })

  it('finds a secret that every account of the machine can read', async () => {
    const slapd = await start()
    const passwordFile = join(folder, 'portal.password')
    writeFileSync(passwordFile, slapd.service('portal').password, { mode: 0o604 })
    const directory = { kind: 'ldap', ...slapd.settings({ passwordFile }) }
    expect((await check(slapd, { directory })).lines).toContain(`secret-file ${passwordFile}: `)
  })

  it('goes on after a part that does not answer', async () => {
    const slapd = await start()
    const { status, lines } = await check(slapd, {
      directory: { kind: 'ldap', ...slapd.settings({ urls: ['ldaps://127.0.0.1:1'] }) },
      mail: { kind: 'smtp', host: '127.0.0.1', port: 1, tls: 'none', from: 'a@univ.example' },
    })
    expect(lines).toMatch(/^wrong +connection: /m)
    expect(lines).toMatch(/^wrong +mail: /m)
    expect(status).toBe(1)
  })

  it('counts the people whose address the mail server does not take', async () => {
    const people = worldPeople(60).map((person, index) =>
      index % 30 === 1 ? { ...person, privateAddresses: ['rené@maison.example'] } : person,
    )
    const slapd = await start({ people })
    const port = await freePort()
    const mail = { kind: 'smtp', host: '127.0.0.1', port, tls: 'none', from: 'a@univ.example' }
    const linesWith = async (smtpUtf8: boolean) => {
      const server = await startMailServer({ port, tls: 'none', folder, smtpUtf8 })
      const { lines } = await check(slapd, { mail })
      await server.stop()
      return lines
    }
    expect(await linesWith(false)).toMatch(
      /^warning +smtp-utf8 \w+: [1-9] of \d+ people have an address with/m,
    )
    expect(await linesWith(true)).not.toContain('smtp-utf8 ')
  })

  // Only root can give a folder away.
  it.runIf(process.getuid?.() === 0)('refuses another user than the owner of the data folder', async () => {
    const data = join(folder, 'of-another')
    mkdirSync(data, { mode: 0o700 })
    chownSync(data, 65_534, 65_534)
    const { status, lines } = await check(await start(), {}, data)
    expect(lines).toMatch(/^wrong +owner: .*sudo -u "#65534" sesame check\n$/)
    expect(status).toBe(1)
  })
})

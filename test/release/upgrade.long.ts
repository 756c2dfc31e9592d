import { execFile, execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { stringify } from 'yaml'
import { unlimited, unlimitedJourneys } from '../world/limits.ts'
import { type MailServer, startMailServer } from '../world/mail-server.ts'
import { bases, suffix, worldPeople } from '../world/people.ts'
import { freePort } from '../world/ports.ts'
import { createDatabase } from '../world/postgres.ts'
import { root } from '../world/root.ts'
import { type Slapd, startSlapd } from '../world/slapd.ts'
import { startProcess } from '../world/start-process.ts'
import { newVisitor } from '../world/visitor.ts'
import { createJourney } from './journey.ts'
import { newFolder } from './make-release.ts'

/** The commit that CHANGELOG.md names as 0.1.0. */
const firstVersion = /^## 0\.1\.0\n.*`([0-9a-f]{40})`/ms.exec(
  readFileSync(join(root, 'CHANGELOG.md'), 'utf8'),
)?.[1]

/** The files of that commit, from the history of git, built with the packages of now. */
const packFirstVersion = () => {
  const tree = newFolder('sesame-first-version-')
  const archive = execFileSync('git', ['archive', firstVersion ?? ''], { cwd: root, maxBuffer: 1024 ** 3 })
  execFileSync('tar', ['-x', '-C', tree], { input: archive })
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'))
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: tree })
  return tree
}

const chosen = 'Tr0mbone&Cascade-Bleue'

/** A service that is told of each change; it is unavailable before `open`. */
const createService = (port: number) => {
  const received: { event: string; login: string }[] = []
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    received.push(JSON.parse(Buffer.concat(parts).toString()))
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}')
  })
  const url = `http://127.0.0.1:${port}/changes`
  return { url, received, open: () => server.listen(port, '127.0.0.1'), close: () => server.close() }
}

const flavours = [
  { store: 'SQLite', processes: 1 },
  { store: 'PostgreSQL', processes: 2 },
] as const

describe.each(flavours)('an upgrade from 0.1.0 on $store, processes: $processes', ({ store, processes }) => {
  const folder = newFolder('sesame-upgrade-')
  let tree: string
  let slapd: Slapd
  let mails: MailServer | undefined
  let service: ReturnType<typeof createService>
  let mailPort: number
  let databaseUrl: string | undefined
  let ports: readonly number[]
  const running = new Map<number, Awaited<ReturnType<typeof startProcess>>>()

  const configAt = (port: number) => {
    const name = { fr: 'Bibliothèque', en: 'Library' }
    const webhook = { kind: 'webhook', url: service.url, secretFile: join(folder, 'secret') }
    const value = {
      publicUrl: `http://127.0.0.1:${port}`,
      listen: { port, admin: 'off' },
      rootKeyFile: join(folder, 'root.key'),
      charter: { version: '1', fr: join(folder, 'charter'), en: join(folder, 'charter') },
      branding: { helpdesk: { phone: '03 27 00 00 00', mail: 'assistance@univ.example' } },
      directory: {
        kind: 'ldap',
        urls: [slapd.urls.ldaps],
        caFile: slapd.caFile,
        bindDn: slapd.portalDn,
        passwordFile: slapd.passwordFile,
        populations: Object.fromEntries(Object.entries(bases).map(([kind, base]) => [kind, { base }])),
        privilegedGroups: [`cn=admins,ou=groups,${suffix}`],
      },
      mail: { kind: 'smtp', host: '127.0.0.1', port: mailPort, tls: 'none', from: 'portail@univ.example' },
      services: [{ id: 'library', name, use: name, writer: webhook }],
      limits: { ...unlimited, ...unlimitedJourneys },
    }
    const file = join(folder, `sesame-${port}.yaml`)
    writeFileSync(file, stringify(value))
    return file
  }
  const environment = (port: number, data = join(folder, 'data')) => ({
    SESAME_CONFIG: configAt(port),
    SESAME_DATA: data,
    PORT: String(port),
    ...(databaseUrl && { DATABASE_URL: databaseUrl }),
  })
  const start = async (port: number, version: string) => {
    const portal = await startProcess(environment(port), undefined, version)
    if (portal.status === 'listening') running.set(port, portal)
    return portal
  }
  const command = async (version: string, ...args: string[]) => {
    const env = { PATH: process.env.PATH, ...environment(ports[0] ?? 0) }
    const run = promisify(execFile)
    const { stdout } = await run(process.execPath, [join(version, 'bin/sesame.mjs'), ...args], { env })
    return stdout
  }

  beforeAll(async () => {
    tree = packFirstVersion()
    slapd = await startSlapd({ people: worldPeople(40) })
    service = createService(await freePort())
    mailPort = await freePort()
    ports = await Promise.all(Array.from({ length: processes }, freePort))
    if (store === 'PostgreSQL') databaseUrl = await createDatabase(inject('postgres'))
    mkdirSync(join(folder, 'data'), { mode: 0o700 })
    writeFileSync(join(folder, 'root.key'), randomBytes(32), { mode: 0o600 })
    writeFileSync(join(folder, 'secret'), 'of-the-service', { mode: 0o600 })
    writeFileSync(join(folder, 'charter'), 'Une règle.')
  }, 600_000)
  afterAll(async () => {
    for (const portal of running.values()) await portal.stop()
    service?.close()
    await mails?.stop()
    await slapd?.stop()
    for (const one of [folder, tree]) rmSync(one, { recursive: true, force: true })
  })

  it('loses no session, journey, delivery or mail, and is not undone', { timeout: 900_000 }, async () => {
    for (const port of ports) expect((await start(port, tree)).status).toBe('listening')
    let asked = 0
    /** Each request goes to the next process that runs. */
    const base = () => {
      asked += 1
      const open = [...running.keys()]
      return `http://127.0.0.1:${open[asked % open.length]}`
    }

    const { answer, withJoker, atNewPassword } = createJourney(base)
    const signedIn = await withJoker('nhaddad')
    await withJoker('clefevre')
    const done = await atNewPassword('204518', '14/07/1985')
    expect((await done.choose(chosen)).location).toContain('/termine')
    const open = await atNewPassword('198077', '2/5/1972')
    const half = newVisitor(base)
    await half.identify('numero-personnel', '198077', '2/5/1972')

    const expectSignedIn = async () => {
      const { status, location } = await signedIn.get('/fr/compte/premier-jour')
      expect({ status, location }).toEqual({ status: 200, location: null })
    }
    await expectSignedIn()
    const backup = join(folder, 'before.jsonl')
    expect(await command(tree, 'backup', backup)).toContain('rows')
    for (const port of ports) {
      expect(await running.get(port)?.stop()).toBe(0)
      running.delete(port)
      expect((await start(port, root)).status).toBe('listening')
      // A process of 0.1.0 serves people while one of now has changed the store.
      await expectSignedIn()
      await expectSignedIn()
    }

    expect((await half.answer(answer)).location).toContain('/mot-de-passe/nouveau')
    expect((await open.choose('An0ther&Cascade-Verte')).location).toContain('/termine')
    expect((await newVisitor(base).signIn('nhaddad', 'An0ther&Cascade-Verte')).location).toContain(
      '/fr/compte',
    )
    expect((await newVisitor(base).signIn('clefevre', chosen)).location).toContain('/fr/compte')

    service.open()
    mails = await startMailServer({ port: mailPort, tls: 'none', folder })
    const patience = { timeout: 300_000 }
    const logins = () => service.received.map(({ login }) => login)
    await expect.poll(() => [...new Set(logins())].sort(), patience).toEqual(['clefevre', 'nhaddad'])
    const recipients = () => mails?.received.flatMap(one => one.recipients).join(' ')
    await expect.poll(recipients, patience).toContain('clefevre@univ.example')
    expect(await command(root, 'audit', 'verify')).toMatch(/\b0 broken/)

    for (const port of ports) await running.get(port)?.stop()
    running.clear()
    const refused = await start(ports[0] ?? 0, tree)
    expect(refused.status).toBe(1)
    expect(refused.lines.join('\n')).toMatch(
      /the store was made by a newer Sésame \(it holds \d{3}-[a-z-]+\.sql\)/,
    )

    // The way back: 0.1.0 on an empty store, with the backup from before.
    if (databaseUrl) databaseUrl = await createDatabase(inject('postgres'))
    rmSync(join(folder, 'data'), { recursive: true })
    mkdirSync(join(folder, 'data'), { mode: 0o700 })
    expect(await command(tree, 'restore', backup)).toContain('rows restored')
    expect((await start(ports[0] ?? 0, tree)).status).toBe('listening')
    expect((await newVisitor(base).signIn('clefevre', chosen)).location).toContain('/fr/compte')
  })
})

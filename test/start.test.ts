import { chmodSync, chownSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from './world/ports.ts'
import { hasPostgres, startPostgres } from './world/postgres.ts'
import { runSesame } from './world/run-sesame.ts'
import { scratchFolder } from './world/scratch.ts'
import { isRoot, nobody, startProcess } from './world/start-process.ts'

const folder = scratchFolder('sesame-start-')
chmodSync(folder, 0o755)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let made = 0
/** A new folder for one test; `user`: its owner. */
const newFolder = (user?: number) => {
  made += 1
  const path = join(folder, `data-${made}`)
  mkdirSync(path, { mode: 0o700 })
  if (user !== undefined) chownSync(path, user, user)
  return path
}

/** Starts the portal, which must not start: it ends with status 1 and one line of JSON, which is returned. */
const refusedStart = async (env: Readonly<Record<string, string>>, user?: number) => {
  const started = await startProcess({ SESAME_DATA: newFolder(user), ...env }, user)
  if (started.status === 'listening') await started.stop()
  expect(started.status).toBe(1)
  expect(started.lines.join('\n')).not.toMatch(/\\n\s+at |^\s+at /m)
  const [entry, ...others] = started.entries()
  expect(others).toEqual([])
  return entry
}

/** Runs a command, which must fail with one line. */
const refusedCommand = async (args: readonly string[], env: Readonly<Record<string, string>>) => {
  const { status, failed } = await runSesame(args, {
    env: { PATH: process.env.PATH ?? '', SESAME_DATA: newFolder(), ...env },
  })
  expect(status).toBe(1)
  expect(failed.trim().split('\n')).toHaveLength(1)
  expect(failed).not.toMatch(/^\s+at /m)
  return failed
}

describe('a portal that cannot start says why in one line of JSON', () => {
  it('when its port is in use', async () => {
    const port = await freePort()
    const other = createServer()
    await new Promise<void>(resolve => other.listen(port, '127.0.0.1', resolve))
    const entry = await refusedStart({ PORT: String(port) })
    other.close()
    expect(entry).toMatchObject({
      level: 'error',
      check: 'listen',
      detail: expect.stringContaining(`127.0.0.1:${port} is used by another program`),
    })
  })

  const junk = join(folder, 'junk')
  writeFileSync(junk, 'junk')
  it.each([
    ['an address of another machine', 'listen: { host: 192.0.2.1 }', 'listen', '192.0.2.1 is no address of'],
    [
      'a name that nobody knows',
      'listen: { host: a.invalid }',
      'listen',
      'a.invalid is a name that is not known',
    ],
    ['a list of leaked passwords that is none', `leakedFilter: ${junk}`, 'leakedFilter', 'is not a filter'],
  ])('when it is given %s', async (_, yaml, check, sentence) => {
    const config = join(folder, 'given.yaml')
    writeFileSync(config, yaml)
    expect(await refusedStart({ SESAME_CONFIG: config })).toMatchObject({
      check,
      detail: expect.stringContaining(sentence),
    })
  })

  it('when a secret file is missing: the line names the setting', async () => {
    const config = join(folder, 'missing.yaml')
    writeFileSync(config, 'mail: { kind: smtp, host: a.example, from: a@b.c, passwordFile: /nowhere/x }')
    expect(await refusedStart({ SESAME_CONFIG: config })).toMatchObject({
      check: 'mail.passwordFile',
      detail: 'names /nowhere/x, which does not exist.',
    })
  })

  it('when the root key can be read by everybody', async () => {
    const key = join(folder, 'open.key')
    writeFileSync(key, Buffer.alloc(32, 1))
    chmodSync(key, 0o644)
    expect(await refusedStart({ SESAME_ROOT_KEY_FILE: key })).toMatchObject({
      check: 'rootKeyFile',
      detail: expect.stringContaining(`${key} can be read by everybody`),
    })
  })

  it('when the data folder is a file', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    expect(await refusedStart({ SESAME_DATA: file })).toMatchObject({
      check: 'SESAME_DATA',
      detail: `${file} is a file: name a folder.`,
    })
  })

  it('when the file of the store is no store', async () => {
    const data = newFolder()
    writeFileSync(
      join(data, 'sesame.sqlite'),
      'no store, but a text that is long enough to be read as one '.repeat(40),
    )
    expect(await refusedStart({ SESAME_DATA: data })).toMatchObject({
      check: 'store',
      detail: expect.stringContaining('is no SQLite file'),
    })
  })

  describe.runIf(isRoot)('as another user than root', () => {
    it('when a secret file cannot be read', async () => {
      const secret = join(folder, 'closed')
      writeFileSync(secret, 'secret', { mode: 0o600 })
      const config = join(folder, 'closed.yaml')
      writeFileSync(config, `mail: { kind: smtp, host: a.example, from: a@b.c, passwordFile: ${secret} }`)
      expect(await refusedStart({ SESAME_CONFIG: config }, nobody)).toMatchObject({
        check: 'mail.passwordFile',
        detail: expect.stringMatching(/which the user \w+ cannot read: give it the group/),
      })
    })

    it('when the data folder is read-only', async () => {
      const data = newFolder(nobody)
      chmodSync(data, 0o555)
      expect(await refusedStart({ SESAME_DATA: data }, nobody)).toMatchObject({
        detail: expect.stringMatching(new RegExp(`${data}/\\S+ cannot be read or written by this user`)),
      })
    })

    it('when root left its files in the data folder', async () => {
      const data = newFolder()
      expect(
        (await runSesame(['audit', 'verify'], { env: { PATH: process.env.PATH ?? '', SESAME_DATA: data } }))
          .status,
      ).toBe(0)
      chownSync(data, nobody, nobody)
      chownSync(join(data, 'root.key'), nobody, nobody)
      expect(await refusedStart({ SESAME_DATA: data }, nobody)).toMatchObject({
        detail: expect.stringMatching(/sesame\.sqlite belongs to another user/),
      })
    })

    it('when the data folder belongs to another user, and a command too', async () => {
      const data = newFolder(nobody)
      const sentence =
        /belongs to the user nobody, and this runs as root: run it as nobody, for example « sudo -u nobody/
      expect(await refusedStart({ SESAME_DATA: data })).toMatchObject({
        check: 'SESAME_DATA',
        detail: expect.stringMatching(sentence),
      })
      expect(await refusedCommand(['audit', 'verify'], { SESAME_DATA: data })).toMatch(sentence)
      expect(await refusedCommand(['backup', join(folder, 'b')], { SESAME_DATA: data })).toMatch(sentence)
    })
  })
})

describe.runIf(process.env.CI === 'true' || hasPostgres())(
  'a portal on PostgreSQL that cannot start says why',
  () => {
    let postgres: Awaited<ReturnType<typeof startPostgres>>
    let admin: pg.Client
    beforeAll(async () => {
      postgres = await startPostgres()
      admin = new pg.Client({ connectionString: postgres.url })
      await admin.connect()
    })
    afterAll(async () => {
      await admin?.end()
      await postgres?.stop()
    })
    const at = (change: (url: URL) => void) => {
      const url = new URL(postgres.url)
      change(url)
      return { DATABASE_URL: url.href }
    }

    it.each([
      [
        'has another password',
        (url: URL) => Object.assign(url, { username: 'guarded', password: 'wrong' }),
        'PostgreSQL refuses the password',
      ],
      [
        'has no such database',
        (url: URL) => Object.assign(url, { pathname: '/nothing' }),
        'PostgreSQL has no database of that name',
      ],
      [
        'is down',
        (url: URL) => Object.assign(url, { port: '1' }),
        'PostgreSQL at 127.0.0.1:1 refuses the connection',
      ],
      [
        'has an unknown name',
        (url: URL) => Object.assign(url, { hostname: 'nowhere.invalid' }),
        'nowhere.invalid',
      ],
      [
        'gives the account no right',
        (url: URL) => Object.assign(url, { username: 'weak' }),
        'refuses the account a right',
      ],
    ])('when it %s', async (_, change, sentence) => {
      const { rows } = await admin.query('show hba_file')
      const file = rows[0].hba_file as string
      if (!readFileSync(file, 'utf8').includes('guarded')) {
        await admin.query("create role guarded login password 'right'")
        await admin.query('create role weak login')
        writeFileSync(file, `host all guarded 127.0.0.1/32 scram-sha-256\n${readFileSync(file, 'utf8')}`)
        await admin.query('select pg_reload_conf()')
      }
      const env = at(change)
      expect(await refusedStart(env)).toMatchObject({
        check: 'store',
        detail: expect.stringContaining(sentence),
      })
      expect(await refusedCommand(['audit', 'verify'], env)).toContain(sentence)
    })

    it('when its address is no address', async () => {
      expect(await refusedStart({ DATABASE_URL: 'postgres://sesame:pa/ss#word@db' })).toMatchObject({
        check: 'store',
        detail: expect.stringContaining('%XX'),
      })
    })

    it('when a newer Sésame wrote the store', async () => {
      await admin.query('create database newer')
      const env = at(url => Object.assign(url, { pathname: '/newer' }))
      const key = join(folder, 'newer.key')
      writeFileSync(key, Buffer.alloc(32, 1), { mode: 0o600 })
      const first = await startProcess({ SESAME_DATA: newFolder(), SESAME_ROOT_KEY_FILE: key, ...env })
      expect([first.status, await first.stop()]).toEqual(['listening', 0])
      const client = new pg.Client({ connectionString: env.DATABASE_URL })
      await client.connect()
      await client.query("insert into schema_migrations values ('999-later.sql', 'x', 1)")
      await client.end()
      expect(await refusedStart({ ...env, SESAME_ROOT_KEY_FILE: key })).toMatchObject({
        check: 'store',
        detail: expect.stringContaining('made by a newer Sésame (it holds 999-later.sql)'),
      })
    })

    it('a command that a lock stops fails in one sentence, after the time that a statement may take', async () => {
      await admin.query('create database locked')
      const env = { ...at(url => Object.assign(url, { pathname: '/locked' })), SESAME_DATA: newFolder() }
      const run = (args: readonly string[]) =>
        runSesame(args, { env: { PATH: process.env.PATH ?? '', ...env } })
      expect((await run(['audit', 'verify'])).status).toBe(0)
      const client = new pg.Client({ connectionString: env.DATABASE_URL })
      await client.connect()
      await client.query('begin; lock table audit_events in access exclusive mode')
      expect(await refusedCommand(['audit', 'verify'], env)).toContain(
        'did not end a statement within 10 seconds',
      )
      await client.end()
    })
  },
)

it('a portal that starts writes only lines of JSON, the last of which has its address', async () => {
  const started = await startProcess({ SESAME_DATA: newFolder() })
  const entries = started.entries()
  await started.stop()
  expect(entries.at(-1)).toMatchObject({
    level: 'info',
    started: expect.stringMatching(/^Sésame: http:\S+ \(demonstration with invented people\)$/),
  })
})

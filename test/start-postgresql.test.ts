import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasPostgres, startPostgres } from './world/postgres.ts'
import { refusedStarts } from './world/refused-starts.ts'
import { runSesame } from './world/run-sesame.ts'
import { startProcess } from './world/start-process.ts'

const { newDataFolder, refusedCommand, refusedStart, startFolder } = refusedStarts()

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
      [
        'has no schema of that search_path',
        (url: URL) => Object.assign(url, { search: '?options=-c%20search_path=nowhere' }),
        'PostgreSQL has no schema',
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

    it('when its database is in an encoding that lacks letters, and so does the check (graphile/crystal#1513, hasura/graphql-engine#7315)', async () => {
      await admin.query(
        "create database latin encoding 'LATIN1' lc_collate 'C' lc_ctype 'C' template template0",
      )
      const env = at(url => Object.assign(url, { pathname: '/latin' }))
      const sentence = 'The database of PostgreSQL is in LATIN1'
      expect(await refusedStart(env)).toMatchObject({
        check: 'store',
        detail: expect.stringContaining(sentence),
      })
      const checked = await runSesame(['check'], {
        env: { PATH: process.env.PATH ?? '', SESAME_DATA: newDataFolder(), ...env },
      })
      expect(`${checked.said}${checked.failed}`).toContain(sentence)
    })

    it('in lines of JSON also where a library warns of its address', async () => {
      const env = at(url => Object.assign(url, { search: '?sslmode=require' }))
      const started = await startProcess({ SESAME_DATA: newDataFolder(), ...env })
      expect([started.status, started.entries()]).toEqual([
        1,
        [
          expect.objectContaining({ level: 'warn', check: 'node' }),
          expect.objectContaining({ level: 'error', check: 'store' }),
        ],
      ])
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
      const key = join(startFolder, 'newer.key')
      writeFileSync(key, Buffer.alloc(32, 1), { mode: 0o600 })
      const first = await startProcess({ SESAME_DATA: newDataFolder(), SESAME_ROOT_KEY_FILE: key, ...env })
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
      const env = { ...at(url => Object.assign(url, { pathname: '/locked' })), SESAME_DATA: newDataFolder() }
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

import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasPostgres, startPostgres } from './world/postgres.ts'
import { root } from './world/root.ts'
import { scratchFolder } from './world/scratch.ts'
import { startProcess } from './world/start-process.ts'

/** The server of this test belongs to a role that the page would make: what it makes has another name here. */
const commandOf = (page: string) => {
  const [, first = ''] = /```sh\n(.*?)```/s.exec(readFileSync(join(root, 'docs/operate', page), 'utf8')) ?? []
  return first.replace(/\b(role|database|owner) sesame\b/g, '$1 portal')
}

/** `sudo -u NAME command`, without the change of user. */
const sudoIn = (folder: string) => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'sudo'), '#!/bin/sh\nshift 2\nexec "$@"\n')
  chmodSync(join(folder, 'sudo'), 0o755)
  return folder
}

describe.runIf(process.env.CI === 'true' || hasPostgres())('the page on PostgreSQL', () => {
  let postgres: Awaited<ReturnType<typeof startPostgres>>
  let password = ''
  const folder = scratchFolder('sesame-database-')
  const at = (user: string) =>
    Object.assign(new URL(postgres.url), { username: user, password, pathname: '/portal' })

  beforeAll(async () => {
    postgres = await startPostgres()
    const { port, username } = new URL(postgres.url)
    const path = [sudoIn(join(folder, 'bin')), '/usr/lib/postgresql/15/bin', process.env.PATH].join(':')
    const env = { PATH: path, PGHOST: '127.0.0.1', PGPORT: port, PGUSER: username, PGDATABASE: 'postgres' }
    password = execFileSync('bash', ['-ec', commandOf('database.md')], { env, encoding: 'utf8' })
      .trim()
      .split('\n')
      .at(-1) as string
  })
  afterAll(() => postgres?.stop())

  it('makes a role without more rights than its own database, in UTF8', async () => {
    const client = new pg.Client({ connectionString: at('portal').href })
    await client.connect()
    const { rows } = await client.query(
      `select rolsuper, rolcreatedb, rolcreaterole, pg_encoding_to_char(encoding) as encoding, pg_get_userbyid(datdba) as owner,
        has_database_privilege('public', datname, 'connect') as everybody
       from pg_roles, pg_database where rolname = current_user and datname = current_database()`,
    )
    await client.end()
    expect(rows).toEqual([
      {
        rolsuper: false,
        rolcreatedb: false,
        rolcreaterole: false,
        encoding: 'UTF8',
        owner: 'portal',
        everybody: false,
      },
    ])
    expect(password).toMatch(/^[\w-]{32}$/)
  })

  it('leads to a portal that starts on it, by the address in a file', async () => {
    const file = join(folder, 'database.url')
    writeFileSync(file, `${at('portal').href}\n`, { mode: 0o600 })
    const data = scratchFolder('sesame-database-data-')
    const key = join(folder, 'root.key')
    writeFileSync(key, Buffer.alloc(32, 7), { mode: 0o600 })
    const portal = await startProcess({
      SESAME_DATA: data,
      SESAME_ROOT_KEY_FILE: key,
      DATABASE_URL_FILE: file,
    })
    expect([portal.status, await portal.stop()]).toEqual(['listening', 0])
  })
})

import { execFileSync, spawn } from 'node:child_process'
import { chownSync, closeSync, existsSync, mkdirSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { freePort } from './ports.ts'

/** A real PostgreSQL 15 in a temporary folder, on the loopback. It refuses to run as root. */
const programs = '/usr/lib/postgresql/15/bin'
export const hasPostgres = () => existsSync(join(programs, 'initdb'))

/** The folder of the server on this port: its data and its socket. */
const folderOf = (port: number | string) => join(tmpdir(), `sesame-postgres-${port}`)

/** The log of the server in this folder. */
export const logOf = (folder: string) => join(folder, 'log')

const unprivileged = () => {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

/** `more`: settings of the server. */
export const startPostgres = async (more: readonly string[] = []) => {
  const port = await freePort()
  const folder = folderOf(port)
  // A run that was killed leaves its folder.
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { mode: 0o700 })
  const who = unprivileged()
  if (who.uid !== undefined) chownSync(folder, who.uid, who.gid)
  const data = join(folder, 'data')
  const options = { ...who, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] as ['ignore', 'ignore', 'pipe'] }
  execFileSync(
    join(programs, 'initdb'),
    ['-D', data, '-A', 'trust', '-U', 'sesame', '-E', 'UTF8', '--no-sync', '--locale=C.UTF-8'],
    options,
  )
  const settings = [
    // Tests kill processes of Sésame, never this server or the machine: commits need not reach the disk.
    'fsync=off',
    'synchronous_commit=off',
    'full_page_writes=off',
    'wal_level=minimal',
    'max_wal_senders=0',
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    `unix_socket_directories=${folder}`,
    'max_connections=400',
    // Each line of the log under its database, process and transaction (`server-log.ts`).
    'log_line_prefix=%d %p %v|',
    ...more,
  ]
  const log = openSync(logOf(folder), 'a', 0o644)
  const child = spawn(
    join(programs, 'postgres'),
    ['-D', data, ...settings.flatMap(setting => ['-c', setting])],
    { ...who, cwd: folder, stdio: ['ignore', log, log] },
  )
  closeSync(log)
  const urlOf = (database: string) => `postgres://sesame@127.0.0.1:${port}/${database}`

  for (let tries = 0; ; tries += 1) {
    const client = new pg.Client({ connectionString: urlOf('postgres') })
    try {
      await client.connect()
      await client.end()
      break
    } catch (fault) {
      if (tries > 100) throw fault
      await new Promise(resolve => setTimeout(resolve, 100))
    }
  }

  return {
    url: urlOf('postgres'),
    stop: async () => {
      const exited = new Promise(resolve => child.once('exit', resolve))
      child.kill('SIGQUIT')
      await exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

let made = 0

const create = async (server: string, from: string) => {
  made += 1
  const name = `t${process.pid}_${Date.now().toString(36)}_${made}`
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  await client.query(`create database ${name} template ${from}`)
  await client.end()
  return server.replace(/\/[^/]*$/, `/${name}`)
}

/** Creates an empty database. Returns its URL. */
export const createDatabase = (server: string) => create(server, 'template1')

const migrated = 'sesame_migrated'

/** Creates the template of `migratedDatabase`: the migrations run once in a test run. */
export const makeMigrated = async (server: string, migrate: (url: string) => Promise<unknown>) => {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  await client.query(`create database ${migrated}`)
  await client.end()
  await migrate(server.replace(/\/[^/]*$/, `/${migrated}`))
}

/**
 * Creates a database with the tables of Sésame. Returns its URL, over the socket: a statement costs both sides a quarter less
 * than over TCP, which the tests of the store and of the start use.
 */
export const migratedDatabase = async (server: string) => {
  const { port, pathname } = new URL(await create(server, migrated))
  return `postgres://sesame@${encodeURIComponent(folderOf(port))}:${port}${pathname}`
}

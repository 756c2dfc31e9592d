import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { showLogOnFailure } from './log-tail.ts'
import type { PortalFixture } from './portal.ts'
import { root } from './root.ts'
import { startCommand } from './start-command.ts'

/** The portal as an operator runs it: a process of its own, that can be killed. */
export type PortalProcess = {
  readonly child: ChildProcess
  readonly lines: string[]
  /** As a power cut does. */
  kill(): Promise<void>
  /** As an operator does: the requests under way are answered first. */
  stop(): Promise<number | null>
}

/** The configuration of a portal that listens elsewhere than the public URL says: behind a proxy; or is asked there. */
const configAt = (fixture: PortalFixture, port: number, more: Readonly<Record<string, unknown>> = {}) => {
  const file = join(fixture.folder, `sesame-${port}.yaml`)
  const value = parse(readFileSync(fixture.configFile, 'utf8')) as Record<string, unknown>
  writeFileSync(file, stringify({ ...value, ...more, listen: { port, admin: { port: 0 } } }))
  return file
}

const environment = (fixture: PortalFixture, config: string) => ({
  PATH: process.env.PATH ?? '',
  SESAME_CONFIG: config,
  SESAME_DATA: join(fixture.folder, 'data'),
  ...(fixture.databaseUrl && { DATABASE_URL: fixture.databaseUrl }),
})

/** A portal of `attacked-portal.ts`: its parent sets its clock forward. Several answer for one public address. */
export const forkPortal = async (fixture: PortalFixture, port: number, script: string, publicUrl: string) => {
  const url = `http://127.0.0.1:${port}`
  const child = fork(script, {
    cwd: root,
    env: environment(fixture, configAt(fixture, port, { publicUrl })),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const [first] = await Promise.race([once(child, 'message'), once(child, 'exit')])
  if (first !== 'listening') throw new Error(`the portal ended with ${first}`)
  return {
    url,
    forward: async (milliseconds: number) => {
      const later = once(child, 'message')
      child.send(milliseconds)
      await later
    },
    stop: async () => {
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
    },
  }
}

/** What stands in for `npm start`: `crashing-portal.ts`, bundled; it dies at the instant named, or when it is killed. */
type StandIn = { readonly script: string; readonly at?: string }

/**
 * `port`: where it listens, when that is not where the public URL says (behind a proxy). `more`: of its configuration, where it
 * is not that of the rig.
 */
export const spawnPortal = async (
  fixture: PortalFixture,
  port?: number,
  standIn?: StandIn,
  more?: Readonly<Record<string, unknown>>,
): Promise<PortalProcess> => {
  const config = port === undefined ? fixture.configFile : configAt(fixture, port, more)
  const child = spawn(process.execPath, standIn ? [standIn.script] : startCommand(), {
    cwd: root,
    env: {
      ...environment(fixture, config),
      ...(standIn?.at && { DIE_AT: standIn.at }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  showLogOnFailure(`the portal of process ${child.pid}`, lines)
  child.stderr?.on('data', part => lines.push(String(part)))
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', part => {
      lines.push(String(part))
      if (lines.join('').includes('Sésame: http')) resolve()
    })
    child.once('exit', code => reject(new Error(`the portal ended with ${code}: ${lines.join('')}`)))
  })
  const gone = once(child, 'exit')
  return {
    child,
    lines,
    kill: async () => {
      child.kill('SIGKILL')
      await gone
    },
    stop: async () => {
      child.kill('SIGTERM')
      const [code] = (await gone) as [number | null]
      return code
    },
  }
}

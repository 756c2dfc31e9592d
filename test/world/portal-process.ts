import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { loggingOptions } from './lock-orders.ts'
import { showLogOnFailure } from './log-tail.ts'
import type { PortalFixture } from './portal.ts'
import { root } from './root.ts'
import { startCommand } from './start-command.ts'
import { codeCache } from './template.ts'

/** The portal as a separate process, as an operator runs it. */
export type PortalProcess = {
  readonly child: ChildProcess
  readonly lines: string[]
  /** SIGKILL, like a power cut. */
  kill(): Promise<void>
  /** SIGTERM, like an operator: requests in progress are answered first. Returns the exit code. */
  stop(): Promise<number | null>
}

/** Writes a configuration for another port than that of the public URL, as behind a proxy. Returns the path of the file. */
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
  ...codeCache(),
})

/** Starts `attacked-portal.ts`, whose clock its parent moves. Several processes can serve one public URL. PostgreSQL logs their locks. */
export const forkPortal = async (
  fixture: PortalFixture,
  port: number,
  script: string,
  { publicUrl, env }: { readonly publicUrl: string; readonly env: Readonly<Record<string, string>> },
) => {
  const url = `http://127.0.0.1:${port}`
  const child = fork(script, {
    cwd: root,
    env: {
      ...environment(fixture, configAt(fixture, port, { publicUrl })),
      PGOPTIONS: loggingOptions,
      ...env,
    },
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

/** A script to run in place of `npm start`: `crashing-portal.ts`, bundled. `at`: the failpoint at which it kills itself. */
type ReplacementScript = { readonly script: string; readonly at?: string }

/**
 * Starts the portal of a fixture as a process. `port`: the port to listen on, when it is not that of the public URL (behind a
 * proxy). `more`: settings that replace those of the fixture.
 */
export const spawnPortal = async (
  fixture: PortalFixture,
  port?: number,
  replacement?: ReplacementScript,
  more?: Readonly<Record<string, unknown>>,
): Promise<PortalProcess> => {
  const config = port === undefined ? fixture.configFile : configAt(fixture, port, more)
  const child = spawn(process.execPath, replacement ? [replacement.script] : startCommand(), {
    cwd: root,
    env: {
      ...environment(fixture, config),
      ...(replacement?.at && { CRASH_AT: replacement.at }),
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

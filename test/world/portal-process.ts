import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import type { Rig } from './portal.ts'
import { root } from './root.ts'

/** The portal as an operator runs it: a process of its own, that can be killed. */
export type PortalProcess = {
  readonly child: ChildProcess
  readonly lines: string[]
  /** As a power cut does. */
  kill(): Promise<void>
  /** As an operator does: the requests under way are answered first. */
  stop(): Promise<number | null>
}

/** `port`: where it listens, when that is not where the public URL says (behind a proxy). */
export const spawnPortal = async (
  rig: Rig,
  port?: number,
  dying?: { readonly script: string; readonly at: string },
): Promise<PortalProcess> => {
  let config = rig.configFile
  if (port !== undefined) {
    const value = parse(readFileSync(rig.configFile, 'utf8')) as Record<string, unknown>
    config = join(rig.folder, `sesame-${port}.yaml`)
    writeFileSync(config, stringify({ ...value, listen: { port } }))
  }
  const child = spawn(process.execPath, [dying?.script ?? join(root, 'scripts/start.mjs')], {
    cwd: root,
    env: {
      PATH: process.env.PATH ?? '',
      SESAME_CONFIG: config,
      SESAME_DATA: join(rig.folder, 'data'),
      ...(dying && { DIE_AT: dying.at }),
      ...(rig.databaseUrl && { DATABASE_URL: rig.databaseUrl }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
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

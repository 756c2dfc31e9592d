import { chmodSync, chownSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import { runSesame } from './run-sesame.ts'
import { scratchFolder } from './scratch.ts'
import { startProcess } from './start-process.ts'

/** What a test file needs that starts portals which must not start. Call it once, at the top of the file: its folder ends with the file. */
export const refusedStarts = () => {
  const startFolder = scratchFolder('sesame-start-')
  chmodSync(startFolder, 0o755)
  afterAll(() => rmSync(startFolder, { recursive: true, force: true }))

  let made = 0
  /** A new folder for one test; `user`: its owner. */
  const newDataFolder = (user?: number) => {
    made += 1
    const path = join(startFolder, `data-${made}`)
    mkdirSync(path, { mode: 0o700 })
    if (user !== undefined) chownSync(path, user, user)
    return path
  }

  /** Starts the portal, which must not start: it ends with status 1 and one line of JSON, which is returned. */
  const refusedStart = async (env: Readonly<Record<string, string>>, user?: number) => {
    const started = await startProcess({ SESAME_DATA: newDataFolder(user), ...env }, user)
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
      env: { PATH: process.env.PATH ?? '', SESAME_DATA: newDataFolder(), ...env },
    })
    expect(status).toBe(1)
    expect(failed.trim().split('\n')).toHaveLength(1)
    expect(failed).not.toMatch(/^\s+at /m)
    return failed
  }
  return { startFolder, newDataFolder, refusedStart, refusedCommand }
}

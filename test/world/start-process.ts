import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { showLogOnFailure } from './log-tail.ts'
import { root } from './root.ts'
import { startCommand } from './start-command.ts'
import { codeCache } from './template.ts'

/** A user without rights, to run a process that root's rights would not show. */
export const nobody = 65_534
export const isRoot = process.getuid?.() === 0

/**
 * Runs `npm start`'s command with this environment alone, until it serves people or ends by itself. `tree`: where another version is.
 * `lines`: the log; a line that is not JSON makes `entries` throw.
 */
export const startProcess = async (env: Readonly<Record<string, string>>, user?: number, tree = root) => {
  const child = spawn(process.execPath, startCommand(), {
    cwd: tree,
    env: { PATH: process.env.PATH ?? '', PORT: '0', ...codeCache(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(user !== undefined && { uid: user, gid: user }),
  })
  const lines: string[] = []
  showLogOnFailure(`the portal of process ${child.pid}`, lines)
  const ended = once(child, 'close').then(([status]) => status as number | null)
  const listening = new Promise<'listening'>(resolve => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (part: string) => {
        lines.push(...part.split('\n').filter(Boolean))
        if (part.includes('Sésame: http')) resolve('listening')
      })
  })
  const first = await Promise.race([listening, ended])
  const entries = () => lines.map(line => JSON.parse(line) as Record<string, unknown>)
  return {
    status: first,
    lines,
    entries,
    /** The address at which it serves people. */
    url: /Sésame: (\S+?)\/?[\s"]/.exec(lines.join('\n'))?.[1] ?? '',
    stop: async () => {
      child.kill('SIGTERM')
      return ended
    },
  }
}

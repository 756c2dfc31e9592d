import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCommand } from '../test/world/start-command.ts'

export const root = join(import.meta.dirname, '..')

export const median = (numbers: readonly number[]) => {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** A free loopback port below 32768, where the kernel hands out none by itself. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    const server = createServer()
    const free = await new Promise<boolean>(resolve => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
    })
    if (free) return port
  }
}

/** Resolves with the first line that contains `words`. */
const lineWith = (child: ChildProcess, words: string) =>
  new Promise<string>((resolve, reject) => {
    let said = ''
    child.stdout?.on('data', part => {
      said += part
      const line = said.split('\n').find(one => one.includes(words))
      if (line) resolve(line)
    })
    child.once('exit', code => reject(new Error(`the process ended with ${code}: ${said}`)))
  })

const startProcess = async (
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  words: string,
  tree = root,
) => {
  const child = spawn(command, args, {
    cwd: tree,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  // A benchmark that throws must not leave the process running.
  const end = () => child.kill('SIGKILL')
  process.once('exit', end)
  const line = await lineWith(child, words)
  return {
    line,
    pid: child.pid ?? 0,
    stop: async () => {
      process.off('exit', end)
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

/** Starts the demonstration like `npm start`, in a separate process with a separate data folder. */
export const startDemonstration = async (data = mkdtempSync(join(tmpdir(), 'sesame-bench-'))) => {
  const port = await freePort()
  const env = { PORT: String(port), SESAME_DATA: data, SESAME_CONFIG: '', DATABASE_URL: '' }
  const started = await startProcess(process.execPath, startCommand(), env, 'Sésame: ')
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    data,
    stop: started.stop,
    forget: () => rmSync(data, { recursive: true, force: true }),
  }
}

export type Demonstration = Awaited<ReturnType<typeof startDemonstration>>

const mailsOf = /href="([^"]*\/demo\/mails\/[^"]+)"[\s\S]*?class="quiet">([^<]*)</g

/** The first match of the pattern in the newest mail to this address, read on the mailbox page. */
export const demoMail = (url: string) => async (to: string, pattern: RegExp) => {
  const textAt = async (path: string) => (await fetch(new URL(path, url))).text()
  for (let asked = 0; asked < 100; asked += 1) {
    for (const [, path = '', about = ''] of (await textAt('/fr/demo/mails')).matchAll(mailsOf)) {
      const found = about.includes(to) ? pattern.exec(await textAt(path)) : null
      if (found) return found[0]
    }
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  throw new Error(`nothing like ${pattern} was sent to ${to}`)
}

/** Starts the portal with a configuration, like an operator, from this tree or another one. */
export const startServer = (env: NodeJS.ProcessEnv, tree?: string) =>
  startProcess(process.execPath, startCommand(), { DATABASE_URL: '', PORT: '', ...env }, 'Sésame: http', tree)

export const startScript = async (file: string, env: NodeJS.ProcessEnv) =>
  startProcess(process.execPath, [join(root, file)], env, 'ready')

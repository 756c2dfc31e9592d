// Starts a fresh demonstration, for the scripts that open pages of the running product.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startCommand } from '../test/world/start-command.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

export const startDemonstration = async () => {
  const data = mkdtempSync(join(tmpdir(), 'sesame-screenshots-'))
  const port = 20_000 + Math.floor(Math.random() * 12_000)
  const child = spawn(process.execPath, startCommand(), {
    cwd: root,
    env: { ...process.env, PORT: String(port), SESAME_DATA: data },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await new Promise(resolve =>
    child.stdout.on('data', part => String(part).includes('Sésame: ') && resolve()),
  )
  const stop = () => {
    // Until it has ended it writes there.
    child.once('exit', () => rmSync(data, { recursive: true, force: true }))
    child.kill('SIGTERM')
  }
  return { url: `http://localhost:${port}`, stop }
}

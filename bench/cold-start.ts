import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Figure } from './figure.ts'
import { freePort, median, root } from './portal-process.ts'

const goal = 1000
const rounds = 5

/** Milliseconds from the command to the line with the URL, including npm. */
const startOnce = async (data: string) => {
  const port = await freePort()
  const env = { ...process.env, PORT: String(port), SESAME_DATA: data, SESAME_CONFIG: '', DATABASE_URL: '' }
  const begun = performance.now()
  const child = spawn('npm', ['start', '--silent'], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  })
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', part => String(part).includes('Sésame: ') && resolve())
    child.once('exit', code => reject(new Error(`npm start ended with ${code}`)))
  })
  const took = performance.now() - begun
  process.kill(-(child.pid ?? 0), 'SIGTERM')
  await once(child, 'exit')
  return took
}

/** A second `npm start`, when everything is installed and built: the median of five. */
export const coldStart = async (): Promise<Figure> => {
  const data = mkdtempSync(join(tmpdir(), 'sesame-cold-'))
  await startOnce(data)
  const took: number[] = []
  for (let round = 0; round < rounds; round += 1) took.push(Math.round(await startOnce(data)))
  rmSync(data, { recursive: true, force: true })
  const value = median(took)
  return {
    figure: 'cold-start-ms',
    value,
    goal: `<= ${goal}`,
    good: value <= goal,
    detail: { command: 'npm start', runs: took },
  }
}

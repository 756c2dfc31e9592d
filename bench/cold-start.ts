import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Figure } from './figure.ts'
import { freePort, median, root } from './portal-process.ts'

const goal = 800
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

/** Makes Linux forget the files that it holds in memory, as after a boot; false where only root may, or on another system. */
const forgetFiles = () => {
  try {
    writeFileSync('/proc/sys/vm/drop_caches', '3')
    return true
  } catch {
    return false
  }
}

/**
 * A first `npm start` from a built tree: an empty data folder, and no file of the tree in memory. The start before, which does not
 * count, installs and builds. The median of five.
 */
export const coldStart = async (): Promise<Figure> => {
  const took: number[] = []
  let isCold = true
  for (let round = 0; round <= rounds; round += 1) {
    const data = mkdtempSync(join(tmpdir(), 'sesame-cold-'))
    isCold = forgetFiles() && isCold
    took.push(Math.round(await startOnce(data)))
    rmSync(data, { recursive: true, force: true })
  }
  const runs = took.slice(1)
  const value = median(runs)
  return {
    figure: 'cold-start-ms',
    value,
    goal: `<= ${goal}`,
    good: value <= goal,
    detail: {
      command: 'npm start',
      runs,
      files: isCold ? 'read from the disk' : 'in memory: run it as root',
    },
  }
}

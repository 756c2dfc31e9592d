import { existsSync, mkdtempSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const memory = '/dev/shm'
const room = 2 * 1024 ** 3

const hasRoom = () => {
  if (!existsSync(memory)) return false
  const { bavail, bsize } = statfsSync(memory)
  return bavail * bsize > room
}

/**
 * A folder for the length of a test, in memory where there is room: each commit waits for the disk, and no test pulls
 * the plug. A killed process leaves there what it would leave on a disk.
 */
export const scratchFolder = (name: string) => mkdtempSync(join(hasRoom() ? memory : tmpdir(), name))

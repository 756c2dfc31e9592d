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
 * A temporary folder, in memory if there is room: commits wait for the disk otherwise. No test cuts the power, and a killed process
 * leaves the same files in memory as on a disk.
 */
export const scratchFolder = (name: string) => mkdtempSync(join(hasRoom() ? memory : tmpdir(), name))

import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newId } from '../../src/crypto/crypto.ts'

/** A disk of its own, small enough to be filled; `null` where this user may not mount one. */
export const mountSmallDisk = (disk: string, room = '16m') => {
  mkdirSync(disk, { recursive: true })
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${room},mode=700`, 'none', disk], { stdio: 'ignore' })
  } catch {
    return null
  }
  const unmount = () => execFileSync('umount', ['-l', disk])
  return {
    disk,
    unmount,
    /** Uses all of it. SQLite may give back the room of its write-ahead log afterwards. */
    fill: () => {
      for (const size of [1 << 20, 4096, 1])
        try {
          for (;;) writeFileSync(join(disk, `filler-${newId()}`), Buffer.alloc(size))
        } catch {
          // This size is used up.
        }
    },
    empty: () => execFileSync('sh', ['-c', `rm -f ${disk}/filler-*`]),
    remount: (mode: 'ro' | 'rw' | `size=${string}`) => execFileSync('mount', ['-o', `remount,${mode}`, disk]),
  }
}

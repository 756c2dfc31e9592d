import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { onFile } from '../file-fault.ts'

const sync = (path: string) => {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/**
 * Writes a file that its owner alone can read, wholly or not at all: it gets its name once it is on the disk. `beforeRename` is
 * called then, and says whether a file of that name may be replaced. Otherwise the name is taken first, empty, in one step: another
 * process that makes a file of that name meanwhile keeps it.
 */
export const writeWholeFile = (file: string, content: string | Uint8Array, beforeRename: () => boolean) => {
  const draft = `${file}.new`
  // Of a run that was killed.
  rmSync(draft, { force: true })
  try {
    onFile(file, () => writeFileSync(draft, content, { flag: 'wx', mode: 0o600, flush: true }))
    if (!beforeRename()) closeSync(openSync(file, 'wx', 0o600))
    renameSync(draft, file)
  } catch (fault) {
    rmSync(draft, { force: true })
    throw fault
  }
  sync(dirname(file))
}

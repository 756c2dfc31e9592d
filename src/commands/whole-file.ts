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
 * called then.
 */
export const writeWholeFile = (
  file: string,
  content: string | Uint8Array,
  beforeRename: () => void = () => {},
) => {
  const draft = `${file}.new`
  // Of a run that was killed.
  rmSync(draft, { force: true })
  try {
    onFile(file, () => writeFileSync(draft, content, { flag: 'wx', mode: 0o600, flush: true }))
    beforeRename()
    renameSync(draft, file)
  } catch (fault) {
    rmSync(draft, { force: true })
    throw fault
  }
  sync(dirname(file))
}

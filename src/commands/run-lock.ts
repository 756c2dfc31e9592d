import { readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { OperatorError } from '../operator-error.ts'
import { currentLeaseHolder, hasExited } from '../services/source/lease-holder.ts'

const codeOf = (fault: unknown) => (fault as NodeJS.ErrnoException).code

/** Creates the lock, whose target names its process, in one step; false: it exists. */
const create = (file: string, holder: string) => {
  try {
    symlinkSync(holder, file)
    return true
  } catch (fault) {
    if (codeOf(fault) === 'EEXIST') return false
    throw fault
  }
}

const foreign = (file: string) =>
  new OperatorError('file', `${file} is no lock of « sesame activation-codes »: move it elsewhere.`)

/** `null`: there is no lock. What another program has put there is left. */
const holderOf = (file: string) => {
  let holder: string
  try {
    holder = readlinkSync(file)
  } catch (fault) {
    if (codeOf(fault) === 'ENOENT') return null
    throw codeOf(fault) === 'EINVAL' ? foreign(file) : fault
  }
  if (!/^[^:]+:[1-9]\d*:\d+$/.test(holder)) throw foreign(file)
  return holder
}

/** Removes the lock of an exited process. One that another run has put in its place meanwhile is given back. */
const removeExited = (file: string, exited: string) => {
  const aside = `${file}.${process.pid}`
  try {
    renameSync(file, aside)
  } catch (fault) {
    if (codeOf(fault) === 'ENOENT') return
    throw fault
  }
  const moved = holderOf(aside)
  if (moved !== null && moved !== exited) create(file, moved)
  rmSync(aside, { force: true })
}

/**
 * A lock of one process in a file beside those that it writes: a symbolic link, which is made whole, needs no room on a full disk,
 * and names its process. That of a killed process of this host is taken over. `heldBy`: a process that may still run.
 */
export const takeRunLock = (file: string) => {
  const holder = currentLeaseHolder()
  while (!create(file, holder)) {
    const other = holderOf(file)
    if (other === null) continue
    if (!hasExited(other)) return { ok: false, heldBy: other } as const
    removeExited(file, other)
  }
  const isHeld = () => holderOf(file) === holder
  const release = () => {
    if (isHeld()) rmSync(file, { force: true })
  }
  return { ok: true, isHeld, release } as const
}

import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { OperatorError } from './operator-error.ts'
import { storeFaultSentence } from './store/fault.ts'

const nameOf = (uid: number) => {
  try {
    const line = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find(one => one.split(':')[2] === String(uid))
    return line?.split(':')[0] ?? `#${uid}`
  } catch {
    return `#${uid}`
  }
}

const mistakes: Readonly<Record<string, string>> = {
  EACCES: 'cannot be created by this user: create it, and give it to the user of the service (install -d -o)',
  EROFS: 'is on a disk that is mounted read-only: mount it for writing, or name another folder',
  ENOSPC: 'cannot be created: its disk is full',
  EEXIST: 'is a file: name a folder',
  ENOTDIR: 'is below a file: name a folder',
}

/**
 * Creates the data folder when it is missing. Refuses the folder of another user: root can write everywhere, and a command
 * run by root would leave files there that the portal can neither read nor write.
 */
export const openDataFolder = (folder: string, user: number | undefined = process.getuid?.()) => {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (fault) {
    const { code = 'unknown fault' } = fault as NodeJS.ErrnoException
    throw new OperatorError(
      'SESAME_DATA',
      `${folder} ${mistakes[code] ?? `cannot be used (${code})`}.`,
      fault,
    )
  }
  const { uid } = statSync(folder)
  if (user === undefined || uid === user) return
  const owner = nameOf(uid)
  throw new OperatorError(
    'SESAME_DATA',
    `${folder} belongs to the user ${owner}, and this runs as ${userInfo().username}: run it as ${owner}, for example « sudo -u ${owner} … », or give the folder to the right user (chown -R).`,
  )
}

/** As much as a small transaction needs. */
const probeSize = 4096

/** Why no file can be written in the folder, in a sentence; `null` when one can. */
export const folderOutage = async (folder: string, name: string): Promise<string | null> => {
  const file = join(folder, name)
  try {
    await writeFile(file, Buffer.alloc(probeSize), { mode: 0o600, flush: true })
    return null
  } catch (fault) {
    return (
      storeFaultSentence(fault) ?? `${folder} cannot be written (${(fault as NodeJS.ErrnoException).code}).`
    )
  } finally {
    await rm(file, { force: true }).catch(() => {})
  }
}

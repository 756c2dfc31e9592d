import { randomBytes } from 'node:crypto'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { OperatorError } from '../operator-error.ts'
import type { Settings } from './load.ts'

/** A demonstration generates its own root key; a real portal starts only with the configured one. */
export const readRootKey = async (
  settings: Pick<Settings, 'rootKeyFile' | 'data' | 'demonstration'>,
): Promise<Buffer> => {
  const file = settings.rootKeyFile ?? join(settings.data, 'root.key')
  if (!settings.rootKeyFile)
    await writeFile(file, randomBytes(32), { flag: 'wx', mode: 0o600 }).catch(
      (fault: NodeJS.ErrnoException) => {
        if (fault.code !== 'EEXIST') throw fault
      },
    )
  const { mode } = await stat(file)
  if (mode & 0o007)
    throw new OperatorError(
      'rootKeyFile',
      `${file} can be read by everybody on this machine: chmod 600 ${file}, as the user of the service owns it (640, with the group of the service)`,
    )
  const key = await readFile(file)
  if (key.length < 32)
    throw new OperatorError('rootKeyFile', `${file} holds ${key.length} bytes; a root key has at least 32`)
  return key
}

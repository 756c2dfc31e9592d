import { randomBytes } from 'node:crypto'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type RootKey, rootKeyFrom } from '../crypto/keys.ts'
import { OperatorError } from '../operator-error.ts'
import type { Settings } from './load.ts'

type KeySettings = Pick<Settings, 'rootKeyFile' | 'data' | 'demonstration'>

async function readKeyFile(setting: 'rootKeyFile' | 'newRootKeyFile', file: string): Promise<Buffer> {
  const { mode } = await stat(file)
  if (mode & 0o007)
    throw new OperatorError(
      setting,
      `${file} can be read by everybody on this machine: chmod 600 ${file}, as the user of the service owns it (640, with the group of the service)`,
    )
  const key = await readFile(file)
  if (key.length < 32)
    throw new OperatorError(setting, `${file} holds ${key.length} bytes; a root key has at least 32`)
  return key
}

/** A demonstration generates its own root key; a real portal starts only with the configured one. */
export const readRootKey = async (settings: KeySettings): Promise<Buffer> => {
  const file = settings.rootKeyFile ?? join(settings.data, 'root.key')
  if (!settings.rootKeyFile)
    await writeFile(file, randomBytes(32), { flag: 'wx', mode: 0o600 }).catch(
      (fault: NodeJS.ErrnoException) => {
        if (fault.code !== 'EEXIST') throw fault
      },
    )
  return readKeyFile('rootKeyFile', file)
}

/** The root key in use, and the one that is to replace it. */
export const readRootKeys = async (
  settings: KeySettings & Pick<Settings, 'newRootKeyFile'>,
): Promise<{ configured: RootKey; new: RootKey | null }> => {
  const configured = rootKeyFrom(await readRootKey(settings))
  if (!settings.newRootKeyFile) return { configured, new: null }
  const next = rootKeyFrom(await readKeyFile('newRootKeyFile', settings.newRootKeyFile))
  if (next.fingerprint === configured.fingerprint)
    throw new OperatorError(
      'newRootKeyFile',
      `${settings.newRootKeyFile} holds the same key as rootKeyFile: make another (head -c 32 /dev/urandom), or remove newRootKeyFile where the key was replaced already`,
    )
  return { configured, new: next }
}

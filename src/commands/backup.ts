import { readFileSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { readRootKeys } from '../config/root-key.ts'
import { explainFault } from '../explain-fault.ts'
import { faultAt } from '../file-fault.ts'
import { storeLocation } from '../foundations.ts'
import { migrationsFolder } from '../portal.ts'
import { revokeEverybody } from '../services/source/revocations.ts'
import { readBackup, writeBackup } from '../store/backup.ts'
import { openStore } from '../store/open.ts'
import { fail, print, withSettings } from './command-context.ts'

/** Writes the file completely, or leaves none: a partial backup is worse than none. One that a kill has cut is refused by `restore`. */
const writeCompletely = async (
  file: string,
  write: (line: (text: string) => Promise<void>) => Promise<number>,
) => {
  const out = await open(file, 'wx', 0o600)
  try {
    const rows = await write(async text => void (await out.write(`${text}\n`)))
    await out.sync()
    return rows
  } catch (fault) {
    await rm(file)
    throw faultAt(file, fault)
  } finally {
    await out.close()
  }
}

/** Makes a consistent copy of the store while the portal runs. The root key is not in it: keep a copy of that elsewhere. */
export const backup = (file: string) =>
  withSettings(async settings => {
    const store = await openStore(storeLocation(settings), { migrations: migrationsFolder() })
    try {
      const rows = await writeCompletely(file, line => readBackup(store, line))
      print(
        `${file} contains ${rows} rows. Its sealed values cannot be read without the root key: keep a copy of that key elsewhere.`,
      )
    } catch (fault) {
      fail(`No backup was made: ${explainFault(fault).sentence}`)
    } finally {
      await store.close()
    }
  })

/** Restores a backup into an empty store, in one transaction. */
export const restore = (file: string) =>
  withSettings(async settings => {
    const location = storeLocation(settings)
    const roots = await readRootKeys(settings)
    const rootKeys = [roots.configured, roots.new].flatMap(key => (key ? [key.fingerprint] : []))
    const store = await openStore(location, { migrations: migrationsFolder() })
    try {
      const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
      const rows = await writeBackup(store, lines, rootKeys, tx => revokeEverybody(tx, Date.now()))
      print(`${rows} rows restored. Writes that waited when the copy was made are settled at the next start.`)
      print('Everybody signs in again. Look at what was done since the copy: docs/operate/upgrade.md.')
    } catch (fault) {
      fail(`Nothing was restored: ${explainFault(fault).sentence}`)
    } finally {
      await store.close()
    }
  })

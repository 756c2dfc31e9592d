import { readFileSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { storeLocation } from '../application.ts'
import { migrationsFolder } from '../portal.ts'
import { readBackup, writeBackup } from '../store/backup.ts'
import { openStore } from '../store/open.ts'
import { fail, print, withSettings } from './command-context.ts'

const words = (fault: unknown) => (fault instanceof Error ? fault.message : String(fault))

/** Written to the disk, or not there at all: half a copy is worse than none. */
const writeWhole = async (
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
    throw fault
  } finally {
    await out.close()
  }
}

/** A consistent copy of the store, while the portal runs. The root key stays where it is: keep its copy elsewhere. */
export const backup = (file: string) =>
  withSettings(async settings => {
    const store = await openStore(storeLocation(settings), { migrations: migrationsFolder() })
    try {
      const rows = await writeWhole(file, line => readBackup(store, line))
      print(`${file} holds ${rows} rows. It opens nothing without the root key: keep a copy of that apart.`)
    } catch (fault) {
      fail(`No backup was made: ${words(fault)}`)
    } finally {
      await store.close()
    }
  })

/** Into an empty store, all or nothing. */
export const restore = (file: string) =>
  withSettings(async settings => {
    const store = await openStore(storeLocation(settings), { migrations: migrationsFolder() })
    try {
      const rows = await writeBackup(
        store,
        readFileSync(file, 'utf8').split('\n').filter(Boolean),
        Date.now(),
      )
      print(`${rows} rows restored. Writes that waited when the copy was made are settled at the next start.`)
      print('Everybody signs in again. Look at what was done since the copy: docs/operate/upgrade.md.')
    } catch (fault) {
      fail(`Nothing was restored: ${words(fault)}`)
    } finally {
      await store.close()
    }
  })

import { once } from 'node:events'
import { createWriteStream, readFileSync } from 'node:fs'
import { storePlace } from '../house.ts'
import { migrationsFolder } from '../portal.ts'
import { readBackup, writeBackup } from '../store/backup.ts'
import { openStore } from '../store/open.ts'
import { fail, print, withSettings } from './telling.ts'

const words = (fault: unknown) => (fault instanceof Error ? fault.message : String(fault))

/** A consistent copy of the store, while the portal runs. The root key stays where it is: keep its copy elsewhere. */
export const backup = (file: string) =>
  withSettings(async settings => {
    const store = await openStore(storePlace(settings), { migrations: migrationsFolder() })
    const out = createWriteStream(file, { flags: 'wx', mode: 0o600 })
    try {
      await once(out, 'open')
      const rows = await readBackup(store, async text => {
        if (!out.write(`${text}\n`)) await once(out, 'drain')
      })
      print(`${file} holds ${rows} rows. It opens nothing without the root key: keep a copy of that apart.`)
    } catch (fault) {
      fail(`No backup was made: ${words(fault)}`)
    } finally {
      out.end()
      await store.close()
    }
  })

/** Into an empty store, all or nothing. */
export const restore = (file: string) =>
  withSettings(async settings => {
    const store = await openStore(storePlace(settings), { migrations: migrationsFolder() })
    try {
      const rows = await writeBackup(store, readFileSync(file, 'utf8').split('\n').filter(Boolean))
      print(`${rows} rows restored. Writes that waited when the copy was made are settled at the next start.`)
    } catch (fault) {
      fail(`Nothing was restored: ${words(fault)}`)
    } finally {
      await store.close()
    }
  })

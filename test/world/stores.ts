import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { inject } from 'vitest'
import { openStore, type StoreLocation } from '../../src/store/open.ts'
import { createDatabase, migratedDatabase } from './postgres.ts'
import { root } from './root.ts'
import { scratchFolder } from './scratch.ts'
import { copyMigratedSqlite, sqliteFile } from './template.ts'

export { root }
export const migrations = join(root, 'migrations')

/** The two stores of the product. Without PostgreSQL its tests are skipped, except in continuous integration. */
export const storeFlavours = [
  { flavour: 'SQLite', available: true },
  { flavour: 'PostgreSQL', available: process.env.CI === 'true' || inject('postgres') !== '' },
] as const

export type StoreFlavour = (typeof storeFlavours)[number]['flavour']

/** The location of a new, empty store, and a function that deletes it. */
export const newStoreLocation = async (
  flavour: StoreFlavour,
): Promise<{ where: StoreLocation; forget: () => void }> => {
  if (flavour === 'PostgreSQL')
    return { where: { url: await createDatabase(inject('postgres')) }, forget: () => {} }
  const folder = scratchFolder('sesame-store-')
  return {
    where: { file: sqliteFile(folder) },
    forget: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** The location of a new store with its tables, which are copied from a template: migrations cost more than most tests. */
const newMigratedLocation = async (flavour: StoreFlavour) => {
  if (flavour === 'PostgreSQL')
    return { where: { url: await migratedDatabase(inject('postgres')) }, forget: () => {} }
  const location = await newStoreLocation(flavour)
  if ('file' in location.where) copyMigratedSqlite(dirname(location.where.file))
  return location
}

/** An open store with its tables. */
export const newStore = async (flavour: StoreFlavour = 'SQLite') => {
  const { where, forget } = await newMigratedLocation(flavour)
  const store = await openStore(where, { migrations })
  return {
    store,
    where,
    forget: async () => {
      await store.close()
      forget()
    },
  }
}

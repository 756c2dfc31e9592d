import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'
import { openStore, type StoreLocation } from '../../src/store/open.ts'
import { createDatabase, migratedDatabase } from './postgres.ts'
import { root } from './root.ts'
import { scratchFolder } from './scratch.ts'

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
    where: { file: join(folder, 'sesame.sqlite') },
    forget: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** An open store with its tables. Those of PostgreSQL are copied from a template, because migrations are slow there. */
export const newStore = async (flavour: StoreFlavour = 'SQLite') => {
  const { where, forget } =
    flavour === 'PostgreSQL'
      ? { where: { url: await migratedDatabase(inject('postgres')) }, forget: () => {} }
      : await newStoreLocation(flavour)
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

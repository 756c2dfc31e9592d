import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'
import { openStore, type Where } from '../../src/store/open.ts'
import { createDatabase, migratedDatabase } from './postgres.ts'
import { root } from './root.ts'
import { scratchFolder } from './scratch.ts'

export { root }
export const migrations = join(root, 'migrations')

/** The two stores of the product. A machine without PostgreSQL skips its half; continuous integration never does. */
export const storeFlavours = [
  { flavour: 'SQLite', available: true },
  { flavour: 'PostgreSQL', available: process.env.CI === 'true' || inject('postgres') !== '' },
] as const

export type StoreFlavour = (typeof storeFlavours)[number]['flavour']

/** A place for a store of its own, empty, and how to forget it. */
export const newStoreLocation = async (
  flavour: StoreFlavour,
): Promise<{ where: Where; forget: () => void }> => {
  if (flavour === 'PostgreSQL')
    return { where: { url: await createDatabase(inject('postgres')) }, forget: () => {} }
  const folder = scratchFolder('sesame-store-')
  return {
    where: { file: join(folder, 'sesame.sqlite') },
    forget: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** A store with its tables, as it is found at a second start: PostgreSQL takes long to make them. */
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

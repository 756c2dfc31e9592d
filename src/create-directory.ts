import type { Settings } from './config/load.ts'
import { openActiveDirectory } from './directory/active-directory/active-directory.ts'
import type { Directory } from './directory/directory.ts'
import { createEmbeddedDirectory } from './directory/embedded/embedded.ts'
import { createEmbeddedPasswords } from './directory/embedded/passwords.ts'
import { openLdapDirectory } from './directory/ldap/ldap.ts'
import type { Hashing } from './hashing/hashing.ts'
import type { Store } from './store/store.ts'

/** Creates the directory adapter that the configuration selects. */
export const createDirectory =
  (settings: Settings) =>
  async (deps: { store: Store; hashing: Hashing }): Promise<Directory> => {
    const { directory } = settings.config
    if (directory.kind === 'ldap') return openLdapDirectory(directory)
    if (directory.kind === 'active-directory') return openActiveDirectory(directory)
    return createEmbeddedDirectory({ store: deps.store, passwords: createEmbeddedPasswords(deps.hashing) })
  }

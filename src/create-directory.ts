import type { Settings } from './config/load.ts'
import { activeDirectory } from './directory/active-directory/active-directory.ts'
import type { Directory } from './directory/directory.ts'
import { embeddedDirectory } from './directory/embedded/embedded.ts'
import { embeddedPasswords } from './directory/embedded/passwords.ts'
import { ldapDirectory } from './directory/ldap/ldap.ts'
import type { Hashing } from './hashing/hashing.ts'
import type { Store } from './store/store.ts'

/** Which implementation of the port the configuration asks for. */
export const createDirectory =
  (settings: Settings) =>
  async (deps: { store: Store; hashing: Hashing }): Promise<Directory> => {
    const { directory } = settings.config
    if (directory.kind === 'ldap') return ldapDirectory(directory)
    if (directory.kind === 'active-directory') return activeDirectory(directory)
    return embeddedDirectory({ store: deps.store, passwords: embeddedPasswords(deps.hashing) })
  }

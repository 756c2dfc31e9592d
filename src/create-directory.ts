import type { Settings } from './config/load.ts'
import { openActiveDirectory } from './directory/active-directory/active-directory.ts'
import type { Directory } from './directory/directory.ts'
import { createEmbeddedDirectory } from './directory/embedded/embedded.ts'
import { createEmbeddedPasswords } from './directory/embedded/passwords.ts'
import { guardHistory } from './directory/history-guard.ts'
import { openLdapDirectory } from './directory/ldap/ldap.ts'
import type { Hashing } from './hashing/hashing.ts'
import { historyKeeperOf, policyFrom } from './password/settings.ts'
import type { Store } from './store/store.ts'

type Deps = { readonly store: Store; readonly hashing: Hashing }

const openAdapter = ({ config: { directory } }: Settings, { store, hashing }: Deps): Directory => {
  if (directory.kind === 'ldap') return openLdapDirectory(directory)
  if (directory.kind === 'active-directory') return openActiveDirectory(directory)
  return createEmbeddedDirectory({ store, passwords: createEmbeddedPasswords(hashing) })
}

/** Creates the directory adapter that the configuration selects. */
export const createDirectory =
  (settings: Settings) =>
  async (deps: Deps): Promise<Directory> => {
    const { password } = settings.config
    const adapter = openAdapter(settings, deps)
    return historyKeeperOf(password) === 'directory'
      ? guardHistory(adapter, policyFrom(password).history)
      : adapter
  }

import type { Settings } from './config/load.ts'
import { openActiveDirectory } from './directory/active-directory/active-directory.ts'
import type { Directory } from './directory/directory.ts'
import { createEmbeddedDirectory } from './directory/embedded/embedded.ts'
import { createEmbeddedPasswords } from './directory/embedded/passwords.ts'
import { guardHistory } from './directory/history-guard.ts'
import { openLdapDirectory } from './directory/ldap/ldap.ts'
import type { Hashing } from './hashing/hashing.ts'
import { historyKeeperOf, policyFrom } from './password/settings.ts'
import { isSameForAll } from './proofs/policy/requirement-of.ts'
import type { Store } from './store/store.ts'

type Deps = { readonly store: Store; readonly hashing: Hashing }

const openAdapter = ({ config: { directory, recovery } }: Settings, { store, hashing }: Deps): Directory => {
  // Where all populations are asked for the same, nobody needs to know of which a person is: the look-ups stay as few as they can be.
  const use = { everyPopulation: !isSameForAll(recovery) }
  if (directory.kind === 'ldap') return openLdapDirectory(directory, Date.now, use)
  if (directory.kind === 'active-directory') return openActiveDirectory(directory, Date.now, use)
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

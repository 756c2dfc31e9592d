import type { Settings } from './config/load.ts'
import type { Keys } from './crypto/keys.ts'
import { openActiveDirectory } from './directory/active-directory/active-directory.ts'
import type { Directory } from './directory/directory.ts'
import { createEmbeddedDirectory } from './directory/embedded/embedded.ts'
import { createEmbeddedPasswords } from './directory/embedded/passwords.ts'
import { guardHistory } from './directory/history-guard.ts'
import { withImportedIdentification } from './directory/imported/imported.ts'
import { openLdapDirectory } from './directory/ldap/ldap.ts'
import type { Hashing } from './hashing/hashing.ts'
import { historyKeeperOf, policyFrom } from './password/settings.ts'
import { isSameForAll } from './proofs/policy/requirement-of.ts'
import type { Store } from './store/store.ts'

/** `keys`: `null` of a command that counts people and identifies nobody. */
type Deps = { readonly store: Store; readonly hashing: Hashing; readonly keys: Keys | null }

/** The attributes that are not used where people identify themselves by what was imported. */
const attributesOfIdentification = (directory: Settings['config']['directory']): readonly string[] => {
  if (directory.kind === 'embedded') return []
  const { attributes, numbers } = directory
  const own = [attributes.birthDate, ...Object.values(numbers).map(({ attribute }) => attribute)]
  // A login or an id may be a number too, and is searched still.
  const searched = [attributes.login, 'id' in attributes ? attributes.id : '']
  return own.filter(name => !searched.includes(name))
}

const openAdapter = (
  { config: { directory, recovery } }: Settings,
  { store, hashing }: Omit<Deps, 'keys'>,
): Directory => {
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
    const { password, identification, directory } = settings.config
    const opened = openAdapter(settings, deps)
    const { store, keys } = deps
    const unread = attributesOfIdentification(directory)
    const adapter =
      identification === 'import'
        ? withImportedIdentification(opened, { store, keys, now: Date.now, unread })
        : opened
    return historyKeeperOf(password) === 'directory'
      ? guardHistory(adapter, policyFrom(password).history)
      : adapter
  }

import { randomBytes } from 'node:crypto'
import type { Clock } from './clock.ts'
import type { Settings } from './config/load.ts'
import type { Directory } from './directory/directory.ts'
import { embeddedDirectory } from './directory/embedded/embedded.ts'
import { ldapDirectory } from './directory/ldap/ldap.ts'
import type { Hashing } from './hashing/hashing.ts'
import type { Store } from './store/store.ts'

/** The embedded directory keeps `salt:hash`; its pepper is empty, as a real directory knows none of ours. */
const passwordsWith = (hashing: Hashing) => {
  const pepper = Buffer.alloc(0)
  const hash = async (password: string, salt: string) => {
    const hashed = await hashing.hash({ password, salt, pepper, network: 'directory', journey: randomBytes(6).toString('hex') })
    if (!hashed.ok) throw new Error('the hash queue is full')
    return `${salt}:${hashed.hash}`
  }
  return {
    hash: (password: string) => hash(password, randomBytes(16).toString('base64url')),
    verify: async (held: string, password: string) => (await hash(password, held.split(':')[0] ?? '')) === held,
  }
}

/** Which implementation of the port the configuration asks for. */
export const directoryOf =
  (settings: Settings) =>
  async (parts: { store: Store; hashing: Hashing; clock: Clock }): Promise<Directory> => {
    const { directory } = settings.config
    if (directory.kind === 'ldap') return ldapDirectory(directory)
    return embeddedDirectory({ ...parts, passwords: passwordsWith(parts.hashing) })
  }

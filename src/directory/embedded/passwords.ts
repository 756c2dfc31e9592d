import { randomBytes } from 'node:crypto'
import type { Hashing } from '../../hashing/hashing.ts'
import type { EmbeddedPasswords } from './embedded.ts'

/** The embedded directory stores `salt:hash`; the pepper is empty, because a real directory does not have ours. */
export const createEmbeddedPasswords = (hashing: Hashing): EmbeddedPasswords => {
  const pepper = Buffer.alloc(0)
  const hash = async (password: string, salt: string) => {
    const hashed = await hashing.hash({
      password,
      salt,
      pepper,
      network: 'directory',
      queueKey: randomBytes(6).toString('hex'),
    })
    if (!hashed.ok) throw new Error('the hash queue is full')
    return `${salt}:${hashed.hash}`
  }
  return {
    hash: (password: string) => hash(password, randomBytes(16).toString('base64url')),
    verify: async (stored: string, password: string) =>
      (await hash(password, stored.split(':')[0] ?? '')) === stored,
  }
}

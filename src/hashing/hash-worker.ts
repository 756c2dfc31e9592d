import { setPriority } from 'node:os'
import { hashRawSync } from '@node-rs/argon2'

/**
 * Lowers the priority of this thread so that pages stay fast while it hashes. Only on Linux: elsewhere the call would slow
 * down the whole process.
 */
const lowerPriority = () => {
  if (process.platform !== 'linux') return
  try {
    setPriority(0, 10)
  } catch {
    // A sandbox may forbid it; the hashes are correct all the same.
  }
}

export type HashJob = { readonly password: string; readonly salt: string; readonly pepper: Uint8Array }

lowerPriority()

/** What a worker does with each job: base64url of 32 bytes. */
export default function computeHash({ password, salt, pepper }: HashJob) {
  return hashRawSync(password, {
    // The library's own numbers for Argon2id, version 0x13.
    algorithm: 2,
    version: 1,
    memoryCost: 47104,
    timeCost: 1,
    parallelism: 1,
    outputLen: 32,
    salt: Buffer.from(salt, 'base64url'),
    ...(pepper.length > 0 && { secret: Buffer.from(pepper) }),
  }).toString('base64url')
}

import { setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { hashRawSync } from '@node-rs/argon2'

/** Linux lowers this thread alone, so that pages stay fast while it hashes; elsewhere the whole process would slow. */
const stepBack = () => {
  if (process.platform !== 'linux') return
  try {
    setPriority(0, 10)
  } catch {
    // A sandbox may forbid it; hashes are right all the same.
  }
}

export type HashJob = { readonly password: string; readonly salt: string; readonly pepper: Uint8Array }

const hash = ({ password, salt, pepper }: HashJob) =>
  hashRawSync(password, {
    // Argon2id, version 0x13: the library's own numbers for them.
    algorithm: 2,
    version: 1,
    memoryCost: 47104,
    timeCost: 1,
    parallelism: 1,
    outputLen: 32,
    salt: Buffer.from(salt, 'base64url'),
    ...(pepper.length > 0 && { secret: Buffer.from(pepper) }),
  }).toString('base64url')

stepBack()
parentPort?.on('message', (hashJob: HashJob) => parentPort?.postMessage(hash(hashJob)))

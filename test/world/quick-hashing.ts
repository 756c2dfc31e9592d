import { createHmac } from 'node:crypto'
import type { Hashing } from '../../src/hashing/hashing.ts'
import { ok } from '../../src/result.ts'

/** Instant hashes, for tests with tens of thousands of answers whose result does not depend on the cost of a hash. */
export const quickHashing = (): Hashing => ({
  hash: async ({ password, salt, pepper }) =>
    ok({
      hash: createHmac('sha256', Buffer.concat([pepper, Buffer.from(salt)]))
        .update(password)
        .digest('base64url'),
    }),
  load: () => ({ waiting: 0, working: 0 }),
  close: async () => {},
})

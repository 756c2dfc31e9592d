import type { Clock } from '../clock.ts'
import type { Keys } from '../crypto/keys.ts'
import { createMailRows } from './mail-rows.ts'
import { createNotices } from './notify.ts'

/** What the rest of the product writes: notices, and mails to an address that is already known. The outbox sends both. */
export const createNotify = ({ clock, keys }: { clock: Clock; keys: Keys }) => ({
  notices: createNotices(clock),
  mails: createMailRows({ keys, clock }),
})

export type Notify = ReturnType<typeof createNotify>

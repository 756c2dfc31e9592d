import { sql } from 'kysely'
import type { Clock } from '../clock.ts'
import type { Store, Tx } from '../store/store.ts'

/**
 * Counts what passes a door over a rolling window, in the store: every process and every machine counts together.
 * The window is cut in ten buckets, so that a burst at its edge cannot pass twice. `key` is a keyed digest.
 */
export type Door = { readonly name: string; readonly window: number }

const slices = 10

const sliceOf = (door: Door) => Math.ceil(door.window / slices)

const countSince = async (db: Store['read'], door: Door, key: string, now: number) => {
  const oldest = Math.floor(now / sliceOf(door)) - slices + 1
  const row = await db
    .selectFrom('counters')
    .select(eb => eb.fn.sum<number>('count').as('total'))
    .where('door', '=', door.name)
    .where('key', '=', key)
    .where('bucket', '>=', oldest)
    .executeTakeFirst()
  return Number(row?.total ?? 0)
}

export type Doors = {
  /** Adds one (or so many), and tells how many have passed in the window, these included. */
  pass(tx: Tx, door: Door, key: string, count?: number): Promise<number>
  /** How many have passed, without passing. */
  seen(door: Door, key: string, db?: Store['read']): Promise<number>
}

export const openDoors = (store: Store, clock: Clock): Doors => ({
  pass: async (tx, door, key, count = 1) => {
    const now = clock.now()
    const bucket = Math.floor(now / sliceOf(door))
    await tx
      .insertInto('counters')
      .values({ door: door.name, key, bucket, count, expires_at: now + 2 * door.window })
      .onConflict(conflict =>
        conflict.columns(['door', 'key', 'bucket']).doUpdateSet({ count: sql`counters.count + ${count}` }),
      )
      .execute()
    return countSince(tx, door, key, now)
  },
  seen: (door, key, db = store.read) => countSince(db, door, key, clock.now()),
})

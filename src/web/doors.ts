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

const oldestSlice = (door: Door, now: number) => Math.floor(now / sliceOf(door)) - slices + 1

const countSince = async (db: Store['read'], door: Door, key: string, now: number) => {
  const row = await db
    .selectFrom('counters')
    .select(eb => eb.fn.sum<number>('count').as('total'))
    .where('door', '=', door.name)
    .where('key', '=', key)
    .where('bucket', '>=', oldestSlice(door, now))
    .executeTakeFirst()
  return Number(row?.total ?? 0)
}

/** One limit among those that a request must pass, and what is told when it is reached. */
export type Admission<Reason> = {
  readonly door: Door
  readonly key: string
  readonly limit: number
  readonly reason: Reason
}

/** Holds a counter until the transaction ends: no bucket of a window has this number. */
const lockBucket = -1

export type Doors = {
  /** Adds one (or so many), and tells how many have passed in the window, these included. */
  pass(tx: Tx, door: Door, key: string, count?: number): Promise<number>
  /** How many have passed in the window, by key. */
  totals(door: Door, db?: Store['read']): Promise<readonly { readonly key: string; readonly total: number }[]>
  /** How many have passed, without passing. */
  seen(door: Door, key: string, db?: Store['read']): Promise<number>
  /** When so many have room again, if nobody passes meanwhile; not after now where they have it. */
  opensAt(door: Door, key: string, limit: number, db?: Store['read']): Promise<number>
  /**
   * Counts one in each of these limits when all have room, else nothing, and tells which was reached. What is refused
   * is not counted, so a limit cannot be kept full by asking again. Requests side by side take turns, in every process.
   * Callers name the limits in one order: two that lock in different orders would wait for each other.
   */
  admit<Reason>(tx: Tx, admissions: readonly Admission<Reason>[]): Promise<Reason | null>
}

export const openDoors = (store: Store, clock: Clock): Doors => {
  const add = async (tx: Tx, door: Door, key: string, bucket: number, count: number) => {
    await tx
      .insertInto('counters')
      .values({ door: door.name, key, bucket, count, expires_at: clock.now() + door.window + sliceOf(door) })
      .onConflict(conflict =>
        conflict.columns(['door', 'key', 'bucket']).doUpdateSet({ count: sql`counters.count + ${count}` }),
      )
      .execute()
  }
  const bucketNow = (door: Door) => Math.floor(clock.now() / sliceOf(door))

  return {
    pass: async (tx, door, key, count = 1) => {
      await add(tx, door, key, bucketNow(door), count)
      return countSince(tx, door, key, clock.now())
    },
    totals: async (door, db = store.read) => {
      const rows = await db
        .selectFrom('counters')
        .select(eb => ['key', eb.fn.sum<number>('count').as('total')])
        .where('door', '=', door.name)
        .where('bucket', '>=', oldestSlice(door, clock.now()))
        .groupBy('key')
        .execute()
      return rows.map(({ key, total }) => ({ key, total: Number(total) }))
    },
    seen: (door, key, db = store.read) => countSince(db, door, key, clock.now()),
    opensAt: async (door, key, limit, db = store.read) => {
      const passed = await db
        .selectFrom('counters')
        .select(['bucket', 'count'])
        .where('door', '=', door.name)
        .where('key', '=', key)
        .where('bucket', '>=', oldestSlice(door, clock.now()))
        .orderBy('bucket')
        .execute()
      let left = passed.reduce((total, { count }) => total + Number(count), 0)
      let opensAt = 0
      for (const { bucket, count } of passed) {
        if (left < limit) break
        left -= Number(count)
        opensAt = (Number(bucket) + slices) * sliceOf(door)
      }
      return opensAt
    },
    admit: async (tx, admissions) => {
      for (const { door, key, limit, reason } of admissions) {
        await add(tx, door, key, lockBucket, 0)
        if ((await countSince(tx, door, key, clock.now())) >= limit) return reason
      }
      for (const { door, key } of admissions) await add(tx, door, key, bucketNow(door), 1)
      return null
    },
  }
}

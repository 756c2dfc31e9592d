import { sql } from 'kysely'
import type { Clock } from '../clock.ts'
import type { Store, Tx } from '../store/store.ts'

/**
 * Counts hits of a limit over a rolling window, in the store: every process and every machine counts together.
 * The window is cut in ten buckets, so that a burst at its edge cannot pass twice. `key` is a keyed digest.
 */
export type RateLimit = { readonly name: string; readonly window: number }

const slices = 10

const sliceOf = (rateLimit: RateLimit) => Math.ceil(rateLimit.window / slices)

const oldestSlice = (rateLimit: RateLimit, now: number) => Math.floor(now / sliceOf(rateLimit)) - slices + 1

const countSince = async (db: Store['read'], rateLimit: RateLimit, key: string, now: number) => {
  const row = await db
    .selectFrom('counters')
    .select(eb => eb.fn.sum<number>('count').as('total'))
    .where('name', '=', rateLimit.name)
    .where('key', '=', key)
    .where('bucket', '>=', oldestSlice(rateLimit, now))
    .executeTakeFirst()
  return Number(row?.total ?? 0)
}

/** One limit among those that a request must pass, and what is told when it is reached. */
export type LimitCheck<Reason> = {
  readonly rateLimit: RateLimit
  readonly key: string
  readonly limit: number
  readonly reason: Reason
}

/** Holds a counter until the transaction ends: no bucket of a window has this number. */
const lockBucket = -1

export type RateLimiter = {
  /** Adds one (or so many), and tells how many have passed in the window, these included. */
  hit(tx: Tx, rateLimit: RateLimit, key: string, count?: number): Promise<number>
  /** How many have passed in the window, by key. */
  totals(
    rateLimit: RateLimit,
    db?: Store['read'],
  ): Promise<readonly { readonly key: string; readonly total: number }[]>
  /** How many have passed, without passing. */
  count(rateLimit: RateLimit, key: string, db?: Store['read']): Promise<number>
  /** When so many have room again, if nobody passes meanwhile; not after now where they have it. */
  opensAt(rateLimit: RateLimit, key: string, limit: number, db?: Store['read']): Promise<number>
  /**
   * Counts one in each of these limits when all have room, else nothing, and tells which was reached. What is refused
   * is not counted, so a limit cannot be kept full by asking again. Requests side by side take turns, in every process.
   * Callers name the limits in one order: two that lock in different orders would wait for each other.
   */
  admit<Reason>(tx: Tx, admissions: readonly LimitCheck<Reason>[]): Promise<Reason | null>
}

export const createRateLimiter = (store: Store, clock: Clock): RateLimiter => {
  const add = async (tx: Tx, rateLimit: RateLimit, key: string, bucket: number, count: number) => {
    await tx
      .insertInto('counters')
      .values({
        name: rateLimit.name,
        key,
        bucket,
        count,
        expires_at: clock.now() + rateLimit.window + sliceOf(rateLimit),
      })
      .onConflict(conflict =>
        conflict.columns(['name', 'key', 'bucket']).doUpdateSet({ count: sql`counters.count + ${count}` }),
      )
      .execute()
  }
  const bucketNow = (rateLimit: RateLimit) => Math.floor(clock.now() / sliceOf(rateLimit))

  return {
    hit: async (tx, rateLimit, key, count = 1) => {
      await add(tx, rateLimit, key, bucketNow(rateLimit), count)
      return countSince(tx, rateLimit, key, clock.now())
    },
    totals: async (rateLimit, db = store.read) => {
      const rows = await db
        .selectFrom('counters')
        .select(eb => ['key', eb.fn.sum<number>('count').as('total')])
        .where('name', '=', rateLimit.name)
        .where('bucket', '>=', oldestSlice(rateLimit, clock.now()))
        .groupBy('key')
        .execute()
      return rows.map(({ key, total }) => ({ key, total: Number(total) }))
    },
    count: (rateLimit, key, db = store.read) => countSince(db, rateLimit, key, clock.now()),
    opensAt: async (rateLimit, key, limit, db = store.read) => {
      const passed = await db
        .selectFrom('counters')
        .select(['bucket', 'count'])
        .where('name', '=', rateLimit.name)
        .where('key', '=', key)
        .where('bucket', '>=', oldestSlice(rateLimit, clock.now()))
        .orderBy('bucket')
        .execute()
      let left = passed.reduce((total, { count }) => total + Number(count), 0)
      let opensAt = 0
      for (const { bucket, count } of passed) {
        if (left < limit) break
        left -= Number(count)
        opensAt = (Number(bucket) + slices) * sliceOf(rateLimit)
      }
      return opensAt
    },
    admit: async (tx, admissions) => {
      for (const { rateLimit, key, limit, reason } of admissions) {
        await add(tx, rateLimit, key, lockBucket, 0)
        if ((await countSince(tx, rateLimit, key, clock.now())) >= limit) return reason
      }
      for (const { rateLimit, key } of admissions) await add(tx, rateLimit, key, bucketNow(rateLimit), 1)
      return null
    },
  }
}

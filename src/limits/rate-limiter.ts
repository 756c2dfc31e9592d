import { sql } from 'kysely'
import type { Clock } from '../clock.ts'
import { forgetExpired, type RetentionOf } from '../retention-rule.ts'
import type { Store, Tx } from '../store/store.ts'

/**
 * Counts hits of a limit over a rolling window, in the store: every process and every machine counts together. The window is
 * cut in ten slices, so that a burst at its edge cannot pass twice. `key` names what is counted and is stored as it is, so
 * callers pass no personal data in clear: it is a keyed digest, an id, or, for the total of a day, its date.
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

type Counted = { readonly rateLimit: RateLimit; readonly key: string }

/** One of the limits that a request must be under, and the reason to give when it is reached. */
export type LimitCheck<Reason> = Counted & { readonly limit: number; readonly reason: Reason }

/**
 * `counted`: what is counted with an admitted request, but refuses none. `unless`: a bound that is no limit of this module; it is
 * looked at once no limit is reached, while they are locked.
 */
type Admission<Reason> = {
  readonly checks: readonly LimitCheck<Reason>[]
  readonly counted?: readonly Counted[]
  readonly unless?: () => Promise<Reason | null>
}

/** `totals`: the hits of each of `checks`, then of each of `counted`, these included. */
type Admitted<Reason> = { readonly reason: Reason | null; readonly totals: readonly number[] }

/** The row that is locked until the transaction ends: no slice of a window has this number. */
const lockSlice = -1

export type RateLimiter = {
  /** Counts one hit (or `count` of them); gives the number of hits in the window, these included. */
  hit(tx: Tx, rateLimit: RateLimit, key: string, count?: number): Promise<number>
  /** The number of hits in the window, by key. */
  totalsByKey(
    rateLimit: RateLimit,
    db?: Store['read'],
  ): Promise<readonly { readonly key: string; readonly total: number }[]>
  /** The number of hits in the window, without counting one. */
  count(rateLimit: RateLimit, key: string, db?: Store['read']): Promise<number>
  /** When the number of hits falls below the limit, if none is counted meanwhile; 0 when it is below. */
  opensAt(rateLimit: RateLimit, key: string, limit: number, db?: Store['read']): Promise<number>
  /**
   * Counts one hit for each of these limits when none is reached; else counts nothing and gives the reason of the one that
   * is. Refusals are not counted, so a limit cannot be kept full by repeated requests. Concurrent requests are serialised,
   * across processes too. Callers pass the limits in one fixed order: two that lock in different orders would deadlock. `at`: when what is
   * counted happened, where that was earlier (milliseconds since 1970).
   */
  admit<Reason>(tx: Tx, checks: readonly LimitCheck<Reason>[], at?: number): Promise<Reason | null>
  /** As `admit`, and counts one hit for each of `counted` in the same statements. */
  admitCounting<Reason>(tx: Tx, admission: Admission<Reason>): Promise<Admitted<Reason>>
}

type CountedHit = {
  readonly rateLimit: RateLimit
  readonly key: string
  readonly bucket: number
  readonly count: number
}

/** One statement: PostgreSQL locks the rows in this order. */
async function add(tx: Tx, hits: readonly CountedHit[], now: number) {
  await tx
    .insertInto('counters')
    .values(
      hits.map(({ rateLimit, key, bucket, count }) => ({
        name: rateLimit.name,
        key,
        bucket,
        count,
        expires_at: now + rateLimit.window + sliceOf(rateLimit),
      })),
    )
    .onConflict(conflict =>
      conflict
        .columns(['name', 'key', 'bucket'])
        .doUpdateSet({ count: sql`counters.count + excluded.count` }),
    )
    .execute()
}

const sliceAt = (rateLimit: RateLimit, now: number) => Math.floor(now / sliceOf(rateLimit))

async function totalsByKey(db: Store['read'], rateLimit: RateLimit, now: number) {
  const rows = await db
    .selectFrom('counters')
    .select(eb => ['key', eb.fn.sum<number>('count').as('total')])
    .where('name', '=', rateLimit.name)
    .where('bucket', '>=', oldestSlice(rateLimit, now))
    .groupBy('key')
    .execute()
  return rows.map(({ key, total }) => ({ key, total: Number(total) }))
}

async function opensAt(db: Store['read'], rateLimit: RateLimit, key: string, limit: number, now: number) {
  const buckets = await db
    .selectFrom('counters')
    .select(['bucket', 'count'])
    .where('name', '=', rateLimit.name)
    .where('key', '=', key)
    .where('bucket', '>=', oldestSlice(rateLimit, now))
    .orderBy('bucket')
    .execute()
  let left = buckets.reduce((total, { count }) => total + Number(count), 0)
  let at = 0
  for (const { bucket, count } of buckets) {
    if (left < limit) break
    left -= Number(count)
    at = (Number(bucket) + slices) * sliceOf(rateLimit)
  }
  return at
}

/** The number of hits of each limit, in one statement. */
async function countEach(db: Store['read'], limits: readonly Counted[], now: number) {
  const rows = await db
    .selectFrom('counters')
    .select(eb => ['name', 'key', eb.fn.sum<number>('count').as('total')])
    .where(eb =>
      eb.or(
        limits.map(({ rateLimit, key }) =>
          eb.and([
            eb('name', '=', rateLimit.name),
            eb('key', '=', key),
            eb('bucket', '>=', oldestSlice(rateLimit, now)),
          ]),
        ),
      ),
    )
    .groupBy(['name', 'key'])
    .execute()
  return limits.map(({ rateLimit, key }) =>
    Number(rows.find(row => row.name === rateLimit.name && row.key === key)?.total ?? 0),
  )
}

async function admit<Reason>(
  tx: Tx,
  { checks, counted = [], unless }: Admission<Reason>,
  clock: Pick<Clock, 'now'>,
): Promise<Admitted<Reason>> {
  const totals: number[] = []
  for (const [index, check] of checks.entries()) {
    const now = clock.now()
    // One after the other: a request over the first limit adds no row for the others.
    await add(tx, [{ ...check, bucket: lockSlice, count: 0 }], now)
    const [total = 0, ...others] = await countEach(
      tx,
      index === checks.length - 1 ? [check, ...counted] : [check],
      now,
    )
    if (total >= check.limit) return { reason: check.reason, totals }
    totals.push(total, ...others)
  }
  const reason = (await unless?.()) ?? null
  if (reason !== null) return { reason, totals }
  const now = clock.now()
  await add(
    tx,
    [...checks, ...counted].map(one => ({ ...one, bucket: sliceAt(one.rateLimit, now), count: 1 })),
    now,
  )
  return { reason: null, totals: totals.map(total => total + 1) }
}

export const createRateLimiter = (store: Store, clock: Clock): RateLimiter => ({
  hit: async (tx, rateLimit, key, count = 1) => {
    const now = clock.now()
    await add(tx, [{ rateLimit, key, bucket: sliceAt(rateLimit, now), count }], now)
    return countSince(tx, rateLimit, key, clock.now())
  },
  totalsByKey: (rateLimit, db = store.read) => totalsByKey(db, rateLimit, clock.now()),
  count: (rateLimit, key, db = store.read) => countSince(db, rateLimit, key, clock.now()),
  opensAt: (rateLimit, key, limit, db = store.read) => opensAt(db, rateLimit, key, limit, clock.now()),
  admit: async (tx, checks, at) =>
    (await admit(tx, { checks }, at === undefined ? clock : { now: () => at })).reason,
  admitCounting: (tx, admission) => admit(tx, admission, clock),
})

export const counterRetention: RetentionOf<'counters'> = {
  counters: forgetExpired('counters'),
}

/** Forgets what was counted under the id of a person. What is counted under a digest names nobody, and ends within a day. */
export const eraseCounters = (tx: Tx, person: string) =>
  tx.deleteFrom('counters').where('key', '=', person).execute()

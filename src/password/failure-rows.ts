import type { ExpressionBuilder } from 'kysely'
import { sql } from 'kysely'
import { type Clock, days } from '../clock.ts'
import type { DeleteByAge, RetentionOf } from '../retention-rule.ts'
import type { Schema } from '../store/schema.ts'
import type { Store, Tx } from '../store/store.ts'

export type FailureRow = Schema['password_failures']

type RowKey = { readonly name: string; readonly requester: string }
type NameKey = { readonly name: string; readonly known: boolean }
/** `reachesDirectory`: the bind was sent to the directory. */
type EndedBind = RowKey & { readonly reachesDirectory: boolean }

const decremented = (column: string) =>
  sql<number>`case when ${sql.ref(column)} > 0 then ${sql.ref(column)} - 1 else 0 end`

type FailureRowsDeps = {
  readonly clock: Clock
  /** The longest time that a bind takes. */
  readonly longest: number
}

type BindCounts = { readonly counted: number; readonly sent: number; readonly forgottenAfter: number }

function update(tx: Tx, { name, requester }: RowKey) {
  return tx.updateTable('password_failures').where('name', '=', name).where('requester', '=', requester)
}

/** Pending binds whose process was killed count as failures once their deadline has passed. */
async function endAbandoned(clock: Clock, tx: Tx, row: FailureRow): Promise<FailureRow> {
  if (row.pending === 0 || row.pending_until > clock.now()) return row
  const last = (at: number) => Math.max(at, row.pending_until)
  const ended = { pending: 0, failed_at: last(row.failed_at), sent_at: last(row.sent_at) }
  await update(tx, row).set(ended).execute()
  return { ...row, ...ended }
}

async function findRow(clock: Clock, tx: Tx, name: string, requester: string): Promise<FailureRow | null> {
  const row = await tx
    .selectFrom('password_failures')
    .selectAll()
    .where('name', '=', name)
    .where('requester', '=', requester)
    .executeTakeFirst()
  return row ? endAbandoned(clock, tx, row) : null
}

function unusedRow(clock: Clock, { name, requester }: RowKey): FailureRow {
  return {
    name,
    requester,
    known: 0,
    made_at: clock.now(),
    counted: 0,
    in_a_row: 0,
    pending: 0,
    pending_until: 0,
    forgotten_after: 0,
    failed_at: 0,
    sent: 0,
    sent_at: 0,
  }
}

/**
 * Locks the strangers' row of a name until the transaction ends, and creates it when it is missing: otherwise
 * another transaction could insert it and lock the two rows in the other order, which is a deadlock.
 */
function lockStrangers(clock: Clock, tx: Tx, name: string) {
  return tx
    .insertInto('password_failures')
    .values(unusedRow(clock, { name, requester: 'stranger' }))
    .onConflict(conflict =>
      conflict.columns(['name', 'requester']).doUpdateSet({ pending: sql`password_failures.pending` }),
    )
    .execute()
}

/** PostgreSQL locks the rows in the order of `requesters`: the strangers' row comes first. */
async function lockRows(
  clock: Clock,
  tx: Tx,
  key: NameKey,
  requesters: readonly ['stranger'] | readonly ['stranger', 'own'],
): Promise<readonly FailureRow[]> {
  const known = key.known ? 1 : 0
  const rows = await tx
    .insertInto('password_failures')
    .values(requesters.map(requester => ({ ...unusedRow(clock, { name: key.name, requester }), known })))
    .onConflict(conflict => conflict.columns(['name', 'requester']).doUpdateSet({ known }))
    .returningAll()
    .execute()
  const ended: FailureRow[] = []
  for (const row of rows) ended.push(await endAbandoned(clock, tx, row))
  return ended
}

const rowOf = (rows: readonly FailureRow[], requester: string): FailureRow => {
  const found = rows.find(row => row.requester === requester)
  if (!found) throw new Error(`the row of ${requester} was not locked`)
  return found
}

/** A name without any failure keeps no row. */
function deleteUnused(tx: Tx, name: string) {
  return tx
    .deleteFrom('password_failures')
    .where('name', '=', name)
    .where('failed_at', '=', 0)
    .where('pending', '=', 0)
    .execute()
}

function forgetSent(tx: Tx, name: string) {
  return tx.updateTable('password_failures').set({ sent: 0 }).where('name', '=', name).execute()
}

function beginBind(
  { clock, longest }: FailureRowsDeps,
  tx: Tx,
  row: FailureRow,
  { forgottenAfter, ...counts }: BindCounts,
) {
  return update(tx, row)
    .set({
      ...counts,
      in_a_row: row.in_a_row + 1,
      pending: row.pending + 1,
      pending_until: clock.now() + longest,
      forgotten_after: forgottenAfter,
    })
    .execute()
}

async function recordFailure(clock: Clock, tx: Tx, bind: EndedBind) {
  await lockStrangers(clock, tx, bind.name)
  const now = clock.now()
  await update(tx, bind)
    .set({
      pending: decremented('pending'),
      failed_at: now,
      ...(bind.reachesDirectory && { sent_at: now }),
    })
    .execute()
  await deleteUnused(tx, bind.name)
}

async function refundBind(clock: Clock, tx: Tx, bind: EndedBind) {
  await lockStrangers(clock, tx, bind.name)
  await update(tx, bind)
    .set({
      pending: decremented('pending'),
      counted: decremented('counted'),
      in_a_row: decremented('in_a_row'),
      ...(bind.reachesDirectory && { sent: decremented('sent') }),
    })
    .execute()
  await deleteUnused(tx, bind.name)
}

/** Nothing of a row that was made only to be locked changes. */
async function forgive(clock: Clock, tx: Tx, name: string, since: number, ended: RowKey | undefined) {
  await lockStrangers(clock, tx, name)
  const rows = await tx.selectFrom('password_failures').selectAll().where('name', '=', name).execute()
  for (const found of rows) {
    // First, since it is no abandoned bind, however late the success comes.
    const isEnded = found.requester === ended?.requester
    const pendingOthers = isEnded ? Math.max(0, found.pending - 1) : found.pending
    const row = await endAbandoned(clock, tx, { ...found, pending: pendingOthers })
    const resetsCount = row.failed_at < since && (row.requester === 'own' || row.forgotten_after === 0)
    const { pending } = row
    const forgiven = {
      pending,
      in_a_row: pending,
      counted: resetsCount ? pending : row.counted,
      sent: row.sent_at < since ? pending : row.sent,
    }
    const columns = ['pending', 'in_a_row', 'counted', 'sent'] as const
    if (columns.some(column => forgiven[column] !== found[column]))
      await update(tx, row).set(forgiven).execute()
  }
  await deleteUnused(tx, name)
}

/**
 * The table `password_failures` of `bind-budget.ts`. Each change locks the strangers' row of the name first, which
 * serialises the processes.
 */
export const createFailureRows = (deps: FailureRowsDeps) => {
  const { clock } = deps
  return {
    find: (tx: Tx, name: string, requester: string) => findRow(clock, tx, name, requester),

    /** The rows of a name, not locked: there are none where nothing failed and nothing is pending. */
    of: (db: Store['read'], name: string) =>
      db.selectFrom('password_failures').select('name').where('name', '=', name),

    /** Returns the strangers' row, created when it is missing, and locks it until the transaction ends. */
    lockStrangers: async (tx: Tx, key: NameKey) =>
      rowOf(await lockRows(clock, tx, key, ['stranger']), 'stranger'),

    /** The same for both rows, in one statement. */
    lockBoth: async (tx: Tx, key: NameKey) => {
      const rows = await lockRows(clock, tx, key, ['stranger', 'own'])
      return { stranger: rowOf(rows, 'stranger'), own: rowOf(rows, 'own') }
    },

    /** The directory forgets all failures one interval after the last one that was sent to it. */
    forgetSent,

    begin: (tx: Tx, row: FailureRow, counts: BindCounts) => beginBind(deps, tx, row, counts),

    failed: (tx: Tx, bind: EndedBind) => recordFailure(clock, tx, bind),

    refund: (tx: Tx, bind: EndedBind) => refundBind(clock, tx, bind),

    /**
     * A success ends the run of failures. The directory resets those that were answered before the success began; later
     * ones stay counted. The strangers' count is kept, except where the directory resets only at a success: a reset would
     * show strangers that the name exists and that its owner signed in. `ended`: a pending bind that failed before the success.
     */
    forgive: (tx: Tx, name: string, since: number, ended?: RowKey) => forgive(clock, tx, name, since, ended),
  }
}

export type FailureRows = ReturnType<typeof createFailureRows>

/**
 * Failed passwords: rows without a current run of failures and rows of unknown logins are deleted by age. A person's run of
 * failures is ended only by a success (NIST SP 800-63B-4 3.2.2). Where the directory forgets only at a success, rows of
 * unknown logins are deleted after 400 days, too late for a comparison with known ones to reveal anything.
 */
const forgetPasswordFailures: DeleteByAge = async (tx, now, limits) => {
  const old = (age: number) => (eb: ExpressionBuilder<Schema, 'password_failures'>) =>
    eb.and([
      eb('made_at', '<', now - age),
      eb(eb('failed_at', '+', eb.ref('forgotten_after')), '<', now - age),
    ])
  await tx
    .deleteFrom('password_failures')
    .where(eb => eb.or([eb('in_a_row', '=', 0), eb('known', '=', 0)]))
    .where(eb => eb.or([eb('in_a_row', '=', 0), eb('forgotten_after', '>', 0)]))
    .where(old(limits.failedNamesWindow))
    .execute()
  await tx
    .deleteFrom('password_failures')
    .where('known', '=', 0)
    .where(old(days(400)))
    .execute()
}

export const failureRetention: RetentionOf<'password_failures'> = {
  password_failures: forgetPasswordFailures,
}

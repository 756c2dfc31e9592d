import { sql } from 'kysely'
import type { Clock } from '../clock.ts'
import type { Schema } from '../store/schema.ts'
import type { Tx } from '../store/store.ts'

export type FailureRow = Schema['password_failures']

type RowKey = { readonly name: string; readonly requester: string }
/** `reaches`: it was sent to the directory. */
type EndedBind = RowKey & { readonly reaches: boolean }

const decremented = (column: string) =>
  sql<number>`case when ${sql.ref(column)} > 0 then ${sql.ref(column)} - 1 else 0 end`

/**
 * The rows of `bind-budget.ts`. Every change of a name holds the row of its strangers first: of two processes one waits.
 */
export const createFailureRows = ({ clock, longest }: { clock: Clock; longest: number }) => {
  const where = (tx: Tx, { name, requester }: RowKey) =>
    tx.updateTable('password_failures').where('name', '=', name).where('requester', '=', requester)

  /** Binds whose process was killed have ended by now: they stay counted, as failures. */
  const settled = async (tx: Tx, row: FailureRow): Promise<FailureRow> => {
    if (row.pending === 0 || row.pending_until > clock.now()) return row
    const last = (at: number) => Math.max(at, row.pending_until)
    const ended = { pending: 0, failed_at: last(row.failed_at), sent_at: last(row.sent_at) }
    await where(tx, row).set(ended).execute()
    return { ...row, ...ended }
  }

  const look = async (tx: Tx, name: string, requester: string): Promise<FailureRow | null> => {
    const row = await tx
      .selectFrom('password_failures')
      .selectAll()
      .where('name', '=', name)
      .where('requester', '=', requester)
      .executeTakeFirst()
    return row ? settled(tx, row) : null
  }

  const unused = ({ name, requester }: RowKey) => ({
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
  })

  /**
   * Holds the row of the strangers of a name until the transaction ends. It is made where there is none: a row that
   * appeared meanwhile would be taken after that of the owner, and two transactions would wait for each other.
   */
  const lock = (tx: Tx, name: string) =>
    tx
      .insertInto('password_failures')
      .values(unused({ name, requester: 'stranger' }))
      .onConflict(conflict =>
        conflict.columns(['name', 'requester']).doUpdateSet({ pending: sql`password_failures.pending` }),
      )
      .execute()

  /** Whoever never failed leaves no row. */
  const forgetUnused = (tx: Tx, name: string) =>
    tx
      .deleteFrom('password_failures')
      .where('name', '=', name)
      .where('failed_at', '=', 0)
      .where('pending', '=', 0)
      .execute()

  return {
    look,

    /** The row, made where there is none, and held until the transaction ends. */
    hold: async (tx: Tx, of: RowKey & { readonly known: boolean }): Promise<FailureRow> => {
      const known = of.known ? 1 : 0
      const row = await tx
        .insertInto('password_failures')
        .values({ ...unused(of), known })
        .onConflict(conflict => conflict.columns(['name', 'requester']).doUpdateSet({ known }))
        .returningAll()
        .executeTakeFirstOrThrow()
      return settled(tx, row)
    },

    /** One interval after the last failure that was sent to it the directory has forgotten them all. */
    forgetSent: (tx: Tx, name: string) =>
      tx.updateTable('password_failures').set({ sent: 0 }).where('name', '=', name).execute(),

    begin: (
      tx: Tx,
      row: FailureRow,
      { forgottenAfter, ...counts }: { counted: number; sent: number; forgottenAfter: number },
    ) =>
      where(tx, row)
        .set({
          ...counts,
          in_a_row: row.in_a_row + 1,
          pending: row.pending + 1,
          pending_until: clock.now() + longest,
          forgotten_after: forgottenAfter,
        })
        .execute(),

    failed: async (tx: Tx, which: EndedBind) => {
      await lock(tx, which.name)
      const now = clock.now()
      await where(tx, which)
        .set({ pending: decremented('pending'), failed_at: now, ...(which.reaches && { sent_at: now }) })
        .execute()
      await forgetUnused(tx, which.name)
    },

    giveBack: async (tx: Tx, which: EndedBind) => {
      await lock(tx, which.name)
      await where(tx, which)
        .set({
          pending: decremented('pending'),
          counted: decremented('counted'),
          in_a_row: decremented('in_a_row'),
          ...(which.reaches && { sent: decremented('sent') }),
        })
        .execute()
      await forgetUnused(tx, which.name)
    },

    /**
     * A success ends the run of failures. The directory forgot those that had been answered before it began: what may
     * have come later stays counted. The count of strangers outlives it, except where only a success makes the directory
     * forget: they would see in it that somebody bears this name, and signed in.
     */
    forgive: async (tx: Tx, name: string, since: number) => {
      await lock(tx, name)
      for (const requester of ['stranger', 'own'] as const) {
        const row = await look(tx, name, requester)
        if (!row) continue
        const isForgiven = row.failed_at < since && (requester === 'own' || row.forgotten_after === 0)
        await where(tx, row)
          .set({
            in_a_row: row.pending,
            ...(isForgiven && { counted: row.pending }),
            ...(row.sent_at < since && { sent: row.pending }),
          })
          .execute()
      }
      await forgetUnused(tx, name)
    },
  }
}

import type { Clock } from '../../clock.ts'
import { digestOf, hmac } from '../../crypto/crypto.ts'
import type { PersonId } from '../../directory/directory.ts'
import type { Limits } from '../../limits/limits.ts'
import { forgetExpired, type RetentionOf } from '../../retention-rule.ts'
import type { Store, Tx } from '../../store/store.ts'
import { declareCookie } from '../../web/cookies.ts'
import type { Deliveries } from '../deliveries/deliveries.ts'
import type { DeliveryStatus } from '../deliveries/delivery.ts'

/** The handle of a receipt, for a person without a session. */
export const receiptCookie = declareCookie('receipt')

/**
 * The receipt of a password change: the status of each service, for 24 hours, in the browser that made the change. It contains
 * no name, gives no access, and ends at a freeze. Its handle is derived from the journey's, so that a change that is finished
 * after its process was killed has a receipt too.
 */
export type Receipt = {
  readonly writtenAt: number
  readonly statuses: readonly DeliveryStatus[]
}

export const receiptHandle = (journeyHandle: string) => hmac(Buffer.from(journeyHandle), 'receipt')

export const receiptId = (handle: string) => digestOf(handle)

type Deps = {
  readonly store: Store
  readonly clock: Clock
  readonly limits: Limits
  readonly deliveries: Deliveries
}

type NewReceipt = { id: string; person: PersonId; attempt: string; writtenAt: number }

const open = ({ clock, limits }: Deps, tx: Tx, receipt: NewReceipt) =>
  tx
    .insertInto('receipts')
    .values({
      id: receipt.id,
      person: receipt.person,
      attempt: receipt.attempt,
      written_at: receipt.writtenAt,
      expires_at: clock.now() + limits.receipt,
    })
    .onConflict(conflict => conflict.column('id').doNothing())
    .execute()

async function find({ store, clock, deliveries }: Deps, handle: string): Promise<Receipt | null> {
  const row = await store.read
    .selectFrom('receipts')
    .select(['attempt', 'written_at'])
    .where('id', '=', receiptId(handle))
    .where('expires_at', '>', clock.now())
    .executeTakeFirst()
  return row ? { writtenAt: row.written_at, statuses: await deliveries.statusesOfAttempt(row.attempt) } : null
}

export const createReceipts = (deps: Deps) => ({
  open: (tx: Tx, receipt: NewReceipt) => open(deps, tx, receipt),
  find: (handle: string) => find(deps, handle),
  end: (tx: Tx, person: PersonId) => tx.deleteFrom('receipts').where('person', '=', person).execute(),
})

export type Receipts = ReturnType<typeof createReceipts>

export const receiptRetention: RetentionOf<'receipts'> = {
  receipts: forgetExpired('receipts'),
}

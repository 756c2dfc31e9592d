import { firstDayRetention } from './account/first-day/first-day.ts'
import { expiryNoticeRetention } from './account/password/expiry-notices.ts'
import { refusedFormRetention } from './account/sessions/refused-forms.ts'
import { externalSignInRetention } from './account/sign-in/external/external-sign-ins.ts'
import { auditRetention } from './audit/retention.ts'
import { demonstrationRetention } from './demonstration/mailbox.ts'
import { embeddedRetention } from './directory/embedded/embedded.ts'
import { importedRetention } from './directory/imported/rows.ts'
import { hostKeyRetention } from './host-keys/host-keys.ts'
import { charterRetention } from './identity/charter-acceptances.ts'
import { contactRetention } from './identity/contacts.ts'
import { freezeRetention } from './identity/freezes.ts'
import { knownBrowserRetention } from './identity/known-browsers.ts'
import { tokenRetention } from './identity/not-me-tokens.ts'
import { pendingSignInRetention } from './identity/pending-sign-ins.ts'
import { sessionRetention } from './identity/sessions.ts'
import { journeyRetention } from './journeys/journey-store.ts'
import type { Limits } from './limits/limits.ts'
import { counterRetention, eraseCounters } from './limits/rate-limiter.ts'
import { mailRetention } from './notify/mail-rows.ts'
import { failureRetention } from './password/failure-rows.ts'
import { historyRetention } from './password/history.ts'
import { proofRetention } from './proofs/proof-registry.ts'
import { eraseNamed, eraseSubject, type NamedTable, type RetentionOf } from './retention-rule.ts'
import { keptKeyRetention } from './root-keys/kept-keys.ts'
import { keyHolderRetention } from './root-keys/key-holders.ts'
import { deliveryRetention } from './services/deliveries/claims.ts'
import { receiptRetention } from './services/receipt/receipt.ts'
import { attemptRetention } from './services/source/attempts.ts'
import { personRetention } from './services/source/person-lock.ts'
import { installationRetention } from './store/installation.ts'
import type { Schema } from './store/schema.ts'
import type { Store, Tx } from './store/store.ts'

/** The retention of every table, as its owner declares it: a table without an entry does not compile. */
export const retention: RetentionOf<keyof Schema> = {
  ...journeyRetention,
  ...counterRetention,
  ...failureRetention,
  ...proofRetention,
  ...pendingSignInRetention,
  ...externalSignInRetention,
  ...tokenRetention,
  ...sessionRetention,
  ...refusedFormRetention,
  ...knownBrowserRetention,
  ...freezeRetention,
  ...contactRetention,
  ...mailRetention,
  ...receiptRetention,
  ...deliveryRetention,
  ...attemptRetention,
  ...personRetention,
  ...historyRetention,
  ...firstDayRetention,
  ...expiryNoticeRetention,
  ...auditRetention,
  ...demonstrationRetention,
  ...embeddedRetention,
  ...importedRetention,
  ...charterRetention,
  ...installationRetention,
  ...hostKeyRetention,
  ...keptKeyRetention,
  ...keyHolderRetention,
}

/** Less than PostgreSQL's `deadlock_timeout` of a second: a request that locks the same rows in another order goes on. */
const lockWait = 100

/**
 * Applies the rules in the order of the table above: recovery codes are deleted before their sheets. Each has its own transaction:
 * one over all tables would lock rows in another order than requests do, which is a deadlock on PostgreSQL, and would make writers
 * wait on SQLite. The rows of one table are deleted in any order, so it does not wait long for one that a request holds.
 */
export const forgetByAge = async (store: Pick<Store, 'transaction'>, now: number, limits: Limits) => {
  const faults: unknown[] = []
  for (const rule of Object.values(retention)) {
    const forget = typeof rule === 'function' ? rule : rule.forget
    // One table that cannot be reached now, as that of the counters during a flood, keeps no other from being cleaned.
    if (forget)
      await store
        .transaction(tx => forget(tx, now, limits), { lockWait })
        .catch(fault => void faults.push(fault))
  }
  if (faults.length > 0) throw faults[0]
}

/** Deletes all that is kept of a person, but for the chained log: its personal details have their own retention. */
export const erasePerson = async (tx: Tx, person: string) => {
  for (const rule of Object.values(retention)) if (typeof rule !== 'function') await rule.erase?.(tx, person)
}

/** Their rows end by themselves within days. Somebody who has left has none any more. */
const endingTables = [
  'journeys',
  'attempts',
  'sessions',
  'pending_sign_ins',
  'receipts',
  'not_me_tokens',
  'activation_codes',
  'helpdesk_codes',
  'notices',
] as const satisfies readonly NamedTable[]

/** The same for somebody who may be there still: also what would end by itself. The person's row is locked. */
export const eraseAtOnce = async (tx: Tx, person: string) => {
  // A journey names its person once they have proved who they are; before, it is theirs by its subject.
  await eraseSubject(tx, 'journeys', person)
  for (const table of endingTables) await eraseNamed(tx, table, person)
  await eraseCounters(tx, person)
  await erasePerson(tx, person)
}

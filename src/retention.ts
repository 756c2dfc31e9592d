import type { ExpressionBuilder } from 'kysely'
import { days } from './clock.ts'
import type { Limits } from './limits/limits.ts'
import type { Schema } from './store/schema.ts'
import type { Tx } from './store/store.ts'

/** The retention of a table: rows are deleted by age, or kept for the stated period. */
type DeleteByAge = (tx: Tx, now: number, limits: Limits) => Promise<unknown>
type Retention = DeleteByAge | { readonly kept: string }

const withAccount = { kept: 'as long as the account' }
const directory = { kept: 'the directory of a demonstration' }
const chain = {
  kept: 'the chain must verify; nothing in it is personal but the id of the entry. What came before a proof is cut after purgeDetails (audit/cut.ts)',
}
const seals = {
  kept: 'one row for each chain, so that deleting a whole chain is detected; nothing in it is personal but the id',
}

/** Deletes enrolments that were never confirmed by a first use. */
const forgetPending =
  (table: 'authenticators' | 'passkeys'): DeleteByAge =>
  (tx, now, limits) =>
    tx
      .deleteFrom(table)
      .where('confirmed_at', 'is', null)
      .where('made_at', '<', now - limits.factorPending)
      .execute()

const forgetExpired =
  (
    table:
      | 'counters'
      | 'sent_codes'
      | 'activation_codes'
      | 'pending_sign_ins'
      | 'external_sign_ins'
      | 'passkey_challenges'
      | 'not_me_tokens'
      | 'known_browsers'
      | 'receipts',
  ): DeleteByAge =>
  (tx, now) =>
    tx.deleteFrom(table).where('expires_at', '<', now).execute()

const unconfirmedSheets = (tx: Tx, now: number, limits: Limits) =>
  tx
    .selectFrom('recovery_sheets')
    .select('id')
    .where('confirmed_at', 'is', null)
    .where('made_at', '<', now - limits.factorPending)

/** Rows of known and unknown people have the same lifetime: a shorter one would reveal who is known. */
const forgetSuspensions: DeleteByAge = (tx, now, limits) =>
  tx
    .deleteFrom('joker_suspensions')
    .where(eb =>
      eb.or([
        eb.and([eb('level', '=', 0), eb('at', '<', now - limits.purgeCounters)]),
        eb('at', '<', now - limits.purgeSuspensions),
      ]),
    )
    .execute()

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

/** The newest delivery of each service is kept for « Mes services ». It holds no secret any more. */
const forgetDeliveries: DeleteByAge = (tx, now, limits) =>
  tx
    .deleteFrom('deliveries')
    .where('settled_at', '<', now - limits.purgeJourneys)
    .where(({ exists, selectFrom, or, eb }) =>
      or([
        eb('settled_at', '<', now - limits.purgeDetails),
        exists(
          selectFrom('deliveries as newer')
            .select('newer.id')
            .whereRef('newer.person', '=', 'deliveries.person')
            .whereRef('newer.service', '=', 'deliveries.service')
            .whereRef('newer.generation', '>', 'deliveries.generation'),
        ),
      ]),
    )
    .execute()

/** The retention of every table: a table without an entry does not compile. */
export const retention: { readonly [table in keyof Schema]: Retention } = {
  journeys: (tx, now, limits) =>
    tx
      .deleteFrom('journeys')
      .where('ends_at', '<', now - limits.purgeJourneys)
      .execute(),
  counters: forgetExpired('counters'),
  password_failures: forgetPasswordFailures,
  joker_tries: (tx, now, limits) =>
    tx
      .deleteFrom('joker_tries')
      .where('at', '<', now - limits.purgeCounters)
      .execute(),
  joker_suspensions: forgetSuspensions,
  sent_codes: forgetExpired('sent_codes'),
  activation_codes: forgetExpired('activation_codes'),
  pending_sign_ins: forgetExpired('pending_sign_ins'),
  external_sign_ins: forgetExpired('external_sign_ins'),
  passkey_challenges: forgetExpired('passkey_challenges'),
  authenticators: forgetPending('authenticators'),
  passkeys: forgetPending('passkeys'),
  recovery_codes: (tx, now, limits) =>
    tx
      .deleteFrom('recovery_codes')
      .where('sheet', 'in', unconfirmedSheets(tx, now, limits))
      .execute(),
  recovery_sheets: (tx, now, limits) =>
    tx
      .deleteFrom('recovery_sheets')
      .where('id', 'in', unconfirmedSheets(tx, now, limits))
      .execute(),
  not_me_tokens: forgetExpired('not_me_tokens'),
  sessions: (tx, now, limits) =>
    tx
      .deleteFrom('sessions')
      .where(eb => eb.or([eb('ends_at', '<', now), eb('seen_at', '<', now - limits.sessionIdle)]))
      .execute(),
  known_browsers: forgetExpired('known_browsers'),
  notices: { kept: 'until it is sent: a notice becomes a mail, which is deleted' },
  mails: (tx, now, limits) =>
    tx
      .deleteFrom('mails')
      .where('state', '!=', 'ready')
      .where('sent_at', '<', now - limits.purgeMails)
      .execute(),
  receipts: forgetExpired('receipts'),
  deliveries: forgetDeliveries,
  attempts: (tx, now, limits) =>
    tx
      .deleteFrom('attempts')
      .where('state', '!=', 'open')
      .where('settled_at', '<', now - limits.purgeJourneys)
      .execute(),
  freezes: (tx, now) => tx.deleteFrom('freezes').where('until', '<', now).execute(),
  audit_details: (tx, now, limits) =>
    tx
      .deleteFrom('audit_details')
      .where('at', '<', now - limits.purgeDetails)
      .execute(),
  audit_events: chain,
  audit_heads: chain,
  audit_cuts: chain,
  audit_sealed_heads: seals,
  audit_seals: seals,
  demo_mails: (tx, now) =>
    tx
      .deleteFrom('demo_mails')
      .where('received_at', '<', now - days(7))
      .execute(),
  people: withAccount,
  jokers: withAccount,
  password_history: withAccount,
  contacts: withAccount,
  charter_acceptances: withAccount,
  activations: withAccount,
  first_days: withAccount,
  embedded_people: directory,
  embedded_numbers: directory,
  pretend_passwords: directory,
}

/** Applies the rules in the order of the table above: recovery codes are deleted before their sheets. */
export const forgetByAge = async (tx: Tx, now: number, limits: Limits) => {
  for (const rule of Object.values(retention)) if (typeof rule === 'function') await rule(tx, now, limits)
}

import { minutes } from '../clock.ts'
import type { Limits } from '../limits/limits.ts'
import { proofCategories } from '../proofs/proof-registry.ts'
import type { Schema } from '../store/schema.ts'
import type { TextKey } from '../texts/texts.ts'

/** A retention period as a text; its durations are the limits in force. */
export type RetentionPeriod = { readonly key: TextKey; readonly duration?: Readonly<Record<string, number>> }

/** The data category of each table of the store. A new table without one does not compile. */
export const categoryOfTable = {
  ...proofCategories,
  journeys: 'journey',
  attempts: 'password',
  deliveries: 'deliveries',
  receipts: 'deliveries',
  password_history: 'history',
  people: 'dates',
  expiry_notices: 'dates',
  password_failures: 'passwords',
  contacts: 'contacts',
  notices: 'mails',
  mails: 'mails',
  not_me_tokens: 'not-me',
  freezes: 'freezes',
  sessions: 'sessions',
  refused_forms: 'sessions',
  pending_sign_ins: 'sign-ins',
  external_sign_ins: 'sign-ins',
  known_browsers: 'browsers',
  charter_acceptances: 'charter',
  first_days: 'first-day',
  audit_heads: 'log',
  audit_events: 'log',
  audit_details: 'log',
  audit_cuts: 'log',
  audit_sealed_heads: 'log',
  audit_seals: 'log',
  audit_key_changes: 'log',
  audit_sent_heads: 'log',
  audit_stream: 'log',
  counters: 'limits',
  imported_people: 'identification',
  imported_numbers: 'identification',
  embedded_people: 'directory',
  embedded_numbers: 'directory',
  pretend_passwords: 'directory',
  demo_mails: 'directory',
} as const satisfies Record<
  Exclude<keyof Schema, 'installation' | 'hosts' | 'wrapped_keys' | 'kept_keys' | 'key_holders'>,
  string
>

export type DataCategory = (typeof categoryOfTable)[keyof typeof categoryOfTable]

const duration = (key: TextKey, long: number): RetentionPeriod => ({ key, duration: { long } })
const account = ({ departedKept }: Limits) => duration('privacy.account', departedKept)
const atMost = (long: number) => duration('privacy.at-most', long)

/** The retention period of each category, in the order of the page, as `retention.ts` applies it. */
export const retentionPeriods = (limits: Limits): Readonly<Record<DataCategory, RetentionPeriod>> => ({
  journey: duration('privacy.journey.long', limits.purgeJourneys),
  password: duration('privacy.password.long', limits.sealedPassword),
  deliveries: atMost(limits.purgeDetails),
  history: account(limits),
  dates: account(limits),
  joker: { key: 'privacy.until-changed' },
  tries: duration('privacy.tries.long', limits.purgeCounters),
  passwords: duration('privacy.passwords.long', limits.failedNamesWindow),
  factors: duration('privacy.factors.long', limits.factorPending),
  contacts: { key: 'privacy.until-removed' },
  codes: atMost(Math.max(limits.codeLife, limits.helpdeskCode)),
  mails: duration('privacy.mails.long', limits.purgeMails),
  'not-me': atMost(limits.notMeToken),
  freezes: duration('privacy.freezes.long', limits.recoveryClosed),
  sessions: {
    key: 'privacy.sessions.long',
    duration: { idle: limits.sessionIdle, whole: limits.sessionMaxAge },
  },
  'sign-ins': atMost(Math.max(limits.pendingSignIn, limits.externalSignIn, limits.passkeyChallenge)),
  browsers: atMost(limits.knownBrowser),
  'activation-code': atMost(Math.max(limits.activationByMail, limits.activationByLetter)),
  charter: account(limits),
  'first-day': account(limits),
  log: duration('privacy.log.long', limits.purgeDetails),
  identification: account(limits),
  limits: atMost(limits.purgeCounters),
  directory: { key: 'privacy.directory.long' },
})

/** Every cookie by its name after `__Host-`. */
export type CookieName = 'journey' | 'receipt' | 'session' | 'pending' | 'external' | 'known' | 'done'

/** The lifetime of each cookie in milliseconds. */
export const cookieLifetimes = (limits: Limits): Readonly<Record<CookieName, number>> => ({
  journey: limits.journeyMaxAge + limits.journeyIdle,
  receipt: limits.receipt,
  session: limits.sessionMaxAge,
  pending: limits.pendingSignIn,
  external: limits.externalSignIn,
  known: limits.knownBrowser,
  done: minutes(1),
})

import type { AuditTables } from './audit-tables.ts'

/** The types of the tables for Kysely, with those of the audit log. `migrations/*.sql` defines the tables; a test compares the two. */
export type Schema = AuditTables & {
  journeys: {
    id: string
    kind: string
    state: string
    version: number
    /** The entry's id when the typed date of birth is right, otherwise a keyed digest (journeys/steps/subject.ts). */
    subject: string
    person: string | null
    facts: string
    proved: string
    refusals: number
    network: string
    language: string
    device: string
    opened_at: number
    expires_at: number
    ends_at: number
  }
  people: {
    person: string
    salt: string
    generation: number
    lock_holder: string | null
    lock_until: number
    proofs_revoked_at: number
    sign_ins_revoked_at: number
    checked_at: number
    missing_since: number | null
    password_chosen_at: number | null
    recovered_at: number | null
    kept_recovery_at: number | null
    means_lost_at: number | null
  }
  freezes: {
    person: string
    kind: string
    until: number | null
    by_actor: string
    reason: string
    at: number
    password_written: number
  }
  jokers: {
    person: string
    question: string
    free: number
    salt: string
    hash: string
    pepper: string
    set_at: number
  }
  joker_tries: { id: string; subject: string; browser: string; network: string; at: number }
  joker_suspensions: { subject: string; browser: string; level: number; until: number; at: number }
  password_history: { id: string; person: string; hash: string; pepper: string; chosen_at: number }
  attempts: {
    id: string
    kind: string
    state: string
    person: string
    journey: string | null
    generation: number
    sealed: string | null
    key_name: string
    history_hash: string | null
    facts: string
    lease_until: number
    tries: number
    started_at: number
    settled_at: number | null
    notified_at: number | null
  }
  charter_acceptances: { id: string; person: string; version: string; language: string; accepted_at: number }
  known_browsers: { id: string; person: string; expires_at: number }
  first_days: { person: string; put_off: number; session_at: number }
  sessions: {
    id: string
    person: string
    how: string
    external: string | null
    external_subject: string | null
    device: string
    network: string
    created_at: number
    seen_at: number
    fresh_until: number
    ends_at: number
    factor: string | null
    factor_at: number | null
    origin: string
    announced_expiry: string | null
  }
  refused_forms: { form: string; shown: string; refused_at: number }
  notices: {
    id: string
    kind: string
    person: string | null
    facts: string
    language: string
    lease_until: number
    tries: number
    created_at: number
  }
  mails: {
    id: string
    kind: string
    state: string
    destination: string | null
    destination_digest: string
    limit_key: string
    merge_key: string
    facts: string | null
    language: string
    lease_until: number
    tries: number
    created_at: number
    sent_at: number | null
  }
  not_me_tokens: {
    id: string
    person: string
    kind: string
    event: string
    destination_digest: string
    notice: string
    happened_at: number
    device: string
    expires_at: number
  }
  password_failures: {
    name: string
    requester: string
    known: number
    counted: number
    in_a_row: number
    pending: number
    pending_until: number
    forgotten_after: number
    made_at: number
    failed_at: number
    sent: number
    sent_at: number
  }
  counters: { name: string; key: string; bucket: number; count: number; expires_at: number }
  activation_codes: {
    person: string
    digest: string
    pepper: string
    made_at: number
    expires_at: number
    used_at: number | null
  }
  activations: { person: string; at: number; because: string }
  sent_codes: {
    request: string
    digest: string
    destination: string
    recipients: string
    tries_left: number
    asked_at: number
    expires_at: number
  }
  helpdesk_codes: { person: string; digest: string; made_at: number; expires_at: number }
  contacts: {
    id: string
    person: string
    kind: string
    destination: string
    destination_digest: string
    confirmed_at: number
  }
  recovery_sheets: {
    id: string
    person: string
    salt: string
    pepper: string
    made_at: number
    confirmed_at: number | null
    begun_by: string | null
  }
  recovery_codes: { sheet: string; hash: string }
  authenticators: {
    id: string
    person: string
    sealed: string
    last_step: number
    made_at: number
    confirmed_at: number | null
    begun_by: string | null
  }
  passkeys: {
    id: string
    person: string
    credential: string
    public_key: string
    counter: number
    transports: string
    name: string
    made_at: number
    confirmed_at: number | null
    used_at: number | null
    begun_by: string | null
  }
  pending_sign_ins: {
    id: string
    person: string | null
    proved_at: number
    tries: number
    expires_at: number
    how: string
    external: string | null
    external_subject: string | null
    authenticated_at: number | null
    confirms: string | null
    announced_expiry: string | null
  }
  external_sign_ins: {
    id: string
    page: string
    purpose: string
    fresh: number
    tries: number
    left_at: number
    expires_at: number
  }
  passkey_challenges: { holder: string; purpose: string; challenge: string; expires_at: number }
  embedded_people: { id: string; entry: string; login: string; password: string | null }
  embedded_numbers: { kind: string; number: string; person: string }
  imported_people: { person: string; born: string; born_year: string; pepper: string }
  imported_numbers: { id: string; person: string; kind: string; digest: string; pepper: string }
  demo_mails: {
    id: string
    recipient: string
    subject: string
    html: string
    body: string
    received_at: number
  }
  deliveries: {
    id: string
    person: string
    service: string
    attempt: string
    kind: string
    generation: number
    state: string
    reason: string | null
    sealed: string | null
    key_name: string
    host: string
    lease_holder: string | null
    lease_until: number
    due_at: number
    writes: number
    logins: number
    created_at: number
    written_at: number | null
    proved_at: number | null
    settled_at: number | null
    desk_notified: number
  }
  hosts: { id: string; public_key: string; key_day: string; proof: string; seen_at: number }
  wrapped_keys: {
    name: string
    origin: string
    host: string
    key_day: string
    wrapped: string
    created_at: number
  }
  expiry_notices: { person: string; expires_at: number; days: number }
  installation: {
    id: number
    root_key: string
    checks: number
    switched_at: number | null
    rotated_at: number | null
  }
  kept_keys: { name: string; purpose: string; key_id: string; sealed: string; ends_at: number | null }
  key_holders: { id: string; place: string; root_keys: string; seen_at: number }
  receipts: { id: string; person: string; attempt: string; written_at: number; expires_at: number }
  pretend_passwords: { service: string; login: string; hash: string }
}

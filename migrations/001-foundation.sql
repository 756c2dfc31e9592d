-- The same SQL serves SQLite and PostgreSQL: times are bigint milliseconds, flags 0 or 1, JSON is text, bytes are base64url.

create table journeys (
  id text primary key,                 -- SHA-256 of the handle, which only the browser has
  kind text not null,
  state text not null,
  version bigint not null,
  subject text not null,               -- the entry's stable id, or a keyed digest of the number that was typed
  person text,                         -- null: no such person; the journey shows the same pages
  facts text not null,                 -- JSON; its shape depends on the journey's kind
  refusals bigint not null,            -- number of passwords that a rule refused
  network text not null,               -- keyed digest
  language text not null,
  opened_at bigint not null,
  expires_at bigint not null,          -- 15 minutes after the last accepted step
  ends_at bigint not null              -- 60 minutes after the first
);
create index journeys_person on journeys (person);
create index journeys_network on journeys (network, ends_at);
create index journeys_ends on journeys (ends_at);

create table people (
  person text primary key,
  salt text not null,                  -- for the password history, one per person
  generation bigint not null,          -- number of the last write to the source
  lock_holder text,
  lock_until bigint not null
);

create table freezes (
  person text primary key,
  kind text not null,                  -- 'frozen' | 'recovery-closed'
  until bigint,                        -- null: until the desk unfreezes
  by_actor text not null,
  reason text not null,
  at bigint not null
);

create table jokers (
  person text primary key,
  question text not null,              -- key of a listed question, or the person's own question when free = 1
  free bigint not null,
  salt text not null,
  hash text not null,
  pepper text not null,                -- id of the pepper's key
  set_at bigint not null
);

create table joker_tries (
  id text primary key,
  subject text not null,
  browser text not null,               -- '' for unknown browsers, else the id of a known browser
  network text not null,
  known bigint not null,               -- 0: no such person; such tries are limited per network, those for a person are not
  at bigint not null
);
create index joker_tries_subject on joker_tries (subject, browser, at);
create index joker_tries_network on joker_tries (network, known, at);
create index joker_tries_at on joker_tries (at);

create table joker_suspensions (
  subject text not null,
  browser text not null,
  level bigint not null,
  until bigint not null,
  known bigint not null,
  at bigint not null,                  -- time of the last answer
  primary key (subject, browser)
);

create table password_history (
  id text primary key,
  person text not null,
  hash text not null,
  pepper text not null,
  chosen_at bigint not null
);
create index password_history_person on password_history (person, chosen_at);

create table attempts (
  id text primary key,
  kind text not null,                  -- 'reset' | 'freeze'
  state text not null,                 -- 'open' | 'accepted' | 'refused'
  person text not null,
  journey text,
  generation bigint not null,
  sealed text,                         -- the password, encrypted with an epoch key; null once the attempt is settled
  epoch text not null,
  facts text not null,                 -- JSON: what to record once the directory has accepted the password
  lease_until bigint not null,
  tries bigint not null,
  started_at bigint not null,
  settled_at bigint
);
create index attempts_state on attempts (state, lease_until);
create index attempts_person on attempts (person);

create table charter_acceptances (
  id text primary key,
  person text not null,
  version text not null,
  language text not null,
  accepted_at bigint not null
);
create index charter_acceptances_person on charter_acceptances (person);

create table known_browsers (
  id text primary key,                 -- SHA-256 of the cookie
  person text not null,
  expires_at bigint not null
);
create index known_browsers_person on known_browsers (person);

create table notices (
  id text primary key,
  kind text not null,
  person text,                         -- null: no such person; the row is written all the same
  facts text not null,
  language text not null,
  lease_until bigint not null,
  tries bigint not null,
  created_at bigint not null
);
create index notices_lease on notices (lease_until);

create table mails (
  id text primary key,
  kind text not null,
  state text not null,                 -- 'ready' | 'sent' | 'abandoned'
  destination text,                    -- sealed; erased once sent
  destination_digest text not null,
  facts text,                          -- sealed; erased once sent
  language text not null,
  lease_until bigint not null,         -- also the earliest time of the next try
  tries bigint not null,
  created_at bigint not null,
  sent_at bigint
);
create index mails_due on mails (lease_until);
create index mails_destination on mails (destination_digest, sent_at);

create table not_me_tokens (
  id text primary key,                 -- SHA-256 of the token in the mail
  person text not null,
  kind text not null,                  -- 'freeze' | 'close'
  event text not null,
  destination_digest text not null,
  expires_at bigint not null
);
create index not_me_tokens_person on not_me_tokens (person);

create table counters (
  door text not null,
  key text not null,                   -- keyed digest: never an address or a number in clear
  bucket bigint not null,
  count bigint not null,
  expires_at bigint not null,
  primary key (door, key, bucket)
);
create index counters_expires on counters (expires_at);

create table audit_heads (
  chain text primary key,              -- an account's subject, or 'system'
  sequence bigint not null,
  link text not null
);

create table audit_events (
  chain text not null,
  sequence bigint not null,
  at bigint not null,
  kind text not null,
  actor text not null,
  digest text not null,                -- digest of the details, which are in another table and may be erased
  link text not null,                  -- HMAC over the columns above and the previous link
  primary key (chain, sequence)
);
create index audit_events_at on audit_events (at);

create table audit_details (
  chain text not null,
  sequence bigint not null,
  body text not null,
  primary key (chain, sequence)
);

create table embedded_people (         -- the embedded directory: fictitious people of a demonstration
  id text primary key,
  entry text not null,
  login text not null unique,
  password text
);

create table embedded_numbers (
  kind text not null,
  number text not null,
  person text not null,
  primary key (kind, number, person)
);

create table demo_mails (              -- the demonstration's mailbox page
  id text primary key,
  recipient text not null,
  subject text not null,
  html text not null,
  body text not null,
  received_at bigint not null
);

-- Second factors and the printed codes that stand in for one. `confirmed_at` is null until a first use: what was never
-- used is asked of nobody, so that a failed enrolment shuts nobody out.

create table recovery_sheets (
  id text primary key,
  person text not null,
  salt text not null,
  pepper text not null,                -- id of the pepper's key
  made_at bigint not null,
  confirmed_at bigint
);
create index recovery_sheets_person on recovery_sheets (person);

create table recovery_codes (          -- a row is a code that was not used yet
  sheet text not null,
  hash text not null,                  -- Argon2id with a pepper, under the sheet's salt
  primary key (sheet, hash)
);

create table authenticators (
  id text primary key,
  person text not null,
  sealed text not null,                -- the shared secret, AES-256-GCM bound to this row
  last_step bigint not null,           -- of the last code accepted: that code and those before it are spent
  made_at bigint not null,
  confirmed_at bigint
);
create index authenticators_person on authenticators (person);

create table passkeys (
  id text primary key,
  person text not null,
  credential text not null unique,     -- the authenticator's name for it
  public_key text not null,            -- COSE
  counter bigint not null,
  transports text not null,            -- JSON
  name text not null,                  -- the person's own word for it
  made_at bigint not null,
  confirmed_at bigint,
  used_at bigint
);
create index passkeys_person on passkeys (person);

create table half_sign_ins (            -- a sign-in that waits for a passkey or a second factor
  id text primary key,                 -- SHA-256 of the handle that only the browser holds
  person text,                         -- whose password was right; null: a passkey will say who
  proved_at bigint not null,
  refusals bigint not null,
  expires_at bigint not null
);
create index half_sign_ins_expires on half_sign_ins (expires_at);

create table passkey_challenges (
  holder text primary key,             -- the session, journey or browser that must answer; one challenge at a time
  purpose text not null,               -- 'enrol' | 'prove'
  challenge text not null,
  expires_at bigint not null
);
create index passkey_challenges_expires on passkey_challenges (expires_at);

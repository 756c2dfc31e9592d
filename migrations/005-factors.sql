-- Second factors, and the printed recovery codes that replace one. `confirmed_at` is null until the first use: a factor that
-- was never used is not required at sign-in, so that a failed enrolment locks no one out.

create table recovery_sheets (
  id text primary key,
  person text not null,
  salt text not null,
  pepper text not null,                -- id of the pepper's key
  made_at bigint not null,
  confirmed_at bigint
);
create index recovery_sheets_person on recovery_sheets (person);

create table recovery_codes (          -- one row per unused code
  sheet text not null,
  hash text not null,                  -- Argon2id with a pepper and the salt of the sheet
  primary key (sheet, hash)
);

create table authenticators (
  id text primary key,
  person text not null,
  sealed text not null,                -- the shared secret, AES-256-GCM bound to this row
  last_step bigint not null,           -- time step of the last accepted code: codes up to this step are no longer valid (RFC 6238 §5.2)
  made_at bigint not null,
  confirmed_at bigint
);
create index authenticators_person on authenticators (person);

create table passkeys (
  id text primary key,
  person text not null,
  credential text not null unique,     -- credential id, chosen by the authenticator (WebAuthn)
  public_key text not null,            -- in COSE format
  counter bigint not null,
  transports text not null,            -- JSON
  name text not null,                  -- name that the person gave it
  made_at bigint not null,
  confirmed_at bigint,
  used_at bigint
);
create index passkeys_person on passkeys (person);

create table half_sign_ins (            -- a sign-in that waits for a passkey or a second factor
  id text primary key,                 -- SHA-256 of the handle, which only the browser has
  person text,                         -- the person whose password was right; null: the passkey identifies the person
  proved_at bigint not null,
  refusals bigint not null,
  expires_at bigint not null
);
create index half_sign_ins_expires on half_sign_ins (expires_at);

create table passkey_challenges (
  holder text primary key,             -- the session, journey or browser that must answer; each has one challenge at a time
  purpose text not null,               -- 'enrol' | 'prove'
  challenge text not null,
  expires_at bigint not null
);
create index passkey_challenges_expires on passkey_challenges (expires_at);

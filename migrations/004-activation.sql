-- Codes: those that activate an account, and those sent to an address or a telephone to prove that a person reads there.

create table activation_codes (
  person text primary key,             -- one code each: a new one makes the old one worthless
  digest text not null,                -- HMAC with a pepper: 78 bits are not searched through
  pepper text not null,                -- id of the pepper's key
  made_at bigint not null,
  expires_at bigint not null,
  used_at bigint                       -- the password was accepted; kept so that its holder is told so
);
create index activation_codes_expires on activation_codes (expires_at);

create table activations (
  person text primary key,
  at bigint not null
);

create table sent_codes (
  request text primary key,            -- digest of what it was asked for: it proves that and nothing else
  digest text not null,
  destination text not null,           -- sealed
  tries_left bigint not null,
  expires_at bigint not null
);
create index sent_codes_expires on sent_codes (expires_at);

create table contacts (                -- recovery addresses and mobiles, each confirmed by a code
  id text primary key,
  person text not null,
  kind text not null,                  -- 'mail' | 'mobile'
  destination text not null,           -- sealed
  destination_digest text not null,
  confirmed_at bigint not null
);
create unique index contacts_destination on contacts (person, destination_digest);

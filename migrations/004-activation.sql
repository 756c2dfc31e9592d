-- Activation codes, codes sent to a mail address or a mobile to prove that the person reads it, and the confirmed contacts.

create table activation_codes (
  person text primary key,             -- one code per person: a new one invalidates the old one
  digest text not null,                -- HMAC with a pepper: 78 bits are too many for an exhaustive search
  pepper text not null,                -- id of the pepper's key
  made_at bigint not null,
  expires_at bigint not null,
  used_at bigint                       -- when the password was accepted; the row is kept so that a second use gets this answer
);
create index activation_codes_expires on activation_codes (expires_at);

create table activations (
  person text primary key,
  at bigint not null
);

create table sent_codes (
  request text primary key,            -- digest of the action that the code was requested for: it is valid for that one only
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

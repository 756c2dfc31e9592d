-- A password on its way from the source of truth to the services that read it elsewhere, and the person's receipt.

create table deliveries (
  id text primary key,
  person text not null,
  service text not null,               -- id of the configuration
  attempt text not null,               -- the write to the source that it follows
  kind text not null,                  -- of that attempt
  generation bigint not null,          -- in the order of the source's writes
  state text not null,                 -- 'waiting' | 'written' | 'proved' | 'failed' | 'dropped' | 'superseded'
  reason text,                         -- why it failed or was dropped
  sealed text,                         -- the password, under an epoch key; null once settled
  epoch text not null,
  host text not null,                  -- whose epoch key it is
  lease_holder text,                   -- the process whose write is in flight
  lease_until bigint not null,
  due_at bigint not null,
  writes bigint not null,              -- tried
  logins bigint not null,              -- refused
  created_at bigint not null,
  written_at bigint,
  proved_at bigint,
  settled_at bigint,
  told bigint not null                 -- 1 once the desk has been told of a failure
);
create unique index deliveries_attempt on deliveries (attempt, service);
create index deliveries_due on deliveries (service, state, due_at);
create index deliveries_person on deliveries (person, service, generation);

create table receipts (
  id text primary key,                 -- SHA-256 of the handle
  person text not null,
  attempt text not null,
  written_at bigint not null,
  expires_at bigint not null
);
create index receipts_person on receipts (person);

create table pretend_passwords (       -- the pretend services of a demonstration
  service text not null,
  login text not null,
  hash text not null,
  primary key (service, login)
);

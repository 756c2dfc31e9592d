-- Deliveries of a password from the source of truth to the services that store their own copy, and the person's receipt.

create table deliveries (
  id text primary key,
  person text not null,
  service text not null,               -- id of the service in the configuration
  attempt text not null,               -- the write to the source that it follows
  kind text not null,                  -- kind of that attempt
  generation bigint not null,          -- number of the write to the source, increasing per person
  state text not null,                 -- 'waiting' | 'written' | 'proved' | 'failed' | 'dropped' | 'superseded'
  reason text,                         -- why the delivery failed or was dropped
  sealed text,                         -- the password, encrypted with an epoch key; null once the delivery is settled
  epoch text not null,
  host text not null,                  -- the host that has the epoch key
  lease_holder text,                   -- the process that is writing it
  lease_until bigint not null,
  due_at bigint not null,
  writes bigint not null,              -- number of write tries
  logins bigint not null,              -- number of refused logins
  created_at bigint not null,
  written_at bigint,
  proved_at bigint,
  settled_at bigint,
  told bigint not null                 -- 1 once the service desk was notified of a failure; renamed desk_notified by 025-names
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

create table pretend_passwords (       -- passwords of the simulated services of a demonstration
  service text not null,
  login text not null,
  hash text not null,
  primary key (service, login)
);

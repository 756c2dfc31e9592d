-- Wrong passwords for one login: those that the directory may still count, and those in a row since the last success.

create table password_failures (
  name text not null,                  -- keyed digest of the entry, or of a login that does not exist
  asker text not null,                 -- 'stranger' | 'own': a known browser or a session of that person
  network text not null,               -- keyed digest of the network that caused the row
  known bigint not null,               -- 0: the login does not exist
  counted bigint not null,             -- failures that the directory may count, including binds in progress
  in_a_row bigint not null,            -- failures since the last success, including binds in progress
  pending bigint not null,             -- binds in progress
  pending_until bigint not null,       -- by then they have ended, even if the process was killed
  forgotten_after bigint not null,     -- failure interval of the directory; 0: only a success resets its count
  made_at bigint not null,
  failed_at bigint not null,           -- time of the last failure
  primary key (name, asker)
);
create index password_failures_network on password_failures (network, asker, made_at);
create index password_failures_made on password_failures (made_at);
create index password_failures_failed on password_failures (failed_at);

-- Wrong passwords of one name, as far as the directory may still count them, and in a row since the last success.

create table password_failures (
  name text not null,                  -- keyed digest of the entry, or of a login that nobody bears
  asker text not null,                 -- 'stranger' | 'own': a browser or a session of that person
  network text not null,               -- keyed digest; the one that made the row
  known bigint not null,               -- 0: nobody bears that login
  counted bigint not null,             -- failures that the directory may count, binds under way included
  in_a_row bigint not null,            -- failures since the last success, binds under way included
  pending bigint not null,             -- binds under way
  pending_until bigint not null,       -- by then they have ended, even where the process was killed
  forgotten_after bigint not null,     -- the directory's interval; 0: it forgets only at a success
  made_at bigint not null,
  failed_at bigint not null,           -- of the last failure
  primary key (name, asker)
);
create index password_failures_network on password_failures (network, asker, made_at);
create index password_failures_made on password_failures (made_at);
create index password_failures_failed on password_failures (failed_at);

-- Signed-in sessions. A row cannot be used to sign in: its id is the digest of a handle that only the browser has.

create table sessions (
  id text primary key,                 -- SHA-256 of the handle in the cookie
  person text not null,
  how text not null,                   -- 'embedded' | 'cas' | 'oidc'
  external text,                       -- digest of the CAS session index or the OIDC sid, by which that server ends the session
  device text not null,                -- for example 'Firefox, Android': from our own list, never the User-Agent as it was sent
  network text not null,               -- keyed digest
  created_at bigint not null,
  seen_at bigint not null,             -- written at most once a minute
  fresh_until bigint not null,         -- until then, sensitive changes need no new sign-in
  ends_at bigint not null              -- absolute expiry, whatever the activity
);
create index sessions_person on sessions (person);
create index sessions_external on sessions (external);
create index sessions_ends on sessions (ends_at);

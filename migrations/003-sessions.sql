-- Who is signed in. A row opens nothing by itself: its id is the digest of a handle that only the browser holds.

create table sessions (
  id text primary key,                 -- SHA-256 of the handle in the cookie
  person text not null,
  how text not null,                   -- 'embedded' | 'cas' | 'oidc'
  external text,                       -- digest of the CAS session index or OIDC sid, by which its server ends it
  device text not null,                -- 'Firefox, Android': words of our own list, never what was sent
  network text not null,               -- keyed digest
  created_at bigint not null,
  seen_at bigint not null,             -- written at most once a minute
  fresh_until bigint not null,         -- sensitive changes ask for a sign-in this recent
  ends_at bigint not null              -- whatever is done
);
create index sessions_person on sessions (person);
create index sessions_external on sessions (external);
create index sessions_ends on sessions (ends_at);

-- Sign-in at the institution's own server (CAS, OpenID Connect).

create table external_sign_ins (        -- browsers that were redirected to that server
  id text primary key,                 -- SHA-256 of the handle, which only the browser has; state, nonce and PKCE derive from it
  page text not null,                  -- name of the page to show after the sign-in
  purpose text not null,               -- 'sign-in' | 'confirm'
  fresh bigint not null,               -- 1: the server must authenticate the person again, even if signed in there
  tries bigint not null,               -- number of callbacks received
  left_at bigint not null,
  expires_at bigint not null
);
create index external_sign_ins_expires on external_sign_ins (expires_at);

-- A logout token of OpenID Connect that names only a `sub` ends all sessions of that person.
alter table sessions add column external_subject text;
create index sessions_external_subject on sessions (external_subject);

-- A sign-in that waits for a second factor may come from that server: these columns are copied to its session, for logout.
alter table half_sign_ins add column how text not null default 'embedded';
alter table half_sign_ins add column external text;
alter table half_sign_ins add column external_subject text;
alter table half_sign_ins add column authenticated_at bigint;
create index half_sign_ins_external on half_sign_ins (external);
create index half_sign_ins_external_subject on half_sign_ins (external_subject);

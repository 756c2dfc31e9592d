-- Sign-in at the institution's own server (CAS, OpenID Connect).

create table external_sign_ins (        -- a browser that is away at that server
  id text primary key,                 -- SHA-256 of the handle that only the browser holds; state, nonce and PKCE are made from it
  page text not null,                  -- the name of the page where it leads
  purpose text not null,               -- 'sign-in' | 'confirm'
  fresh bigint not null,               -- 1: even whoever is signed in there must show again who they are
  tries bigint not null,               -- how often somebody came back with an answer
  left_at bigint not null,
  expires_at bigint not null
);
create index external_sign_ins_expires on external_sign_ins (expires_at);

-- By the `sub` of OpenID Connect a provider ends all that is one person's.
alter table sessions add column external_subject text;
create index sessions_external_subject on sessions (external_subject);

-- A sign-in that waits for a second factor may come from that server: what the session will be ended by.
alter table half_sign_ins add column how text not null default 'embedded';
alter table half_sign_ins add column external text;
alter table half_sign_ins add column external_subject text;
alter table half_sign_ins add column authenticated_at bigint;
create index half_sign_ins_external on half_sign_ins (external);
create index half_sign_ins_external_subject on half_sign_ins (external_subject);

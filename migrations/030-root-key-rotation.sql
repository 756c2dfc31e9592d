-- A new root key replaces the old one. `switched_at`: when this store began to write under its root key (`root_key`);
-- `rotated_at`: when nothing was left under the one before. Both null: the key was never replaced.
-- `kept_keys`: keys derived from former root keys, sealed under the present one; `ends_at`: when one is of no more use (null: it has no
-- end). `key_holders`: which root keys each running process of the portal has. `audit_key_changes`: up to which event the links of a
-- chain may be under a former key; `seal`: an HMAC under the present one.

alter table installation add column switched_at bigint;

alter table installation add column rotated_at bigint;

create table kept_keys (
  name text primary key,
  purpose text not null,
  key_id text not null,
  sealed text not null,
  ends_at bigint
);

create table key_holders (
  id text primary key,
  place text not null,
  root_keys text not null,
  seen_at bigint not null
);

create table audit_key_changes (
  chain text primary key,
  sequence bigint not null,
  seal text not null
);

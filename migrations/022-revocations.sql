-- What a person proved before these instants counts no more: `proofs_revoked_at` for a password that a journey or a change is
-- about to write, `sign_ins_revoked_at` for a sign-in that is about to open a session. The attempts that told the second one
-- until now are purged after a day; a sign-in at the institution's server may be older.

alter table people add column proofs_revoked_at bigint not null default 0;
alter table people add column sign_ins_revoked_at bigint not null default 0;

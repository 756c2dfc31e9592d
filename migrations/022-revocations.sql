-- What a person proved before these instants counts no more: `proofs_revoked_at` for a password that a journey or a change is
-- about to write, `sign_ins_revoked_at` for a sign-in that is about to open a session. The attempts that told the second one
-- until now are purged after a day; a sign-in at the institution's server may be older.

alter table people add column proofs_revoked_at bigint not null default 0;
alter table people add column sign_ins_revoked_at bigint not null default 0;

update people set
  proofs_revoked_at = coalesce((select max(chosen_at) from password_history where password_history.person = people.person), 0),
  sign_ins_revoked_at = coalesce((select max(chosen_at) from password_history where password_history.person = people.person), 0);

-- Is the password that nobody knows in the directory? Until it is, a freeze is not lifted. Of older ones it is taken for granted.
alter table freezes add column password_written bigint not null default 1;

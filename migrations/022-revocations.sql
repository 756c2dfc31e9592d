-- Proofs from before these times are revoked: `proofs_revoked_at` for a password that a journey or a password change is about
-- to write, `sign_ins_revoked_at` for a sign-in that is about to create a session. Until now the second one was derived from
-- attempts, which are purged after a day; a sign-in at the institution's server may be older than that.

alter table people add column proofs_revoked_at bigint not null default 0;
alter table people add column sign_ins_revoked_at bigint not null default 0;

update people set
  proofs_revoked_at = coalesce((select max(chosen_at) from password_history where password_history.person = people.person), 0),
  sign_ins_revoked_at = coalesce((select max(chosen_at) from password_history where password_history.person = people.person), 0);

-- Whether the random password of a freeze was written to the directory. A freeze is not lifted before; older ones count as written.
alter table freezes add column password_written bigint not null default 1;

-- When the person last chose a password here. It was read from the hashes of their old passwords, which the portal does not keep
-- where the directory refuses old passwords (docs/decisions/025-history-by-the-directory.md).
alter table people add column password_chosen_at bigint;
update people set
  password_chosen_at = (select max(chosen_at) from password_history where password_history.person = people.person);

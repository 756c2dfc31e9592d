-- Which second factor was used in a session, and when: a person who has one needs it for every sensitive change.
alter table sessions add column factor text;          -- 'passkey' | 'authenticator' | 'recovery-code' | 'server'
alter table sessions add column factor_at bigint;

-- « Confirmez que c'est vous » needs the second factor too: `confirms` is the session that it renews, null for a new sign-in.
alter table half_sign_ins add column confirms text;

-- Why an account counts as activated. A person who signed in has a working account, even after that session is deleted.
alter table activations add column because text not null default 'activation';
insert into activations (person, at, because)
  select person, min(created_at), 'session' from sessions
  where person not in (select person from activations)
  group by person;
insert into activations (person, at, because)
  select person, min(chosen_at), 'password' from password_history
  where person not in (select person from activations)
  group by person;

-- Printed activation codes of people whose account is activated are no longer valid.
update activation_codes set used_at = (select at from activations where activations.person = activation_codes.person)
where used_at is null and exists (select 1 from activations where activations.person = activation_codes.person);

-- Which second factor was shown in a session, and when: whoever has one changes nothing that is sensitive without it.
alter table sessions add column factor text;          -- 'passkey' | 'authenticator' | 'recovery-code' | 'server'
alter table sessions add column factor_at bigint;

-- « Confirmez que c'est vous » waits for the second factor too: the session that it makes fresh, null for a new one.
alter table half_sign_ins add column confirms text;

-- Why somebody counts as active. Whoever signed in has an account that works, whatever becomes of the session later.
alter table activations add column because text not null default 'activation';
insert into activations (person, at, because)
  select person, min(created_at), 'session' from sessions
  where person not in (select person from activations)
  group by person;
insert into activations (person, at, because)
  select person, min(chosen_at), 'password' from password_history
  where person not in (select person from activations)
  group by person;

-- Letters of people who are active open nothing any more.
update activation_codes set used_at = (select at from activations where activations.person = activation_codes.person)
where used_at is null and exists (select 1 from activations where activations.person = activation_codes.person);

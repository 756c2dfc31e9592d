-- What a journey has proved, by the kind of each proof and when it was given. Only a right answer adds to it, and the write of a
-- password is allowed by it alone (docs/decisions/027-proofs-by-policy.md).
alter table journeys add column proved text not null default '{}';
update journeys set proved = '{"joker":' || opened_at || '}'
  where kind in ('password', 'identifier') and state in ('second-factor', 'new-password', 'writing', 'done');
update journeys set proved = '{"activation-code":' || opened_at || '}'
  where kind = 'activation' and state in ('new-password', 'writing');
update journeys set state = 'prove' where kind in ('password', 'identifier') and state = 'joker';

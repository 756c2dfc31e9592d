-- What happens before a proof goes to 64 rolling chains, cut with retention: the event names its subject itself.
alter table audit_events add column subject text;   -- null: the chain's name is the subject
create index audit_events_subject on audit_events (subject, at) where subject is not null;

create table audit_cuts (
  chain text primary key,              -- a rolling chain
  sequence bigint not null,            -- of the last event that was deleted by its age
  link text not null,                  -- of that event: the next one is linked to it
  newest bigint not null,              -- instant of the youngest event that was ever deleted here
  cut_at bigint not null,
  seal text not null                   -- HMAC over all of the above
);

create table audit_sealed_heads (      -- where each chain stood when it was last sealed
  chain text primary key,
  sequence bigint not null,
  link text not null
);
insert into audit_sealed_heads (chain, sequence, link)
  select chain, sequence, link from audit_heads where chain <> 'system' and sequence > 0;

create table audit_seals (
  id text primary key,                 -- 'last'
  sequence bigint not null,            -- of the event system.sealed
  at bigint not null,
  body text not null,                  -- of that event's details, outside their retention: nothing in it is personal
  sum text not null                    -- sealed: the sum of the keyed digests of all sealed heads
);

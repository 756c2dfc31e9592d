-- Events from before a proof are in 64 rolling chains, which are truncated at the end of retention; each event has its subject.
alter table audit_events add column subject text;   -- null: the name of the chain is the subject
create index audit_events_subject on audit_events (subject, at) where subject is not null;

create table audit_cuts (
  chain text primary key,              -- a rolling chain
  sequence bigint not null,            -- sequence of the last event that was deleted by age
  link text not null,                  -- link of that event, to which the next one is linked
  newest bigint not null,              -- time of the most recent event that was ever deleted from this chain
  cut_at bigint not null,
  seal text not null                   -- HMAC over the columns above
);

create table audit_sealed_heads (      -- head of each chain when it was last sealed
  chain text primary key,
  sequence bigint not null,
  link text not null
);
insert into audit_sealed_heads (chain, sequence, link)
  select chain, sequence, link from audit_heads where chain <> 'system' and sequence > 0;

create table audit_seals (
  id text primary key,                 -- 'last'
  sequence bigint not null,            -- sequence of the event system.sealed
  at bigint not null,
  body text not null,                  -- copy of that event's details, which have no personal data and are thus kept beyond their retention
  sum text not null                    -- encrypted sum of the keyed digests of all sealed heads
);

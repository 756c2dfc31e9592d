-- Personal details are forgotten by their age, looked for every ten minutes: each row carries it, so that what is young is not read.

alter table audit_details add column at bigint not null default 0;
update audit_details set at = (
  select audit_events.at from audit_events
  where audit_events.chain = audit_details.chain and audit_events.sequence = audit_details.sequence
) where exists (
  select 1 from audit_events
  where audit_events.chain = audit_details.chain and audit_events.sequence = audit_details.sequence
);
create index audit_details_at on audit_details (at);

-- The same for browsers that are remembered for a year.
create index known_browsers_expires on known_browsers (expires_at);

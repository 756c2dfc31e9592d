-- A job deletes personal details by age every ten minutes. Each row has its own time, so that the job reads old rows only.

alter table audit_details add column at bigint not null default 0;
update audit_details set at = (
  select audit_events.at from audit_events
  where audit_events.chain = audit_details.chain and audit_events.sequence = audit_details.sequence
) where exists (
  select 1 from audit_events
  where audit_events.chain = audit_details.chain and audit_events.sequence = audit_details.sequence
);
create index audit_details_at on audit_details (at);

-- The same for known browsers, which are kept for a year.
create index known_browsers_expires on known_browsers (expires_at);

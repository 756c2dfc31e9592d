-- When the helpdesk was told that a freeze waits for the directory; null: not yet. It was inferred from the number of tries, which
-- counts the rounds of an outage too.
alter table attempts add column notified_at bigint;

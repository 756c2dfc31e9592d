-- The recovery after which nothing is added although what the person had then was removed since; null: none was removed.
alter table people add column kept_recovery_at bigint;

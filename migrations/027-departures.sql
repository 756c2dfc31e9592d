-- When the directory was last asked whether a person's entry is still there, and since when it is not.

alter table people add column checked_at bigint not null default 0;

alter table people add column missing_since bigint;

create index people_checked_at on people (checked_at);

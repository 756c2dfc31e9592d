-- How far the audit log has been sent to a collector (syslog): the last event of each chain that it has taken.
create table audit_sent_heads (
  chain text primary key,
  sequence bigint not null
);
-- One row. Which process sends now, and the number of the last message.
create table audit_stream (
  id text primary key,                 -- 'syslog'
  number bigint not null,
  holder text not null,
  lease_until bigint not null
);

-- One row: the fingerprint of the root key under which this store is sealed and chained. A start with another key is refused.
-- `checks` counts the writes by which the heartbeat finds out whether the store can be written.

create table installation (
  id bigint primary key,
  root_key text not null,
  checks bigint not null
);

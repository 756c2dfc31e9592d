-- A code that the helpdesk handed to a person whom it identified. A person has one at most; it is deleted by its use.
create table helpdesk_codes (
  person text primary key,
  digest text not null,
  expires_at bigint not null
);
create index helpdesk_codes_expires on helpdesk_codes (expires_at);

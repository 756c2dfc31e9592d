-- Which notices of a password that expires were written: one for each expiry and each configured number of days before it.

create table expiry_notices (
  person text not null,
  expires_at bigint not null,
  days bigint not null,
  primary key (person, expires_at, days)
);

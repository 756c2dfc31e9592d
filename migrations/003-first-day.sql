-- Who lacks a joker or a recovery address is led to set them, and may put it off three times.

create table first_days (
  person text primary key,
  put_off bigint not null,
  session_at bigint not null           -- the sign-in in which it was put off last: it is not asked again in it
);

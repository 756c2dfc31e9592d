-- A person without a joker or a recovery address is asked to set them at sign-in, and may postpone this three times.

create table first_days (
  person text primary key,
  put_off bigint not null,
  session_at bigint not null           -- the sign-in in which the person last postponed it: the question is not repeated in that one
);

-- What the last refused form of a session shows when its page is opened after the redirect; sealed, and kept for ten minutes.

create table refused_forms (
  session text primary key,
  page text not null,
  shown text not null,
  refused_at bigint not null
);

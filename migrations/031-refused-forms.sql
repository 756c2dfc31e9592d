-- What the last refused form of a page shows when the page is opened after the redirect, in one session; sealed, and kept for
-- ten minutes.

create table refused_forms (
  session text not null,
  page text not null,
  shown text not null,
  refused_at bigint not null,
  primary key (session, page)
);

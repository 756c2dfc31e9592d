-- What the last refused form of a page shows when the page is opened after the redirect, in one session; sealed, and kept for
-- ten minutes.

create table refused_forms (
  form text primary key,
  shown text not null,
  refused_at bigint not null
);

-- A second factor that waits for its first use belongs to the session that began it: somebody else who is signed in to the
-- same account neither sees it nor replaces it. `origin` names a session for as long as it lives: its `id` changes with
-- each fresh proof. What waits at this upgrade belongs to no session, and is begun again.

alter table sessions add column origin text not null default '';
update sessions set origin = id;

alter table authenticators add column begun_by text;
alter table passkeys add column begun_by text;
alter table recovery_sheets add column begun_by text;

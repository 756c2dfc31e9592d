-- A second factor that was not used yet belongs to the session in which its enrolment began: another session of the same
-- account can neither see nor replace it. `origin` identifies a session for its whole life, while its `id` changes with each
-- new proof. Enrolments that are unfinished at this upgrade belong to no session and must be started again.

alter table sessions add column origin text not null default '';
update sessions set origin = id;

alter table authenticators add column begun_by text;
alter table passkeys add column begun_by text;
alter table recovery_sheets add column begun_by text;

-- What unknown browsers are shown about a login depends on their own tries only; what the directory may still count includes all binds
-- that were sent to it. Both were one count, from which an attacker could see when the owner mistyped.

alter table password_failures add column sent bigint not null default 0;     -- binds that the directory may still count
alter table password_failures add column sent_at bigint not null default 0;  -- time of the last of them that failed
update password_failures set sent = counted, sent_at = failed_at;

-- What strangers are told of a name goes by their own tries alone; what the directory may still count goes by those of
-- everybody that were sent to it. They were one count: whoever tried saw in it when the owner mistyped.

alter table password_failures add column sent bigint not null default 0;     -- binds that the directory may still count
alter table password_failures add column sent_at bigint not null default 0;  -- of the last of them that failed
update password_failures set sent = counted, sent_at = failed_at;

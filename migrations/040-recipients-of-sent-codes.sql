-- To which contacts the code of a journey went, by their ids, and when it was asked for: a code whose contact was removed, or that was
-- asked for before the proofs of the person were revoked, is void. Codes that were sent before have neither, and are void too.
alter table sent_codes add column recipients text not null default '';
alter table sent_codes add column asked_at bigint not null default 0;

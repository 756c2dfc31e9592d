-- When a code of the helpdesk was made: a written password, a freeze and its end void what was handed over before. Codes from before
-- this column are void; the helpdesk hands over another.
alter table helpdesk_codes add column made_at bigint not null default 0;

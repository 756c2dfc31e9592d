-- The browser and system of a journey, for the mails and the journal that tell of it; and what « Ce n'est pas moi » is about, for
-- its page. Both words of a fixed list (src/web/device.ts), and both erased with their rows.
alter table journeys add column device text not null default '';
alter table not_me_tokens add column notice text not null default '';
alter table not_me_tokens add column happened_at bigint not null default 0;
alter table not_me_tokens add column device text not null default '';

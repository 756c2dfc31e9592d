-- Rate limits count mailboxes (`+tag` and similar variants of an address are one); mails are merged for one person at one
-- exact address. `destination_digest` remains that of the exact address, which « Ce n'est pas moi » compares with the contacts.
-- Mails from before this migration are still counted by their exact address, and are not merged.

alter table mails add column limit_key text not null default '';
alter table mails add column merge_key text not null default '';
update mails set limit_key = destination_digest, merge_key = id;
drop index mails_destination;
create index mails_limit on mails (limit_key, sent_at);
create index mails_merge on mails (merge_key, state);

-- Limits count the mailbox in which a mail ends (`+tag` and the like folded); mails are told together for one person at one
-- exact address. `destination_digest` stays the exact address, which « Ce n'est pas moi » compares with the contacts.
-- What waits or was sent before this keeps being counted by its exact address, and is told together with nothing.

alter table mails add column limit_key text not null default '';
alter table mails add column merge_key text not null default '';
update mails set limit_key = destination_digest, merge_key = id;
drop index mails_destination;
create index mails_limit on mails (limit_key, sent_at);
create index mails_merge on mails (merge_key, state);

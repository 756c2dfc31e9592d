-- Renames columns, tables and states to standard terms.

alter table counters rename column door to name;

update journeys set state = 'stopped' where state = 'over';

alter table half_sign_ins rename to pending_sign_ins;

alter table deliveries rename column told to desk_notified;

alter table password_failures rename column asker to requester;

alter table attempts rename column epoch to key_day;

alter table deliveries rename column epoch to key_day;

alter table pending_sign_ins rename column refusals to tries;

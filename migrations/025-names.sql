-- Renames columns, tables and states to standard terms.

alter table counters rename column door to name;

update journeys set state = 'stopped' where state = 'over';

alter table half_sign_ins rename to pending_sign_ins;

alter table deliveries rename column told to desk_notified;

alter table password_failures rename column asker to requester;

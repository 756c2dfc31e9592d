-- The logins for which one network failed are counted per network in `counters`. A row had only the first network: a login
-- that had failed from one network was not counted for another, which revealed the earlier failure.

drop index password_failures_network;
alter table password_failures drop column network;

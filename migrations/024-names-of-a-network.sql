-- Names that one network failed for are counted beside the others of that network (`counters`): a row knew the first network
-- alone, so a name cost another nothing once somebody had failed for it elsewhere, and that could be seen.

drop index password_failures_network;
alter table password_failures drop column network;

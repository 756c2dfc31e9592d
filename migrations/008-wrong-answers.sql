-- Wrong answers for an existing and for an unknown person are stored alike and kept equally long, so no column distinguishes
-- them. The number that one network gave is a separate rate limit (table counters).

drop index joker_tries_network;
alter table joker_tries drop column known;
alter table joker_suspensions drop column known;

-- Names of the field in the place of our own.

alter table counters rename column door to name;

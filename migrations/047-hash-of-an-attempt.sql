-- The hash of the chosen password, for the history, while the write is open: erased by the statement that settles it.
alter table attempts add column history_hash text;

-- When a contact, a passkey, a sheet or a joker of the person was last removed or replaced on the account; null: never.
alter table people add column means_lost_at bigint;

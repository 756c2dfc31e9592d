-- When the person last recovered the account by proofs that can be phished, or that somebody assisted: for a while after it their addresses
-- and factors stay as they are. Null: never, or they recovered it by a passkey since.
alter table people add column recovered_at bigint;

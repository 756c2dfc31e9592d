-- Hosts that share this store. Each publishes a public key, renewed daily; its private half stays in its own folder. `proof`:
-- an HMAC under the root key. `wrapped_keys`: a key of `origin` that seals waiting passwords, wrapped for `host`.

create table hosts (
  id text primary key,
  public_key text not null,
  key_day text not null,
  proof text not null,
  seen_at bigint not null
);

create table wrapped_keys (
  name text not null,
  origin text not null,
  host text not null,
  key_day text not null,
  wrapped text not null,
  created_at bigint not null,
  primary key (name, host, key_day)
);

alter table attempts rename column key_day to key_name;

alter table deliveries rename column key_day to key_name;

-- What identifies people, where the directory holds no birth date: digests with a key, from the file of `sesame import people`.
create table imported_people (
  person text primary key,
  born text not null,
  born_year text not null,
  pepper text not null
);
create table imported_numbers (
  id text primary key,
  person text not null,
  kind text not null,
  digest text not null,
  pepper text not null
);
create unique index imported_numbers_person on imported_numbers (person, kind);
create index imported_numbers_digest on imported_numbers (digest);

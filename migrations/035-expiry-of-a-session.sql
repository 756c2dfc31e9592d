-- What the directory said of the expiry of the password at the sign-in, as JSON { at, graceLeft }. Where the portal may not read when
-- passwords expire, the account has no other way to tell it.
alter table sessions add column announced_expiry text;
alter table pending_sign_ins add column announced_expiry text;

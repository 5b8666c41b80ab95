-- The lead times that a laboratory begins with; afterwards they are its own to set.

insert into expiry_lead (days)
select days from (values (30), (7)) as first (days)
where not exists (select from expiry_lead);

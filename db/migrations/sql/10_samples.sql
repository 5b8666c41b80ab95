-- Counts of samples as signed steps (backend/decisions/0003). One statement, however many rows it
-- changes, appends one step per changed group.

create or replace function sample_tally_added() returns trigger language plpgsql as $$
begin
    insert into sample_tally (project_id, status, created_on, step)
    select project_id, status, (created_at at time zone 'UTC')::date, count(*)
      from added group by 1, 2, 3;
    return null;
end
$$;

create or replace function sample_tally_removed() returns trigger language plpgsql as $$
begin
    insert into sample_tally (project_id, status, created_on, step)
    select project_id, status, (created_at at time zone 'UTC')::date, -count(*)
      from removed group by 1, 2, 3;
    return null;
end
$$;

create or replace function sample_tally_changed() returns trigger language plpgsql as $$
begin
    insert into sample_tally (project_id, status, created_on, step)
    select project_id, status, day, sum(step)
      from (
        select project_id, status, (created_at at time zone 'UTC')::date as day, 1 as step
          from after_change
        union all
        select project_id, status, (created_at at time zone 'UTC')::date, -1 from before_change
      ) steps
     group by 1, 2, 3 having sum(step) <> 0;
    return null;
end
$$;

create or replace trigger sample_tally_insert after insert on sample
    referencing new table as added for each statement execute function sample_tally_added();
create or replace trigger sample_tally_delete after delete on sample
    referencing old table as removed for each statement execute function sample_tally_removed();
create or replace trigger sample_tally_update after update on sample
    referencing old table as before_change new table as after_change
    for each statement execute function sample_tally_changed();

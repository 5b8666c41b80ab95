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

-- Completions and the ages at them, by project and day (model SampleCompletion).

create or replace function sample_completion_added() returns trigger language plpgsql as $$
begin
    insert into sample_completion (project_id, completed_on, completed, ages_s)
    select project_id, (at at time zone 'UTC')::date, count(*),
           string_agg(int4send(round(age_s)::int), ''::bytea)
      from added where to_status = 'completed' group by 1, 2;
    return null;
end
$$;

-- The program only ever adds steps. When somebody changes or deletes some by hand, their days are
-- counted anew; the lock waits for, and keeps out, whoever adds to them meanwhile.
create or replace function sample_completion_recounted() returns trigger language plpgsql as $$
begin
    if not exists (select 1 from touched where to_status = 'completed') then
        return null;
    end if;
    lock table sample_completion in share row exclusive mode;
    delete from sample_completion c using touched t
     where t.to_status = 'completed'
       and (c.project_id, c.completed_on) = (t.project_id, (t.at at time zone 'UTC')::date);
    insert into sample_completion (project_id, completed_on, completed, ages_s)
    select s.project_id, d.day, count(*),
           string_agg(int4send(round(s.age_s)::int), ''::bytea)
      from (select distinct project_id, (at at time zone 'UTC')::date as day
              from touched where to_status = 'completed') d
      join sample_transition s
        on s.project_id = d.project_id and s.to_status = 'completed'
       and s.at >= d.day::timestamp at time zone 'UTC'
       and s.at < (d.day + 1)::timestamp at time zone 'UTC'
     group by 1, 2;
    return null;
end
$$;

create or replace trigger sample_completion_insert after insert on sample_transition
    referencing new table as added for each statement execute function sample_completion_added();
create or replace trigger sample_completion_delete after delete on sample_transition
    referencing old table as touched
    for each statement execute function sample_completion_recounted();
create or replace trigger sample_completion_update_1 after update on sample_transition
    referencing old table as touched
    for each statement execute function sample_completion_recounted();
create or replace trigger sample_completion_update_2 after update on sample_transition
    referencing new table as touched
    for each statement execute function sample_completion_recounted();

-- Every step has its sample. A foreign key would ask for each row and lock each sample once more,
-- which of a long list takes as long as writing the steps (backend/decisions/0021); these ask once
-- for a statement. Whoever deletes a sample, which the program never does, waits for those who are
-- adding steps and keeps others out.

create or replace function sample_transition_has_sample() returns trigger language plpgsql as $$
begin
    if (select count(*) from sample where id = any(array(select sample_id from added)))
       < (select count(distinct sample_id) from added)
    then
        raise exception 'A step needs a sample that is there.'
            using errcode = 'foreign_key_violation', constraint = 'sample_transition_has_sample';
    end if;
    return null;
end
$$;

create or replace function sample_keeps_transitions() returns trigger language plpgsql as $$
begin
    lock table sample_transition in share row exclusive mode;
    if exists (select from sample_transition
                where sample_id = any(array(select id from removed)))
    then
        raise exception 'A sample with steps stays.'
            using errcode = 'foreign_key_violation', constraint = 'sample_transition_has_sample';
    end if;
    return null;
end
$$;

create or replace trigger sample_transition_has_sample_insert after insert on sample_transition
    referencing new table as added
    for each statement execute function sample_transition_has_sample();
create or replace trigger sample_transition_has_sample_update after update on sample_transition
    referencing new table as added
    for each statement execute function sample_transition_has_sample();
create or replace trigger sample_keeps_transitions_delete after delete on sample
    referencing old table as removed
    for each statement execute function sample_keeps_transitions();

-- What lists sort and filter by, before and after each change (backend/decisions/0005). Prepared
-- lists and the steps they have not seen together are the list of this moment.
--
-- A list that would have to count in thousands of steps is written anew instead: of a thousand and
-- more samples that come in by one statement only their number is noted (model SampleInflux).

create or replace function sample_change_added() returns trigger language plpgsql as $$
begin
    if exists (select from added offset 999) then
        insert into sample_influx (project_id, samples)
        select project_id, count(*) from added group by 1;
        return null;
    end if;
    insert into sample_change (step,
        id, project_id, status, material_type, temperature_class, priority, qc_verdict, custody,
        barcode, name, external_id, subject_code, volume_ul, concentration_ng_per_ul,
        rin, collected_on, received_at, expires_on, import_id, created_at)
    select 1,
        id, project_id, status, material_type, temperature_class, priority, qc_verdict, custody,
        barcode, name, external_id, subject_code, volume_ul, concentration_ng_per_ul,
        rin, collected_on, received_at, expires_on, import_id, created_at
      from added;
    return null;
end
$$;

create or replace function sample_change_removed() returns trigger language plpgsql as $$
begin
    insert into sample_change (step,
        id, project_id, status, material_type, temperature_class, priority, qc_verdict, custody,
        barcode, name, external_id, subject_code, volume_ul, concentration_ng_per_ul,
        rin, collected_on, received_at, expires_on, import_id, created_at)
    select -1,
        id, project_id, status, material_type, temperature_class, priority, qc_verdict, custody,
        barcode, name, external_id, subject_code, volume_ul, concentration_ng_per_ul,
        rin, collected_on, received_at, expires_on, import_id, created_at
      from removed;
    return null;
end
$$;

create or replace function sample_change_changed() returns trigger language plpgsql as $$
begin
    insert into sample_change (step,
        id, project_id, status, material_type, temperature_class, priority, qc_verdict, custody,
        barcode, name, external_id, subject_code, volume_ul, concentration_ng_per_ul,
        rin, collected_on, received_at, expires_on, import_id, created_at)
    with moved as (
        select b.id
          from before_change b join after_change a using (id)
         where (b.project_id, b.status, b.material_type, b.temperature_class, b.priority,
                b.qc_verdict, b.custody, b.barcode, b.name, b.external_id, b.subject_code,
                b.volume_ul, b.concentration_ng_per_ul, b.rin, b.collected_on, b.received_at,
                b.expires_on, b.import_id, b.created_at)
               is distinct from
               (a.project_id, a.status, a.material_type, a.temperature_class, a.priority,
                a.qc_verdict, a.custody, a.barcode, a.name, a.external_id, a.subject_code,
                a.volume_ul, a.concentration_ng_per_ul, a.rin, a.collected_on, a.received_at,
                a.expires_on, a.import_id, a.created_at)
    )
    select -1,
        id, project_id, status, material_type, temperature_class, priority, qc_verdict, custody,
        barcode, name, external_id, subject_code, volume_ul, concentration_ng_per_ul,
        rin, collected_on, received_at, expires_on, import_id, created_at
      from before_change join moved using (id)
    union all
    select 1,
        id, project_id, status, material_type, temperature_class, priority, qc_verdict, custody,
        barcode, name, external_id, subject_code, volume_ul, concentration_ng_per_ul,
        rin, collected_on, received_at, expires_on, import_id, created_at
      from after_change join moved using (id);
    return null;
end
$$;

create or replace trigger sample_change_insert after insert on sample
    referencing new table as added for each statement execute function sample_change_added();
create or replace trigger sample_change_delete after delete on sample
    referencing old table as removed for each statement execute function sample_change_removed();
create or replace trigger sample_change_update after update on sample
    referencing old table as before_change new table as after_change
    for each statement execute function sample_change_changed();

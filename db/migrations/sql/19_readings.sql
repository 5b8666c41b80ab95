-- Readings of sensors (backend/telemetry). They lie in a partition a month, in UTC, so that old ones
-- go as a whole; what belongs to no month that is there lies in reading_default until
-- reading_month makes one. Months are made ahead by a job, not here: migrations have no calendar.

create table if not exists reading_default partition of reading default;

-- Whoever writes readings, however late: the hours they belong to are to be summed up again. Rows
-- are only added, one a statement and hour, so that a writer who has not committed yet and the
-- summing up of the same hour never wait for or miss one another.
create or replace function reading_stale() returns trigger language plpgsql as $$
begin
    insert into reading_stale_hour (sensor_id, hour)
    select distinct sensor_id, date_bin('1 hour', at, timestamptz '2000-01-01 00:00:00+00')
      from added;
    return null;
end
$$;

create or replace trigger reading_added after insert on reading
    referencing new table as added for each statement execute function reading_stale();
create or replace trigger reading_changed after update on reading
    referencing new table as added for each statement execute function reading_stale();

-- Makes the partition of the month that begins on the day; false when it is there. Readings of the
-- month that wait in the default partition move into it.
create or replace function reading_month(month date) returns boolean language plpgsql as $$
declare
    name text := 'reading_' || to_char(month, 'YYYY_MM');
    starts timestamptz := month::timestamp at time zone 'UTC';
    ends timestamptz := (month + interval '1 month') at time zone 'UTC';
begin
    if to_regclass(name) is not null then
        return false;
    end if;
    -- Nobody adds to what is being moved, and of two who make the same month one finds it made.
    lock table reading_default in access exclusive mode;
    if to_regclass(name) is not null then
        return false;
    end if;
    execute format('create table %I (like reading including all)', name);
    execute format(
        'with moved as (delete from reading_default where at >= $1 and at < $2 returning *) '
        'insert into %I select * from moved', name) using starts, ends;
    execute format(
        'alter table reading attach partition %I for values from (%L) to (%L)', name, starts, ends);
    return true;
end
$$;

-- Sums up at most so many stale hours and returns how many it took. Those who sum up take turns;
-- each statement sees what was committed before it, so an hour is never summed up from less than
-- made it stale. Where fewer readings are left than were counted, retention has taken them, and
-- the sum stays.
create or replace function roll_up_readings(most integer) returns bigint language plpgsql as $$
declare
    taken_hours bigint;
begin
    perform pg_advisory_xact_lock(hashtext('roll_up_readings'));
    with taken as (
        delete from reading_stale_hour
         where id = any (array(select id from reading_stale_hour order by id limit most))
        returning sensor_id, hour
    ), hours as materialized (
        select distinct sensor_id, hour from taken
    ), readings as materialized (
        select r.sensor_id, h.hour, r.at, r.value
          from hours h
          join reading r on r.sensor_id = h.sensor_id
                        and r.at >= h.hour and r.at < h.hour + interval '1 hour'
    ), fine as (
        insert into reading_5min as kept (sensor_id, start, lowest, highest, mean, count)
        select sensor_id, date_bin('5 minutes', at, hour), min(value), max(value), avg(value),
               count(*)
          from readings group by 1, 2
        on conflict (sensor_id, start) do update
           set (lowest, highest, mean, count) =
               (excluded.lowest, excluded.highest, excluded.mean, excluded.count)
         where excluded.count >= kept.count
    ), coarse as (
        insert into reading_hour as kept (sensor_id, start, lowest, highest, mean, count)
        select sensor_id, hour, min(value), max(value), avg(value), count(*)
          from readings group by 1, 2
        on conflict (sensor_id, start) do update
           set (lowest, highest, mean, count) =
               (excluded.lowest, excluded.highest, excluded.mean, excluded.count)
         where excluded.count >= kept.count
    )
    select count(*) into taken_hours from taken;
    return taken_hours;
end
$$;

-- Drops the months that end by the day, and what lies in the default partition from before it.
-- Their sums of 5 minutes and hours stay. Returns how many months went.
create or replace function forget_readings(before date) returns integer language plpgsql as $$
declare
    gone integer := 0;
    old record;
begin
    for old in
        select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
         where i.inhparent = 'reading'::regclass and c.relname ~ '^reading_\d{4}_\d{2}$'
           and to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month' <= before
         order by c.relname
    loop
        execute format('drop table %I', old.relname);
        gone := gone + 1;
    end loop;
    delete from reading_default where at < before::timestamp at time zone 'UTC';
    return gone;
end
$$;

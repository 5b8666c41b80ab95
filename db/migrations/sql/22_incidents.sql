-- What a closed incident says was signed for. Nothing of it changes any more, and nothing of any
-- incident is removed but what it listed before it was closed.

create or replace function incident_keep() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.state in ('closed', 'merged') then
        raise exception 'Incident % stays as it was closed.', old.number
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;

create or replace trigger incident_keep before update or delete on incident
    for each row execute function incident_keep();

create or replace function incident_part_keep() returns trigger language plpgsql as $$
begin
    if exists (select from incident where id = old.incident_id and state = 'closed') then
        raise exception 'What stands in a closed incident stays: % is refused.', tg_op
            using errcode = 'insufficient_privilege';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end
$$;

create or replace trigger incident_unit_keep before update or delete on incident_unit
    for each row execute function incident_part_keep();
create or replace trigger incident_alarm_keep before update or delete on incident_alarm
    for each row execute function incident_part_keep();
create or replace trigger incident_exposure_keep before update or delete on incident_exposure
    for each row execute function incident_part_keep();
create or replace trigger incident_item_keep before update or delete on incident_item
    for each row execute function incident_part_keep();

-- What storage asks incidents, which stand above it and know units without a key: whether there was
-- any of these (backend/storage/removing.py).
create or replace function incidents_of_units(units uuid[]) returns bigint
language sql stable parallel safe as $$
    select count(*) from incident_unit where unit_id = any(units)
$$;

-- What telemetry asks incidents, before a sensor's move is dated back: until when a signed incident
-- rests on its readings (backend/telemetry/sensor_backdating.py). Null where none does.
create or replace function incident_signed_until(sensor uuid) returns timestamptz
language sql stable parallel safe as $$
    select max(coalesce(u.ended_at, i.ended_at, i.closed_at))
      from incident_unit u join incident i on i.id = u.incident_id
     where u.sensor_id = sensor and i.state = 'closed'
$$;

-- An instrument is not run while it is serviced. An exclusion constraint sees one table only, so that
-- each of the two looks at the other here. The instrument's row is locked first: of two people who
-- book a run and a service of it at once, the second waits and then sees what the first has booked.

create or replace function instrument_one_booking() returns trigger language plpgsql as $$
declare
    wanted tstzrange;
    is_taken boolean;
begin
    perform 1 from instrument where id = new.instrument_id for no key update;
    if tg_table_name = 'sequencing_run' then
        wanted := tstzrange(new.planned_start_at, new.planned_end_at);
        is_taken := exists (
            select 1 from instrument_service s
            where s.instrument_id = new.instrument_id
            and tstzrange(s.starts_at, s.ends_at) && wanted
        );
    else
        wanted := tstzrange(new.starts_at, new.ends_at);
        is_taken := exists (
            select 1 from sequencing_run r
            where r.instrument_id = new.instrument_id
            and r.state in ('planned', 'running')
            and tstzrange(r.planned_start_at, r.planned_end_at) && wanted
        );
    end if;
    if is_taken then
        raise exception 'ex_instrument_run_or_service: instrument % is booked in that time.',
            new.instrument_id using errcode = 'exclusion_violation';
    end if;
    return new;
end
$$;

create or replace trigger sequencing_run_not_in_service
    before insert or update of instrument_id, planned_start_at, planned_end_at, state
    on sequencing_run
    for each row when (new.state in ('planned', 'running'))
    execute function instrument_one_booking();

create or replace trigger instrument_service_not_in_run
    before insert or update of instrument_id, starts_at, ends_at on instrument_service
    for each row execute function instrument_one_booking();

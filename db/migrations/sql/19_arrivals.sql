-- What an arrival said before it was corrected (backend/samples/arriving.py) stays as it was.

create or replace function sample_arrival_correction_keep() returns trigger language plpgsql as $$
begin
    raise exception 'Corrections of an arrival are append-only: % is refused.', tg_op
        using errcode = 'insufficient_privilege';
end
$$;

create or replace trigger sample_arrival_correction_keep before update or delete or truncate
    on sample_arrival_correction
    for each statement execute function sample_arrival_correction_keep();

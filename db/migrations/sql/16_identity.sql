-- What a sample is does not change: its project decides who sees it, its type how it is kept, and
-- the record of a past instant rests on both (backend/samples/past). A code changes only when its
-- registration is taken back, which leaves it with a mark (backend/samples/bench.py).

create or replace function sample_identity_keep() returns trigger language plpgsql as $$
begin
    if new.id is distinct from old.id or new.barcode is distinct from old.barcode
       and not starts_with(new.barcode, left(old.barcode, 56) || '.VOID')
       or (new.project_id, new.material_type) is distinct from (old.project_id, old.material_type)
    then
        raise exception 'Sample % stays what it was registered as.', old.barcode
            using errcode = 'check_violation', constraint = 'sample_identity';
    end if;
    return new;
end
$$;

create or replace trigger sample_identity_keep before update of id, barcode, project_id, material_type
    on sample for each row
    when ((old.id, old.barcode, old.project_id, old.material_type)
          is distinct from (new.id, new.barcode, new.project_id, new.material_type))
    execute function sample_identity_keep();

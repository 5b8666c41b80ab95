-- A version of reference data is what runs, pools and sheets were made by: it never changes. An
-- entry keeps its kind and its key, for others call it by them.

create or replace function reference_version_keep() returns trigger language plpgsql as $$
begin
    raise exception 'Version % of an entry of the reference data stays as it was made.', old.number
        using errcode = 'insufficient_privilege';
end
$$;

create or replace trigger reference_version_keep_facts
    before update or delete on reference_version
    for each row execute function reference_version_keep();

create or replace function reference_entry_keep() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        raise exception 'Entry % of the reference data is retired, never removed.', old.key
            using errcode = 'insufficient_privilege';
    end if;
    if (new.id, new.kind, new.key) is distinct from (old.id, old.kind, old.key) then
        raise exception 'Entry % of the reference data keeps its key.', old.key
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;

create or replace trigger reference_entry_keep_facts
    before update or delete on reference_entry
    for each row execute function reference_entry_keep();

-- A published template is what senders filled in: it may be deprecated, and nothing else of it
-- changes. Only drafts are changed or given up.

create or replace function template_version_keep() returns trigger language plpgsql as $$
begin
    if old.state = 'draft' then
        return case tg_op when 'DELETE' then old else new end;
    end if;
    if tg_op = 'DELETE' then
        raise exception 'Version % of a template is published and is never removed.', old.number
            using errcode = 'insufficient_privilege';
    end if;
    if new.state = 'draft'
       or (new.id, new.template_id, new.number, new.definition, new.schema_hash, new.note,
           new.published_at, new.published_by_name)
          is distinct from
          (old.id, old.template_id, old.number, old.definition, old.schema_hash, old.note,
           old.published_at, old.published_by_name)
    then
        raise exception 'Version % of a template stays as it was published.', old.number
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;

create or replace trigger template_version_keep_facts before update or delete on template_version
    for each row execute function template_version_keep();

-- Every row of a list has its import, stays with it and goes with it. A foreign key would ask for the
-- one import, and lock it, once for each of a hundred thousand rows (backend/decisions/0021); these
-- ask, and lock it the same way, once for a statement.

create or replace function import_row_has_import() returns trigger language plpgsql as $$
begin
    perform from sample_import
      where id in (select import_id from added) order by id for key share;
    if exists (select from added a
                where not exists (select from sample_import i where i.id = a.import_id))
    then
        raise exception 'A row needs an import that is there.'
            using errcode = 'foreign_key_violation', constraint = 'import_row_has_import';
    end if;
    return null;
end
$$;

create or replace function import_key_keep() returns trigger language plpgsql as $$
begin
    raise exception 'A list of samples and its rows stay together.'
        using errcode = 'foreign_key_violation', constraint = 'import_row_has_import';
end
$$;

create or replace function import_rows_go() returns trigger language plpgsql as $$
begin
    delete from import_row using removed where import_row.import_id = removed.id;
    return null;
end
$$;

create or replace trigger import_row_has_import_insert after insert on import_row
    referencing new table as added
    for each statement execute function import_row_has_import();
create or replace trigger import_row_keeps_import before update of import_id on import_row
    for each row when (old.import_id is distinct from new.import_id)
    execute function import_key_keep();
create or replace trigger sample_import_keeps_key before update of id on sample_import
    for each row when (old.id is distinct from new.id) execute function import_key_keep();
create or replace trigger sample_import_takes_rows after delete on sample_import
    referencing old table as removed
    for each statement execute function import_rows_go();

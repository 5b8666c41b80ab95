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

-- The audit trail only grows. Even the owner of the table is refused; whoever switches the trigger
-- off first is found out by the chain of hashes (backend/events/sealing.py).

create or replace function audit_entry_keep() returns trigger language plpgsql as $$
begin
    if tg_op <> 'UPDATE' then
        raise exception 'The audit trail is append-only: % is refused.', tg_op
            using errcode = 'insufficient_privilege';
    end if;
    -- The leader's seal is the one change there is: once, and never to a fact.
    if old.pos is not null
       or (new.id, new.at, new.actor_id, new.actor_name, new.origin, new.request_id, new.action,
           new.entity, new.entity_id, new.old_values, new.new_values, new.reason)
          is distinct from
          (old.id, old.at, old.actor_id, old.actor_name, old.origin, old.request_id, old.action,
           old.entity, old.entity_id, old.old_values, old.new_values, old.reason)
    then
        raise exception 'The audit trail is append-only: entry % stays as it is.', old.id
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;

create or replace trigger audit_entry_keep_facts before update on audit_entry
    for each row execute function audit_entry_keep();
create or replace trigger audit_entry_keep_rows before delete or truncate on audit_entry
    for each statement execute function audit_entry_keep();

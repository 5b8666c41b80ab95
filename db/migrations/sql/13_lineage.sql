-- What came from what. A child registered anywhere (form, file, COPY) with a parent leaves its edge,
-- and the edges never run in a circle.

create or replace function sample_lineage_added() returns trigger language plpgsql as $$
begin
    -- Most lists have no parents; for them no plan may read the samples.
    if not exists (select 1 from added where parent_id is not null) then
        return null;
    end if;
    -- Waits for whoever withdraws a consent of the parents, or lets them wait for the children
    -- (samples/consents.py); in key order, as everybody holds samples.
    perform 1 from sample
      where id in (select parent_id from added where parent_id is not null)
      order by id for share;
    insert into sample_parent (child_id, parent_id, kind)
    select a.id, a.parent_id,
           case when a.material_type = p.material_type then 'aliquot' else 'derivative' end
      from added a join sample p on p.id = a.parent_id
     where a.parent_id is not null;
    return null;
end
$$;

create or replace function sample_parent_acyclic() returns trigger language plpgsql as $$
begin
    -- A tube made in this very transaction has no children that another could be adding. Any other
    -- one takes turns: two edges added at once could close a circle that neither sees.
    perform pg_advisory_xact_lock(7345121)
       from added a join sample c on c.id = a.child_id
      where c.created_at <> transaction_timestamp() limit 1;
    if exists (
        with recursive below as (
            select a.child_id as root, e.child_id
              from added a join sample_parent e on e.parent_id = a.child_id
            union
            select b.root, e.child_id from below b join sample_parent e on e.parent_id = b.child_id
        )
        select 1 from below where root = child_id
    ) then
        raise exception 'A sample cannot come from itself, not by way of others either.'
            using errcode = 'check_violation', constraint = 'sample_parent_acyclic';
    end if;
    return null;
end
$$;

create or replace trigger sample_lineage_insert after insert on sample
    referencing new table as added for each statement execute function sample_lineage_added();
create or replace trigger sample_parent_1_acyclic after insert on sample_parent
    referencing new table as added for each statement execute function sample_parent_acyclic();

-- What comes from a sample whose donor's consent is withdrawn is stamped from the first moment,
-- however it is registered. The parents are held by now (sample_lineage_added), so a withdrawal is
-- either committed and seen here, or waits for us and finds the child (samples/consents.py).
create or replace function sample_parent_inherits_consent() returns trigger language plpgsql as $$
begin
    with stamped as (
        insert into sample_hold (id, sample_id, kind, reason, release_rule, set_by_name)
        select distinct on (a.child_id) gen_random_uuid(), a.child_id, h.kind, h.reason,
               h.release_rule, 'Consent rule'
          from added a
          join sample_hold h on h.sample_id = a.parent_id
           and h.kind = 'consent_withdrawn' and h.released_at is null
         order by a.child_id, h.set_at
        on conflict (sample_id, kind) where released_at is null do nothing
        returning sample_id, reason
    )
    insert into audit_entry
        (actor_name, origin, request_id, action, entity, entity_id, new_values, reason)
    select 'Consent rule', 'worker', '', 'samples.hold_set', 'sample', sample_id,
           '{"kind": "consent_withdrawn"}'::jsonb, reason
      from stamped;
    return null;
end
$$;

create or replace trigger sample_parent_2_consent after insert on sample_parent
    referencing new table as added for each statement
    execute function sample_parent_inherits_consent();

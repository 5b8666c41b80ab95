-- What stands where. The unique indexes refuse two samples in one position and one sample in two;
-- these triggers refuse the rest, whoever writes: the program, a bulk load, a person with psql.
-- They look at whole statements, so that COPY of a million placements is checked in sets.

create or replace function placement_check() returns trigger language plpgsql as $$
declare
    wrong text;
begin
    select format('%s has no position row %s, column %s.', box.path, p."row", p."column")
      into wrong
      from added p join storage_node box on box.id = p.box_id
     where p.removed_at is null
       and (box.box_columns = 0 or p."row" > box.box_rows or p."column" > box.box_columns
            or (p."row" = 0) <> (box.box_rows = 0))
     limit 1;
    if wrong is not null then
        raise exception '%', wrong using errcode = 'check_violation', constraint = 'placement_in_box';
    end if;
    select format('Position row %s, column %s of %s is blocked: %s', p."row", p."column", box.path, b.reason)
      into wrong
      from added p
      join blocked_position b on (b.box_id, b."row", b."column") = (p.box_id, p."row", p."column")
      join storage_node box on box.id = p.box_id
     where p.removed_at is null
     limit 1;
    if wrong is not null then
        raise exception '%', wrong using errcode = 'check_violation', constraint = 'placement_not_blocked';
    end if;
    return null;
end
$$;

-- A stay is closed once and never rewritten: the table is its own history.
create or replace function placement_keep() returns trigger language plpgsql as $$
begin
    if exists (
        select 1 from before o join after n using (id)
         where (o.sample_id, o.box_id, o."row", o."column", o.placed_at)
               is distinct from (n.sample_id, n.box_id, n."row", n."column", n.placed_at)
            or (o.removed_at is not null and n.removed_at is distinct from o.removed_at)
    ) then
        raise exception 'A placement is closed, never overwritten.'
            using errcode = 'check_violation', constraint = 'placement_is_history';
    end if;
    return null;
end
$$;

-- box.used follows. The row lock it takes also makes fillers of one box queue up.
create or replace function placement_count_added() returns trigger language plpgsql as $$
begin
    update storage_node box set used = box.used + c.step
      from (select box_id, count(*) as step from added where removed_at is null group by box_id) c
     where box.id = c.box_id;
    return null;
end
$$;

create or replace function placement_count_changed() returns trigger language plpgsql as $$
begin
    update storage_node box set used = box.used + c.step
      from (select n.box_id, sum((n.removed_at is null)::int - (o.removed_at is null)::int) as step
              from before o join after n using (id) group by n.box_id) c
     where box.id = c.box_id and c.step <> 0;
    return null;
end
$$;

create or replace function placement_count_deleted() returns trigger language plpgsql as $$
begin
    update storage_node box set used = box.used - c.step
      from (select box_id, count(*) as step from before where removed_at is null group by box_id) c
     where box.id = c.box_id;
    return null;
end
$$;

create or replace trigger placement_1_check after insert on placement
    referencing new table as added for each statement execute function placement_check();
create or replace trigger placement_2_count after insert on placement
    referencing new table as added for each statement execute function placement_count_added();
create or replace trigger placement_1_keep after update on placement
    referencing old table as before new table as after for each statement execute function placement_keep();
create or replace trigger placement_2_recount after update on placement
    referencing old table as before new table as after for each statement execute function placement_count_changed();
create or replace trigger placement_uncount after delete on placement
    referencing old table as before for each statement execute function placement_count_deleted();

-- A blocked position takes its box's room away, and is refused where a tube stands.
create or replace function blocked_position_room() returns trigger language plpgsql as $$
declare
    box uuid := coalesce(new.box_id, old.box_id);
begin
    if tg_op <> 'DELETE' and exists (
        select 1 from placement p
         where (p.box_id, p."row", p."column") = (new.box_id, new."row", new."column") and p.removed_at is null
    ) then
        raise exception 'A sample stands in row %, column %: take it out first.', new."row", new."column"
            using errcode = 'check_violation', constraint = 'blocked_position_empty';
    end if;
    if tg_op <> 'DELETE' and exists (
        select 1 from storage_node n where n.id = new.box_id and n.box_rows = 0
    ) then
        raise exception 'A loose place has no position that could be blocked.'
            using errcode = 'check_violation', constraint = 'blocked_position_in_grid';
    end if;
    update storage_node n
       set capacity = n.box_rows * n.box_columns - (select count(*) from blocked_position b where b.box_id = box)
     where n.id = box;
    return null;
end
$$;

create or replace trigger blocked_position_room after insert or update or delete on blocked_position
    for each row execute function blocked_position_room();

-- How full the units are, as signed steps (backend/decisions/0003). The triggers above change boxes
-- by statement; so does this one follow. What is closed does not count, and of loose places without
-- a capacity only how many samples they hold.

create or replace function storage_counts(box_rows bigint, capacity bigint, closed_at timestamptz)
returns boolean language sql immutable parallel safe as $$
    select closed_at is null and (box_rows > 0 or capacity > 0)
$$;

create or replace function storage_tally_added() returns trigger language plpgsql as $$
begin
    insert into storage_tally (unit_id, temperature_class, boxes, used, capacity, loose)
    select unit_id, temperature_class,
           sum(counts::int), sum(used * counts::int), sum(capacity * counts::int),
           sum(used * (not counts)::int)
      from (select unit_id, temperature_class, used, capacity,
                   storage_counts(box_rows, capacity, closed_at) as counts
              from added where box_columns > 0) boxes
     group by 1, 2;
    return null;
end
$$;

create or replace function storage_tally_removed() returns trigger language plpgsql as $$
begin
    insert into storage_tally (unit_id, temperature_class, boxes, used, capacity, loose)
    select unit_id, temperature_class,
           -sum(counts::int), -sum(used * counts::int), -sum(capacity * counts::int),
           -sum(used * (not counts)::int)
      from (select unit_id, temperature_class, used, capacity,
                   storage_counts(box_rows, capacity, closed_at) as counts
              from removed where box_columns > 0) boxes
     group by 1, 2;
    return null;
end
$$;

create or replace function storage_tally_changed() returns trigger language plpgsql as $$
begin
    insert into storage_tally (unit_id, temperature_class, boxes, used, capacity, loose)
    select unit_id, temperature_class,
           sum(step * counts), sum(step * used * counts), sum(step * capacity * counts),
           sum(step * used * (1 - counts))
      from (
        select unit_id, temperature_class, 1 as step, used, capacity,
               storage_counts(box_rows, capacity, closed_at)::int as counts
          from after_change where box_columns > 0
        union all
        select unit_id, temperature_class, -1, used, capacity,
               storage_counts(box_rows, capacity, closed_at)::int
          from before_change where box_columns > 0
      ) steps
     group by 1, 2
    having sum(step * counts) <> 0 or sum(step * used * counts) <> 0
        or sum(step * capacity * counts) <> 0 or sum(step * used * (1 - counts)) <> 0;
    return null;
end
$$;

create or replace trigger storage_tally_insert after insert on storage_node
    referencing new table as added for each statement execute function storage_tally_added();
create or replace trigger storage_tally_delete after delete on storage_node
    referencing old table as removed for each statement execute function storage_tally_removed();
create or replace trigger storage_tally_update after update on storage_node
    referencing old table as before_change new table as after_change
    for each statement execute function storage_tally_changed();

-- What lists of samples ask storage (backend/samples/listed.py): they stand below it and may not
-- know its tables. A label, a path from the unit inwards or a barcode names a place; so does what
-- it was called before it was renamed, as long as no other place is called so now.

-- What a former path is called now (backend/storage/former_paths.py says how); null where it never
-- was one. A path begins with those of the places around it, and each may have been renamed since.
create or replace function place_path_now(wanted text) returns text
language plpgsql stable parallel safe as $$
declare
    known text := wanted;
    parts text[];
    was text;
    called text;
begin
    for renaming in 1..8 loop
        parts := string_to_array(upper(known), '/');
        select f.path, n.path into was, called
          from former_path f join storage_node n on n.id = f.node_id
         where upper(f.path) = any(array(
             select array_to_string(parts[1:length], '/')
               from generate_series(1, cardinality(parts)) as length))
         order by length(f.path) desc, f.renamed_at desc
         limit 1;
        if not found or upper(called || substr(known, length(was) + 1)) = upper(known) then
            return null;
        end if;
        known := called || substr(known, length(was) + 1);
        if exists (select from storage_node where upper(path) = upper(known)) then
            return known;
        end if;
    end loop;
    return null;
end
$$;

create or replace function places_named(wanted text) returns setof uuid
language plpgsql stable parallel safe as $$
begin
    return query select id from storage_node
        where upper(path) = upper(wanted) or upper(label) = upper(wanted)
           or upper(barcode) = upper(wanted);
    if found then
        return;
    end if;
    return query select id from storage_node where upper(path) = upper(place_path_now(wanted));
    if found then
        return;
    end if;
    -- A label alone, as it stood on a door or a lid. There are as many rows as renamings.
    return query select distinct node_id from former_path
        where upper(regexp_replace(path, '^.*/', '')) = upper(wanted);
end
$$;

-- The boxes as an array, so that each is looked up by the index of what stands in it now; joined,
-- the planner takes the recursion for thousands of rows and reads every placement there is.
create or replace function samples_in_place(wanted text) returns setof uuid
language sql stable parallel safe as $$
    select p.sample_id from placement p
     where p.removed_at is null and p.box_id = any(array(
        with recursive inside(id) as (
            select * from places_named(wanted)
            union
            select n.id from storage_node n join inside i on n.parent_id = i.id
        )
        select id from inside))
$$;

-- Who holds a tube (backend/custody). Whoever writes, these hold: the chain of a sample is only
-- added to, starts outside the laboratory, and every link begins with whom the one before it ended.

create or replace function custody_event_follows() returns trigger language plpgsql as $$
declare
    broken uuid;
begin
    select a.sample_id into broken
      from added a
      left join custody_event b on b.sample_id = a.sample_id and b.number = a.number - 1
     where case when a.number = 1 then a.from_kind <> 'outside'
                else b.id is null or b.at > a.at
                  or (b.to_kind, b.to_id, b.to_label)
                     is distinct from (a.from_kind, a.from_id, a.from_label) end
     limit 1;
    if broken is not null then
        raise exception 'The custody chain of % would have a hole.', broken
            using errcode = 'check_violation', constraint = 'custody_event_follows';
    end if;
    select a.sample_id into broken from added a join custody_block b using (sample_id) limit 1;
    if broken is not null then
        raise exception '% is promised to somebody who has not answered.', broken
            using errcode = 'check_violation', constraint = 'custody_event_unpromised';
    end if;
    return null;
end
$$;

create or replace function custody_event_keep() returns trigger language plpgsql as $$
begin
    raise exception 'The custody chain is append-only: % is refused.', tg_op
        using errcode = 'insufficient_privilege';
end
$$;

create or replace trigger custody_event_follows after insert on custody_event
    referencing new table as added for each statement execute function custody_event_follows();
create or replace trigger custody_event_keep before update or delete or truncate
    on custody_event for each statement execute function custody_event_keep();

-- Placements write their links here and not through a service: storage stands below custody and does
-- not know it, bulk loads and undo come past every service, and a stay without a link is impossible.
-- A move passes through the hands of who moves it.

-- A position as the lid of its box names it, as BoxShape.at in backend/storage/rules.py has it.
create or replace function custody_position(
    place_row bigint, place_column bigint, numbering text, box_rows bigint, box_columns bigint
) returns text language sql immutable as $$
    select case when place_row = 0 then place_column::text  -- of a loose place: a number alone
                when numbering = 'rows'
                then ((place_row - 1) * box_columns + place_column)::text
                when numbering = 'columns'
                then ((place_column - 1) * box_rows + place_row)::text
                when place_row <= 26 then chr(64 + place_row::int) || place_column
                else chr(64 + ((place_row - 1) / 26)::int)
                     || chr(65 + ((place_row - 1) % 26)::int) || place_column
           end
$$;

create or replace function custody_of_added() returns trigger language plpgsql as $$
begin
    insert into custody_event (sample_id, number, cause, from_kind, from_id, from_label,
                               to_kind, to_id, to_label, at, actor_id, actor_name)
    with steps as (
        select p.sample_id, p.placed_at as at, 'placed' as cause, 'place' as kind, p.box_id as party,
               box.path || '/' || custody_position(
                   p."row", p."column", box.numbering, box.box_rows, box.box_columns) as label,
               p.placed_by as actor, p.placed_by_name as actor_name, p.placed_at as began, 0 as half
          from added p join storage_node box on box.id = p.box_id
        union all
        select sample_id, removed_at, 'taken_out', 'person', removed_by,
               coalesce(removed_by_name, 'Unknown'), removed_by,
               coalesce(removed_by_name, 'Unknown'), placed_at, 1
          from added where removed_at is not null
    )
    select s.sample_id, coalesce(last.number, 0) + row_number() over w, s.cause,
           case when lag(s.kind) over w is not null then lag(s.kind) over w
                else coalesce(last.to_kind, 'outside') end,
           case when lag(s.kind) over w is not null then lag(s.party) over w else last.to_id end,
           case when lag(s.kind) over w is not null then lag(s.label) over w
                else coalesce(last.to_label, 'Outside the laboratory') end,
           s.kind, s.party, s.label, greatest(s.at, last.at), s.actor, s.actor_name
      from steps s
      left join lateral (
        select number, to_kind, to_id, to_label, at from custody_event c
         where c.sample_id = s.sample_id order by c.number desc limit 1
      ) last on true
    window w as (partition by s.sample_id order by s.began, s.half);
    -- Who puts a tube back at the freezer has returned it, though nobody said what was used.
    update custody_checkout c
       set returned_at = greatest(p.placed_at, c.out_at), return_note = 'Placed in storage'
      from added p
     where c.sample_id = p.sample_id and c.returned_at is null and p.removed_at is null;
    return null;
end
$$;

create or replace function custody_of_removed() returns trigger language plpgsql as $$
begin
    insert into custody_event (sample_id, number, cause, from_kind, from_id, from_label,
                               to_kind, to_id, to_label, at, note, actor_id, actor_name)
    select n.sample_id, last.number + 1, 'taken_out', last.to_kind, last.to_id, last.to_label,
           'person', n.removed_by, coalesce(n.removed_by_name, 'Unknown'),
           greatest(n.removed_at, last.at), coalesce(n.removal_reason, ''),
           n.removed_by, coalesce(n.removed_by_name, 'Unknown')
      from before o join after n using (id)
      join lateral (
        select number, to_kind, to_id, to_label, at from custody_event c
         where c.sample_id = n.sample_id order by c.number desc limit 1
      ) last on true
     where o.removed_at is null and n.removed_at is not null;
    return null;
end
$$;

create or replace trigger placement_3_custody after insert on placement
    referencing new table as added for each statement execute function custody_of_added();
create or replace trigger placement_3_custody_out after update on placement
    referencing old table as before new table as after for each statement execute function custody_of_removed();

-- A sample that leaves for good leaves the chain, too: the step of its life is the link.
create or replace function custody_of_ended() returns trigger language plpgsql as $$
begin
    insert into custody_event (sample_id, number, cause, from_kind, from_id, from_label,
                               to_kind, to_label, at, note, actor_name)
    select t.sample_id, coalesce(last.number, 0) + 1, 'ended',
           coalesce(last.to_kind, 'outside'), last.to_id,
           coalesce(last.to_label, 'Outside the laboratory'),
           'outside', case t.action when 'dispose' then 'Disposed of' when 'destroy' then 'Destroyed'
                                    when 'give_back' then 'Given back' when 'lose' then 'Lost'
                                    when 'deplete' then 'Used up' else 'Withdrawn' end,
           greatest(t.at, last.at), coalesce(t.reason, ''), t.actor_name
      from added t
      left join lateral (
        select number, to_kind, to_id, to_label, at from custody_event c
         where c.sample_id = t.sample_id order by c.number desc limit 1
      ) last on true
     where t.action in ('deplete', 'dispose', 'destroy', 'give_back', 'lose', 'withdraw') and last.number is not null;
    return null;
end
$$;

create or replace trigger sample_transition_custody after insert on sample_transition
    referencing new table as added for each statement execute function custody_of_ended();

-- A tube in somebody's hand (backend/storage/hand_tray.py) is in it until the next link of its chain:
-- placed by whatever way, handed over, checked out, ended. So no way past the tray leaves a row behind.
create or replace function custody_event_hand() returns trigger language plpgsql as $$
begin
    delete from hand_tray_item t using added a where t.sample_id = a.sample_id;
    return null;
end
$$;

create or replace trigger custody_event_hand after insert on custody_event
    referencing new table as added for each statement execute function custody_event_hand();

-- Who takes a tube out of a box has its link already; one that stood nowhere gets it here. Before
-- the row is there, or the link would end it at once.
create or replace function hand_tray_taken() returns trigger language plpgsql as $$
begin
    insert into custody_event (sample_id, number, cause, from_kind, from_id, from_label,
                               to_kind, to_id, to_label, at, actor_id, actor_name)
    select new.sample_id, coalesce(last.number, 0) + 1, 'taken_in',
           coalesce(last.to_kind, 'outside'), last.to_id,
           coalesce(last.to_label, 'Outside the laboratory'),
           'person', new.user_id, new.user_name, greatest(new.taken_at, last.at),
           new.user_id, new.user_name
      from (select 1) one
      left join lateral (
        select number, to_kind, to_id, to_label, at from custody_event c
         where c.sample_id = new.sample_id order by c.number desc limit 1
      ) last on true
     where (last.to_kind, last.to_id) is distinct from ('person', new.user_id);
    return new;
end
$$;

create or replace trigger hand_tray_taken before insert on hand_tray_item
    for each row execute function hand_tray_taken();

-- What storage asks custody, which stands above it: how many tubes are out of these boxes and to
-- come back (backend/storage/reasons_to_stay.py).
create or replace function checkouts_from(boxes uuid[]) returns bigint
language sql stable parallel safe as $$
    select count(*) from custody_checkout where returned_at is null and box_id = any(boxes)
$$;

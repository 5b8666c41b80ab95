-- The volume ledger (backend/samples/volumes.py). Whoever writes, these hold: lines are only added,
-- each follows from the one before it, none leaves less than nothing (a CHECK), and a sample's
-- volume is the last line's balance.

create or replace function sample_volume_entry_follows() returns trigger language plpgsql as $$
declare
    before record;
    registered numeric;
    is_first boolean;
    known numeric;
    fits boolean;
begin
    -- Takes turns per tube; whoever draws holds the row already.
    select volume_ul into registered from sample where id = new.sample_id for no key update;
    select number, balance_ul into before
      from sample_volume_entry where sample_id = new.sample_id order by number desc limit 1;
    is_first := not found;
    known := case when is_first then registered else before.balance_ul end;
    if is_first and registered is not null then
        fits := new.number = 1 and new.cause = 'registered'
            and new.delta_ul = registered and new.balance_ul = registered;
    elsif known is not null then
        fits := new.number = before.number + 1 and new.balance_ul is not null
            and new.delta_ul is not null and new.balance_ul = known + new.delta_ul;
    elsif is_first and new.cause in ('aliquot', 'derivative', 'pool') and new.delta_ul > 0 then
        fits := new.number = 1 and new.balance_ul = new.delta_ul;
    else
        -- Nobody knows how much is in it: it stays unknown until somebody measures it.
        fits := new.number = coalesce(before.number, 0) + 1
            and (new.balance_ul is null) = (new.cause <> 'correction')
            and (new.delta_ul is null) = (new.cause = 'correction');
    end if;
    if fits is distinct from true then
        raise exception 'Line % of the volume ledger of % does not follow from the one before it.',
            new.number, new.sample_id
            using errcode = 'check_violation', constraint = 'sample_volume_entry_follows';
    end if;
    return new;
end
$$;

create or replace function sample_volume_entry_counts() returns trigger language plpgsql as $$
begin
    update sample set volume_ul = new.balance_ul
     where id = new.sample_id and volume_ul is distinct from new.balance_ul;
    return null;
end
$$;

create or replace function sample_volume_entry_keep() returns trigger language plpgsql as $$
begin
    raise exception 'The volume ledger is append-only: % is refused.', tg_op
        using errcode = 'insufficient_privilege';
end
$$;

create or replace function sample_volume_keep() returns trigger language plpgsql as $$
begin
    if new.volume_ul is distinct from (
        select balance_ul from sample_volume_entry
         where sample_id = new.id order by number desc limit 1
    ) then
        raise exception 'The volume of % changes by a line of its ledger.', new.barcode
            using errcode = 'check_violation', constraint = 'sample_volume_is_ledger';
    end if;
    return new;
end
$$;

create or replace trigger sample_volume_entry_1_follows before insert on sample_volume_entry
    for each row execute function sample_volume_entry_follows();
create or replace trigger sample_volume_entry_2_counts after insert on sample_volume_entry
    for each row execute function sample_volume_entry_counts();
create or replace trigger sample_volume_entry_keep before update or delete or truncate
    on sample_volume_entry for each statement execute function sample_volume_entry_keep();
create or replace trigger sample_volume_keep before update of volume_ul on sample
    for each row when (old.volume_ul is distinct from new.volume_ul)
    execute function sample_volume_keep();

-- A range of one key, so that "same instrument" can stand in an exclusion constraint without the
-- btree_gist extension.
do $$
begin
    create type uuid_range as range (subtype = uuid);
exception
    when duplicate_object then null;
end
$$;

"""A schema as PostgreSQL itself describes it, one line a thing, ready to compare."""

from sqlalchemy import Connection, text

_QUERIES = {
    "column": """
        select c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
            || case when a.attnotnull then ' not null' else '' end
            || ' identity=' || a.attidentity::text || ' generated=' || a.attgenerated::text
            || ' default=' || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
        from pg_attribute a join pg_class c on c.oid = a.attrelid
        left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')
            and a.attnum > 0 and not a.attisdropped
    """,
    "constraint": """
        select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
        from pg_constraint
        where connamespace = 'public'::regnamespace and conrelid <> 0 and contype <> 'n'
    """,
    "index": """
        select indexdef from pg_indexes where schemaname = 'public'
    """,
    "function": """
        select pg_get_functiondef(oid) from pg_proc
        where pronamespace = 'public'::regnamespace and prokind in ('f', 'p')
    """,
    "trigger": """
        select tgrelid::regclass || ' ' || pg_get_triggerdef(oid)
        from pg_trigger where not tgisinternal
    """,
}


def catalogue(connection: Connection) -> set[str]:
    """Return every column, constraint, index, function and trigger of the public schema."""
    found = set()
    for kind, query in _QUERIES.items():
        found |= {f"{kind}: {line}" for line in connection.scalars(text(query))}
    return {line for line in found if "alembic_version" not in line}

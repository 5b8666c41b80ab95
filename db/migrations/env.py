"""Alembic's environment: one transaction a migration, never waiting long for a lock."""

import re
import warnings

from alembic import context
from sqlalchemy import Connection, Index, create_engine, text
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import SchemaItem

from backend.core.config import load_settings
from backend.tables import metadata
from db.migrations.rendering import render_item

# A migration that waits for a lock stops everyone who queues up behind it: give up early, retry.
_TIMEOUTS = "set local lock_timeout = '5s'; set local statement_timeout = '15min'"

_PARTITION = re.compile(r"reading_(default|\d{4}_\d{2})")
"""Partitions are made by functions (sql/19_readings.sql) and belong to no declared table."""


def is_comparable(
    item: SchemaItem,
    name: str | None,
    kind: str,
    _reflected: bool,  # noqa: FBT001 Alembic's signature
    compared: SchemaItem | None,
) -> bool:
    """Leave out partitions, and what is not reflected whole: an expression's collation."""
    if kind == "table" and _PARTITION.fullmatch(name or ""):
        return False
    if not isinstance(item, Index) or compared is None:
        return True
    both = [*item.expressions, *getattr(compared, "expressions", [])]
    return not any("COLLATE" in str(expression) for expression in both)


def run_with(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        compare_server_default=True,
        render_item=render_item,
        include_object=is_comparable,
        transaction_per_migration=True,
    )
    with context.begin_transaction(), warnings.catch_warnings():
        # PostgreSQL gives a generated column's expression back in its own words, and Alembic says
        # so of each. tests/db compares both schemas as PostgreSQL describes them instead.
        warnings.filterwarnings("ignore", "Computed default on .* cannot be modified", UserWarning)
        connection.execute(text(_TIMEOUTS))
        context.run_migrations()


def run_online() -> None:
    connection = context.config.attributes.get("connection")
    if connection is not None:
        run_with(connection)
        connection.commit()
        return
    settings = load_settings()
    if settings.database_url is None:
        raise SystemExit("Set DATABASE_URL to the database that Alembic should work on.")
    url = settings.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
    with create_engine(url, poolclass=NullPool).connect() as own:
        run_with(own)
        own.commit()


def run_offline() -> None:
    context.configure(dialect_name="postgresql", target_metadata=metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    run_offline()
else:
    run_online()

"""Bringing a database to the schema that this program expects."""

from functools import lru_cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

ROOT = Path(__file__).resolve().parent.parent

# Any number, the same in every process: it names the lock under which migrations run.
_MIGRATION_LOCK = 7_203_114


def alembic_config(connection: Connection | None = None) -> Config:
    """Return the configuration of pyproject.toml, bound to ``connection`` when there is one."""
    config = Config(toml_file=ROOT / "pyproject.toml")
    config.attributes["connection"] = connection
    return config


@lru_cache(maxsize=1)
def head_revision() -> str:
    """Return the revision that this program's code expects."""
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    if head is None:
        raise RuntimeError("db/migrations/versions holds no migration.")
    return head


def current_revision(connection: Connection) -> str | None:
    """Return the database's revision, or None for an empty database."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(database_url: str) -> str | None:
    """Migrate to the newest revision and return the revision found before; safe to call at once.

    Whoever comes second waits for the first and then finds nothing left to do.
    """
    url = database_url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            connection.execute(text("select pg_advisory_lock(:key)"), {"key": _MIGRATION_LOCK})
            connection.commit()
            before = current_revision(connection)
            connection.commit()
            if before != head_revision():
                command.upgrade(alembic_config(connection), "head")
            return before
    finally:
        engine.dispose()

"""The migration builds exactly the tables that the program declares."""

from collections.abc import Iterator

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool

from backend.tables import metadata
from db import migrate
from db.migrations import sql_files
from tests.support.catalogue import catalogue
from tests.support.servers import Servers

pytestmark = pytest.mark.usefixtures("migrated")


@pytest.fixture
def migrated(servers: Servers) -> Iterator[Engine]:
    url = servers.clone_template("migrated_schema")
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:", 1), poolclass=NullPool)
    yield engine
    engine.dispose()
    servers.drop("migrated_schema")


@pytest.fixture
def declared(servers: Servers) -> Iterator[Engine]:
    """A database built from the tables themselves, without Alembic."""
    servers.drop("declared_schema")
    url = servers.database_url("declared_schema")
    admin = create_engine(
        servers.admin_url.replace("postgresql:", "postgresql+psycopg:", 1),
        isolation_level="AUTOCOMMIT",
        poolclass=NullPool,
    )
    with admin.connect() as connection:
        connection.execute(text("create database declared_schema"))
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:", 1), poolclass=NullPool)
    with engine.begin() as connection:
        names = sql_files.names()
        for name in (name for name in names if sql_files.runs_before_tables(name)):
            _run(connection, name)
        metadata.create_all(connection)
        for name in (name for name in names if not sql_files.runs_before_tables(name)):
            _run(connection, name)
    yield engine
    engine.dispose()
    servers.drop("declared_schema")


def _run(connection: Connection, name: str) -> None:
    statements = (sql_files.FOLDER / name).read_text(encoding="utf-8")
    connection.exec_driver_sql(statements, execution_options={"no_parameters": True})


def test_migrated_and_declared_schema_are_the_same(migrated: Engine, declared: Engine) -> None:
    with migrated.connect() as left, declared.connect() as right:
        found, expected = catalogue(left), catalogue(right)

    # `make initial-migration` mends either.
    assert sorted(expected - found) == [], "declared, but not in the migration"
    assert sorted(found - expected) == [], "in the migration, but no longer declared"


def test_alembic_sees_nothing_left_to_migrate(migrated: Engine) -> None:
    with migrated.connect() as connection:
        command.check(migrate.alembic_config(connection))


def test_going_down_leaves_nothing_of_ours(migrated: Engine) -> None:
    with migrated.connect() as connection:
        command.downgrade(migrate.alembic_config(connection), "base")
        left = catalogue(connection)

    assert {line for line in left if "alembic_version" not in line} == set()


def test_migrating_twice_changes_nothing(servers: Servers) -> None:
    first = migrate.upgrade(servers.database_url("migrated_schema"))

    assert first == migrate.head_revision()

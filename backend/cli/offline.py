"""Commands that set a laboratory up work whether or not it is running: they start its database."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from backend.cli import addresses
from backend.core import transaction
from backend.core.config import Settings
from backend.core.errors import Unavailable
from db import migrate
from db.embedded.identity import ServerCannotRun
from db.embedded.postgres import EmbeddedPostgres
from db.embedded.scratch import required_postgres


@contextmanager
def open_laboratory(settings: Settings) -> Iterator[None]:
    """Bind the migrated database of this laboratory: the one that runs, else one started here.

    Raises:
        Unavailable: the embedded database does not start, or DATABASE_URL names a server that does
            not answer.
    """
    try:
        engine = _bind(addresses.database_url(settings))
    except Unavailable:
        pass
    except OperationalError as error:
        # A supervisor that was killed leaves its note behind; a DATABASE_URL is somebody's word.
        if settings.database_url is not None:
            raise Unavailable(
                "The database that DATABASE_URL names does not answer. Start it, or correct the "
                "address, and try again."
            ) from error
    else:
        try:
            yield
        finally:
            engine.dispose()
        return
    server = EmbeddedPostgres(settings.home, required_postgres(settings.pg_bin))
    try:
        engine = _started(server)
        try:
            yield
        finally:
            engine.dispose()
    finally:
        server.stop()


def _started(server: EmbeddedPostgres) -> Engine:
    try:
        server.start()
        server.ensure_database()
    except ServerCannotRun as error:
        raise Unavailable(f"The laboratory's database does not start. {error}") from error
    return _bind(server.url())


def _bind(url: str) -> Engine:
    engine = transaction.make_engine(url)
    with engine.connect() as connection:
        connection.execute(text("select 1"))
    migrate.upgrade(url)
    transaction.bind(engine)
    return engine

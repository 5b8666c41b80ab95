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
from db.embedded.postgres import EmbeddedPostgres
from db.embedded.scratch import required_postgres


@contextmanager
def open_laboratory(settings: Settings) -> Iterator[None]:
    """Bind the migrated database of this laboratory: the one that runs, else one started here.

    Raises:
        ServerCannotRun: the embedded database does not start.
        OperationalError: DATABASE_URL names a server that does not answer.
    """
    try:
        engine = _bind(addresses.database_url(settings))
    except Unavailable:
        pass
    except OperationalError:
        # A supervisor that was killed leaves its note behind; a DATABASE_URL is somebody's word.
        if settings.database_url is not None:
            raise
    else:
        try:
            yield
        finally:
            engine.dispose()
        return
    server = EmbeddedPostgres(settings.home, required_postgres(settings.pg_bin))
    try:
        server.start()
        server.ensure_database()
        engine = _bind(server.url())
        try:
            yield
        finally:
            engine.dispose()
    finally:
        server.stop()


def _bind(url: str) -> Engine:
    engine = transaction.make_engine(url)
    with engine.connect() as connection:
        connection.execute(text("select 1"))
    migrate.upgrade(url)
    transaction.bind(engine)
    return engine

"""The running laboratory's database, for commands that need it."""

from collections.abc import Iterator
from contextlib import contextmanager

from backend.cli import addresses
from backend.core import transaction
from backend.core.config import load_settings


@contextmanager
def bound_database() -> Iterator[None]:
    """Bind ``reading()`` and ``writing()`` to it for one command."""
    engine = transaction.make_engine(addresses.database_url(load_settings()))
    transaction.bind(engine)
    try:
        yield
    finally:
        engine.dispose()

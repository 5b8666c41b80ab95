"""Transactions at the edge. Only adapters (dashboard, jobs, api, cli, db) import this module.

Services flush and never commit: what an action changes, records and sends on is one transaction,
and leaving ``writing()`` is the only commit there is.
"""

import select
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import InvalidatePoolError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from backend.core.errors import Unavailable
from backend.core.sessions import ReadSession, WriteSession

_SETTINGS = (
    "-c timezone=UTC -c statement_timeout=30s -c lock_timeout=5s "
    "-c idle_in_transaction_session_timeout=30s -c jit=off"
)

# Told to the driver, so that its BEGIN says so and no statement of its own is needed.
_SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
_EACH_BY_ITSELF = {"isolation_level": "AUTOCOMMIT"}


class _Edge:
    """The process's engine, set once by its entry point."""

    factory: sessionmaker[Session] | None = None
    engine: Engine | None = None


def make_engine(database_url: str, *, pool_size: int = 8) -> Engine:
    """Return an engine with our time-outs; a broken connection is noticed before it is used."""
    url = database_url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=4,
        pool_recycle=1800,
        json_deserializer=orjson.loads,
        connect_args={"options": _SETTINGS, "connect_timeout": 5, "application_name": "tracseq"},
    )
    event.listen(engine, "checkout", _refuse_hung_up)
    return engine


def bind(engine: Engine) -> None:
    """Make ``engine`` the one that this process's transactions use."""
    _Edge.engine = engine
    _Edge.factory = sessionmaker(engine, expire_on_commit=False)


def bound_engine() -> Engine:
    """Return the process's engine.

    Raises:
        RuntimeError: the entry point did not call bind().
    """
    if _Edge.engine is None:
        raise RuntimeError("No engine is bound: the entry point calls transaction.bind() first.")
    return _Edge.engine


@contextmanager
def reading() -> Iterator[ReadSession]:
    """Yield a session that PostgreSQL itself holds to reading, one snapshot for all its queries."""
    with _session() as session:
        session.connection(execution_options=_SNAPSHOT)
        yield ReadSession(session)
        session.rollback()


@contextmanager
def asking() -> Iterator[ReadSession]:
    """Yield a session for one question, which is a snapshot by itself: nothing begins or ends.

    The server is spoken to once where `reading` speaks to it three times. Two questions may see two
    states of the laboratory, and only the session's type keeps it from writing.
    """
    with _session() as session:
        session.connection(execution_options=_EACH_BY_ITSELF)
        yield ReadSession(session)


@contextmanager
def writing() -> Iterator[WriteSession]:
    """Yield a session and commit on leaving; any error rolls the whole action back."""
    with _session() as session, session.begin():
        yield WriteSession(ReadSession(session))


def _refuse_hung_up(connection: Any, _record: Any, _proxy: Any) -> None:
    """Have the pool connect anew when the server has ended a connection meanwhile.

    Between transactions the server has nothing to say: what waits to be read is its farewell, or
    the end of the stream. A ping of the pool's would ask the server, at each of the three
    checkouts that a page takes; this asks the kernel.
    """
    if connection.closed:
        raise InvalidatePoolError
    watch = select.poll()
    watch.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    if watch.poll(0):
        raise InvalidatePoolError


@contextmanager
def _session() -> Iterator[Session]:
    if _Edge.factory is None:
        raise RuntimeError("No engine is bound: the entry point calls transaction.bind() first.")
    try:
        with _Edge.factory() as session:
            yield session
    except OperationalError as error:
        # A lost or refused connection, a lock or statement time-out: nothing was committed.
        raise Unavailable(
            "The database does not answer at the moment. Nothing was saved; try again."
        ) from error

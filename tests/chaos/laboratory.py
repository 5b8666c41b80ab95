"""A laboratory under attack: real servers, the product's processes, and the means to kill them."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg

from db import migrate
from db.embedded.engines import find_redis
from db.embedded.postgres import EmbeddedPostgres
from db.embedded.redis import EmbeddedRedis
from db.embedded.scratch import required_postgres

ROOT = Path(__file__).resolve().parents[2]
LEASE_S = 1.5
_WAIT_FOR_JOB_S = 20.0
_HOLDERS = """
    SELECT split_part(worker, ':', 2)::int FROM job
    WHERE kind = %s AND state = 'running' AND lease_until > clock_timestamp()
"""


@dataclass(slots=True, kw_only=True)
class Laboratory:
    postgres: EmbeddedPostgres
    redis: EmbeddedRedis
    zygote: subprocess.Popen[str]
    chance: random.Random
    parts: dict[str, list[int]] = field(default_factory=dict)
    onlooker: psycopg.Connection | None = None

    def start(self, part: str, count: int = 1) -> None:
        self.parts.setdefault(part, []).extend(self._fork(part) for _ in range(count))

    def kill(self, part: str) -> None:
        """Kill -9 one process of a part, with its children, and start another."""
        self.kill_process(part, self.chance.choice(self.parts[part]))

    def kill_worker_in(self, kind: str) -> bool:
        """Kill a worker that holds a job of a kind; return False when none came to hold one."""
        deadline = time.monotonic() + _WAIT_FOR_JOB_S
        while time.monotonic() < deadline:
            busy = self.workers_in(kind)
            if busy:
                self.kill_process("worker", self.chance.choice(busy))
                return True
            time.sleep(0.005)
        return False

    def kill_process(self, part: str, pid: int) -> None:
        """Kill -9 one process, with its children, and start another of its part."""
        _kill_tree(pid)
        self.parts[part][self.parts[part].index(pid)] = self._fork(part)

    def workers_in(self, kind: str) -> list[int]:
        """Return the processes of workers that hold a job of a kind now."""
        with suppress(psycopg.Error):
            rows = self._connected().execute(_HOLDERS, [kind]).fetchall()
            return [pid for (pid,) in rows if pid in self.parts["worker"]]
        return []

    def wipe_redis(self, absent_s: float = 0.0) -> None:
        """Kill -9 the server, that keeps nothing, and start an empty one after ``absent_s``."""
        assert self.redis.process is not None
        self.redis.process.kill()
        self.redis.process.wait()
        time.sleep(absent_s)
        self.redis.start()

    def kill_postgres(self) -> None:
        assert self.postgres.process is not None
        _kill_tree(self.postgres.process.pid)
        self.postgres.process.wait()
        self.postgres.start()

    def close(self) -> None:
        if self.onlooker is not None:
            self.onlooker.close()

    def _connected(self) -> psycopg.Connection:
        """Return the connection that looks on; a new one after PostgreSQL has died."""
        if self.onlooker is None or self.onlooker.closed:
            self.onlooker = psycopg.connect(self.postgres.url("chaos"), autocommit=True)
        return self.onlooker

    def _fork(self, part: str) -> int:
        assert self.zygote.stdin is not None
        assert self.zygote.stdout is not None
        self.zygote.stdin.write(f"{part}\n")
        self.zygote.stdin.flush()
        return int(self.zygote.stdout.readline())


@contextmanager
def running_laboratory(
    home: Path, chance: random.Random, environment: Mapping[str, str]
) -> Iterator[Laboratory]:
    """Run servers over a migrated database, durable against the death of processes.

    fsync guards against the death of the machine, which nobody kills here.
    """
    home.chmod(0o755)
    engine = find_redis()
    assert engine is not None
    postgres = EmbeddedPostgres(home, required_postgres(), {"fsync": "off"})
    redis = EmbeddedRedis(home, engine)
    try:
        postgres.start()
        postgres.ensure_database("chaos")
        migrate.upgrade(postgres.url("chaos"))
        redis.start()
        zygote = _zygote(home, postgres.url("chaos"), redis.url(), environment)
        try:
            laboratory = Laboratory(postgres=postgres, redis=redis, zygote=zygote, chance=chance)
            with closing(laboratory):
                yield laboratory
        finally:
            zygote.communicate(timeout=60)
    finally:
        redis.stop()
        postgres.stop()


def _zygote(
    home: Path, database_url: str, redis_url: str, environment: Mapping[str, str]
) -> subprocess.Popen[str]:
    told = {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "TRACSEQ_HOME": str(home),
        "CHAOS_LEASE_S": str(LEASE_S),
        **environment,
    }
    with (home / "parts.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.parts"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=ROOT,
            env={**os.environ, **told},  # noqa: TID251 -- a child's environment, not a setting
        )


def _kill_tree(pid: int) -> None:
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        children = process.children(recursive=True)
        process.kill()
        for child in children:
            with suppress(psutil.NoSuchProcess):
                child.kill()

"""A private server of the Redis protocol: memory only, a Unix socket, owned by a parent."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from db.embedded.engines import Engine
from db.embedded.identity import (
    ServerCannotRun,
    choose_identity,
    reachable_program,
    reachable_store,
)
from db.embedded.processes import open_log, spawn
from db.embedded.sockets import socket_folder

_READY_WITHIN_S = 20.0


class EmbeddedRedis:
    """One server in ``home``/redis. It keeps nothing: every fact is in PostgreSQL."""

    def __init__(self, home: Path, engine: Engine) -> None:
        self._identity = choose_identity(home / "redis")
        store = reachable_store(home, self._identity).resolve()
        self.folder = store / "redis"
        self.log = store / "redis.log"
        self._program = reachable_program(engine.program, engine.parts, self._identity)
        self._sockets: Path | None = None
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server and wait until it answers.

        Raises:
            ServerCannotRun: it ended, or did not answer in 20 s (it has nothing to load).
        """
        self.spawn()
        deadline = time.monotonic() + _READY_WITHIN_S
        while not self.is_ready():
            ended = self.process is None or self.process.poll() is not None
            if ended or time.monotonic() > deadline:
                raise ServerCannotRun(f"The Redis server did not become ready. See {self.log}.")
            time.sleep(0.02)

    def spawn(self) -> None:
        """Start the server process and return at once."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._identity:
            os.chown(self.folder, self._identity.uid, self._identity.gid)
        if self._sockets is None:
            self._sockets = socket_folder(self.folder, self._identity)
        with open_log(self.log) as log:
            self.process = spawn(
                [
                    str(self._program),
                    *("--port", "0", "--unixsocket", str(self._socket), "--unixsocketperm", "700"),
                    *("--dir", str(self.folder), "--save", "", "--appendonly", "no"),
                    # A full memory answers with an error instead of dropping a queue in silence.
                    *("--maxmemory", "256mb", "--maxmemory-policy", "noeviction"),
                    *("--daemonize", "no"),
                ],
                environment={"LC_ALL": "C.UTF-8", "TZ": "UTC"},
                identity=self._identity,
                output=log,
            )

    def is_ready(self) -> bool:
        client = Redis(unix_socket_path=str(self._socket), socket_timeout=2)
        try:
            return bool(client.ping())
        except (RedisConnectionError, FileNotFoundError):
            return False
        finally:
            client.close()

    def url(self, database: int = 0) -> str:
        return f"unix://{quote(str(self._socket))}?db={database}"

    def stop(self, patience_s: float = 10.0) -> None:
        """End the server. Idempotent."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(patience_s)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self._sockets is not None and self._sockets != self.folder:
            shutil.rmtree(self._sockets, ignore_errors=True)
        self._sockets = None

    @property
    def _socket(self) -> Path:
        return (self._sockets or self.folder) / "redis.sock"

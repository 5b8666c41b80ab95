"""A private PostgreSQL server over one data folder, started from binaries and owned by a parent."""

import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from db.embedded.engines import Engine
from db.embedded.identity import (
    ServerCannotRun,
    choose_identity,
    reachable_program,
    reachable_store,
)
from db.embedded.processes import open_log, spawn
from db.embedded.sockets import socket_folder

DATABASE = "tracseq"
_SUPERUSER = "postgres"
_PORT = 5432  # only names the socket file: the server listens on no address
_SAY_RECOVERING_AFTER_S = 3.0
_POLL_S = 0.02
_ORPHANS_END_WITHIN_S = 5.0

# Locale and time zone are fixed: a folder made under one environment reads the same under another.
_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "TZ": "UTC"}

# The server's own 128 MB hold a third of what an import of 100,000 rows touches: it wrote 30,000
# pages itself while people waited, with four times as much 1,700. Half a gigabyte where there is
# plenty; taken from the machine only as it is used.
_LEAST_BUFFERS_MB, _MOST_BUFFERS_MB, _SHARE_FOR_BUFFERS = 128, 512, 1 / 16

_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "150",
    "log_line_prefix": "%m [%p] ",
    # Compiling a query costs more than our short queries take.
    "jit": "off",
    # Data sits on the same solid-state disk as the index; the default assumes a spinning one.
    "random_page_cost": "1.1",
}


def _buffers() -> str:
    """Return how much memory the server keeps pages in: a share of the machine's, within bounds."""
    share_mb = int(psutil.virtual_memory().total * _SHARE_FOR_BUFFERS / 2**20)
    return f"{min(max(share_mb, _LEAST_BUFFERS_MB), _MOST_BUFFERS_MB)}MB"


class EmbeddedPostgres:
    """One cluster in ``home``/postgres. ``options`` override server settings (tests: fsync off)."""

    def __init__(
        self, home: Path, engine: Engine, options: Mapping[str, str] | None = None
    ) -> None:
        self._engine = engine
        self._identity = choose_identity(home / "postgres")
        store = reachable_store(home, self._identity)
        self._identity = choose_identity(store / "postgres")
        self.data = store.resolve() / "postgres"
        self.log = store.resolve() / "postgres.log"
        self._settings = {**_SETTINGS, "shared_buffers": _buffers(), **(options or {})}
        self._program = reachable_program(engine.program, engine.parts, self._identity)
        self._sockets: Path | None = None
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, say: Callable[[str], None] = lambda _: None) -> None:
        """Make the cluster when it is new, start the server and wait until it answers a query.

        There is no time limit: after a crash the server reads its log again, and how long that
        takes depends on how much was written. ``say`` is told when that happens.

        Raises:
            ServerCannotRun: the server ended instead of becoming ready, or the data is in use.
        """
        self.data.parent.mkdir(parents=True, exist_ok=True)
        with _locked(self.data.with_suffix(".lock")):
            self._create_cluster()
            self._end_leftover()
            self.spawn()
            self._wait_until_ready(say)

    def spawn(self) -> None:
        """Start the server process and return at once; `is_ready` tells when it answers."""
        self._clear_recycled_pid()
        if self._sockets is None:
            self._sockets = socket_folder(self.data, self._identity)
        settings = [f"-c{name}={value}" for name, value in self._settings.items()]
        with open_log(self.log) as log:
            self.process = spawn(
                [
                    str(self._program),
                    *("-D", str(self.data)),
                    *("-k", str(self._sockets)),
                    *("-p", str(_PORT)),
                    *settings,
                ],
                environment=_ENVIRONMENT,
                identity=self._identity,
                output=log,
                death_signal=signal.SIGINT,
            )

    def is_ready(self) -> bool:
        """Tell whether the server answers a real query now; False while it starts or recovers."""
        try:
            with psycopg.connect(self.url("postgres"), connect_timeout=2) as connection:
                connection.execute("select 1")
        except psycopg.OperationalError:
            return False
        return True

    def ensure_database(self, name: str = DATABASE) -> bool:
        """Create the database when it is absent; return whether it was created."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            found = connection.execute("select 1 from pg_database where datname = %s", [name])
            if found.fetchone():
                return False
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        return True

    def url(self, database: str = DATABASE) -> str:
        host = quote(str(self._sockets or self.data), safe="")
        return f"postgresql://{_SUPERUSER}@/{database}?host={host}&port={_PORT}"

    def stop(self, patience_s: float = 60.0) -> None:
        """End the server: clients are cut off, everything committed is on disk. Idempotent."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(patience_s)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)  # as after a power cut: it recovers
                self.process.wait()
        if self._sockets is not None and self._sockets != self.data:
            shutil.rmtree(self._sockets, ignore_errors=True)
        self._sockets = None

    def _create_cluster(self) -> None:
        if self.data.exists():
            self._require_same_major()
            return
        # Made beside and renamed: an initdb that was killed is never taken for a whole cluster.
        partial = self.data.with_name("postgres.new")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700)
        if self._identity:
            os.chown(partial, self._identity.uid, self._identity.gid)
        with open_log(self.log) as log:
            initdb = spawn(
                [
                    str(self._program.with_name("initdb")),
                    *("-D", str(partial), "-U", _SUPERUSER, "-E", "UTF8", "--locale=C"),
                    *_locale_provider(self._program),
                    *("--auth-local=trust", "--auth-host=scram-sha-256", "--data-checksums"),
                ],
                environment=_ENVIRONMENT,
                identity=self._identity,
                output=log,
            )
        if initdb.wait() != 0:
            raise ServerCannotRun(
                f"initdb could not make a PostgreSQL cluster in {partial}. See {self.log}."
            )
        partial.rename(self.data)

    def _require_same_major(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        present = self._engine.version().split(".", 1)[0]
        if made_by != present:
            raise ServerCannotRun(
                f"The data in {self.data} belongs to PostgreSQL {made_by}, but {present} was found "
                f"({self._engine.origin}). Set TRACSEQ_PG_BIN to the programs of {made_by}, or "
                "dump and restore the data."
            )

    def _wait_until_ready(self, say: Callable[[str], None]) -> None:
        started = time.monotonic()
        said = False
        while not self.is_ready():
            if self.process is None or self.process.poll() is not None:
                raise ServerCannotRun(
                    f"PostgreSQL ended instead of becoming ready. See {self.log}."
                )
            if not said and time.monotonic() - started > _SAY_RECOVERING_AFTER_S:
                say("PostgreSQL is recovering: it reads its log again after an unclean stop.")
                said = True
            time.sleep(_POLL_S)

    def _end_leftover(self) -> None:
        """Ask a server left over by a parent that was killed to stop, and wait for it."""
        leftover = self._postmaster()
        if leftover is None:
            return
        leftover.send_signal(signal.SIGINT)
        try:
            leftover.wait(60)
        except psutil.TimeoutExpired as error:
            raise ServerCannotRun(
                f"Another PostgreSQL (process {leftover.pid}) uses {self.data} and does not stop."
            ) from error

    def _clear_recycled_pid(self) -> None:
        """Remove the pid file only when its number now belongs to something else.

        With a dead number PostgreSQL itself checks pid and shared memory, so the file stays.

        Raises:
            ServerCannotRun: a backend of this cluster is still alive.
        """
        pid = self._recorded_pid()
        if pid is None or not psutil.pid_exists(pid) or self._postmaster() is not None:
            return
        # What a killed server leaves behind ends by itself, on a busy machine a little later.
        _, orphans = psutil.wait_procs(
            list(_processes_in(self.data)), timeout=_ORPHANS_END_WITHIN_S
        )
        if orphans:
            raise ServerCannotRun(f"Process {orphans[0].pid} still works in {self.data}.")
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _postmaster(self) -> psutil.Process | None:
        pid = self._recorded_pid()
        if pid is None:
            return None
        try:
            process = psutil.Process(pid)
            is_server = process.name() == "postgres" and process.cwd() == str(self.data)
            alive = process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return None
        except psutil.AccessDenied:
            return None  # another user's process has taken the number
        return process if is_server and alive else None

    def _recorded_pid(self) -> int | None:
        try:
            first_line = (self.data / "postmaster.pid").read_text().split("\n", 1)[0]
            return abs(int(first_line))  # initdb's stand-alone backends write it negative
        except (FileNotFoundError, ValueError):
            return None


def _locale_provider(program: Path) -> tuple[str, ...]:
    """Return initdb's options for Unicode rules independent of the system (PostgreSQL 17 on)."""
    answer = subprocess.run(
        [str(program.with_name("initdb")), "--help"], capture_output=True, text=True, check=True
    )
    if "--builtin-locale" not in answer.stdout:
        return ()
    return ("--locale-provider=builtin", "--builtin-locale=C.UTF-8")


def _processes_in(folder: Path) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        try:
            if process.status() != psutil.STATUS_ZOMBIE and process.cwd() == str(folder):
                yield process
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the file lock: two starters never run initdb or the server over one folder."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield

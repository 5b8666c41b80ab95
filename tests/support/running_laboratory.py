"""The whole program as people run it: the real supervisor and all its processes."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from jobs.supervisor.services import ROOT

_READY_WITHIN_S = 240.0
_DECIDED_HERE = {"DATABASE_URL", "REDIS_URL", "PORT", "TRACSEQ_ENV"}


@dataclass(frozen=True, slots=True)
class RunningLaboratory:
    """Where it is and who may sign in: ``sign_ins`` maps a role to e-mail and password."""

    url: str
    home: Path
    database_url: str
    sign_ins: Mapping[str, tuple[str, str]]
    log: Path


class LaboratoryProcess:
    """``python -m jobs.supervisor`` over one folder, started and ended at will."""

    def __init__(self, home: Path, environment: Mapping[str, str]) -> None:
        port, live_port = _free_ports()
        self.home = home
        self.url = f"http://127.0.0.1:{port}"
        self.log = home.with_suffix(".log")
        self._environment = {
            **inherited(),
            "PORT": str(port),
            "TRACSEQ_LIVE_PORT": str(live_port),
            "TRACSEQ_HOME": str(home),
            **environment,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it is ready."""
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jobs.supervisor"],
                cwd=ROOT,
                env=self._environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._wait_until_ready(self.process)

    def everyone(self) -> list[psutil.Process]:
        """Return the supervisor and all processes below it."""
        assert self.process is not None
        supervisor = psutil.Process(self.process.pid)
        return [supervisor, *supervisor.children(recursive=True)]

    def stop(self) -> int:
        """Order a stop as Ctrl-C does, wait, and return the exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(120)

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _READY_WITHIN_S
        while time.monotonic() < deadline and process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.url}/health/ready", timeout=2).close()  # noqa: S310
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
            else:
                return
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-60:])
        raise RuntimeError(f"The laboratory did not become ready:\n{tail}")


def inherited() -> dict[str, str]:
    """Return of this process's environment what a laboratory may be told, too."""
    return {
        name: value
        for name, value in os.environ.items()  # noqa: TID251 -- handed on, not read
        if name not in _DECIDED_HERE
    }


@contextmanager
def running_laboratory(
    home: Path, *, database_url: str, redis_url: str, environment: Mapping[str, str]
) -> Iterator[RunningLaboratory]:
    """Run a laboratory over the given servers, with the demonstration's people."""
    told = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, **environment}
    laboratory = LaboratoryProcess(home, told)
    try:
        laboratory.start()
        yield RunningLaboratory(
            url=laboratory.url,
            home=home,
            database_url=database_url,
            sign_ins=_read_sign_ins(home / "secrets" / "demo-sign-ins"),
            log=laboratory.log,
        )
    finally:
        laboratory.stop()


def _read_sign_ins(path: Path) -> dict[str, tuple[str, str]]:
    """Read lines of role, e-mail and password; a role's first person wins."""
    found: dict[str, tuple[str, str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        *role, email, password = line.split()
        found.setdefault(" ".join(role), (email, password))
    return found


def _free_ports() -> tuple[int, int]:
    with socket.socket() as first, socket.socket() as second:
        first.bind(("127.0.0.1", 0))
        second.bind(("127.0.0.1", 0))
        return first.getsockname()[1], second.getsockname()[1]

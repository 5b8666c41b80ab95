"""The whole program as people run it, for browser tests: the real supervisor and its processes."""

import os
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

from jobs.supervisor.services import ROOT

_READY_WITHIN_S = 240.0


@dataclass(frozen=True, slots=True)
class RunningLaboratory:
    """Where it is and who may sign in: ``sign_ins`` maps a role to e-mail and password."""

    url: str
    home: Path
    database_url: str
    sign_ins: Mapping[str, tuple[str, str]]
    log: Path


@contextmanager
def running_laboratory(
    home: Path, *, database_url: str, redis_url: str, environment: Mapping[str, str]
) -> Iterator[RunningLaboratory]:
    """Start ``python -m jobs.supervisor`` over the given servers and wait until it is ready."""
    port, live_port = _free_ports()
    log = home.with_suffix(".log")
    told = {
        **os.environ,  # noqa: TID251 -- handed on, not read
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "PORT": str(port),
        "TRACSEQ_LIVE_PORT": str(live_port),
        "TRACSEQ_HOME": str(home),
        **environment,
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "jobs.supervisor"],
            cwd=ROOT,
            env=told,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(url, process, log)
        yield RunningLaboratory(
            url=url,
            home=home,
            database_url=database_url,
            sign_ins=_read_sign_ins(home / "secrets" / "demo-sign-ins"),
            log=log,
        )
    finally:
        process.terminate()
        process.wait(120)


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _READY_WITHIN_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{url}/health/ready", timeout=2).close()  # noqa: S310
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-60:])
    raise RuntimeError(f"The laboratory did not become ready:\n{tail}")


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

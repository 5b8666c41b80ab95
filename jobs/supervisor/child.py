"""One supervised process: start, restart with growing pauses, stop with everything below it."""

import signal
import subprocess
import time
from collections.abc import Mapping
from typing import Protocol

import psutil

from db.embedded.processes import spawn
from jobs.supervisor.services import ROOT, Service

_FIRST_PAUSE_S = 0.25
_LONGEST_PAUSE_S = 10.0
# Who has lived this long has started well: its next death begins with a short pause again.
_SETTLED_AFTER_S = 20.0


class Startable(Protocol):
    """What the supervisor keeps alive: a service of ours or an embedded server."""

    process: subprocess.Popen[bytes] | None

    def spawn(self) -> None: ...

    def stop(self) -> None: ...


def pause_s(deaths_in_a_row: int) -> float:
    """Return how long to wait before the next start, doubling from 0.25 s up to 10 s."""
    return min(_FIRST_PAUSE_S * 2.0 ** (deaths_in_a_row - 1), _LONGEST_PAUSE_S)


class ServiceProcess:
    """A service of ours; its output is a pipe that the supervisor reads and prefixes."""

    def __init__(self, service: Service, environment: Mapping[str, str]) -> None:
        self.service = service
        self._environment = environment
        self.process: subprocess.Popen[bytes] | None = None

    def spawn(self) -> None:
        self.process = spawn(
            self.service.arguments,
            environment=self._environment,
            output=subprocess.PIPE,
            folder=ROOT,
        )

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        """End it now, with everything below it. Idempotent."""
        if self.process is None:
            return
        below = descendants(self.process.pid)
        self.process.kill()
        self.process.wait()
        end(below)


class Supervised:
    """A startable with its name and its history of deaths."""

    def __init__(self, name: str, startable: Startable) -> None:
        self.name = name
        self.startable = startable
        self._started_at = 0.0
        self._deaths = 0
        self._again_at: float | None = None

    def spawn(self) -> None:
        self.startable.spawn()
        self.mark_started()

    def mark_started(self) -> None:
        self._started_at = time.monotonic()
        self._again_at = None

    @property
    def pid(self) -> int | None:
        process = self.startable.process
        return process.pid if process is not None and process.poll() is None else None

    def has_just_died(self) -> bool:
        """Tell once of each death, and settle when the next start is due."""
        process = self.startable.process
        if process is None or process.poll() is None or self._again_at is not None:
            return False
        lived_s = time.monotonic() - self._started_at
        self._deaths = 1 if lived_s > _SETTLED_AFTER_S else self._deaths + 1
        self._again_at = time.monotonic() + pause_s(self._deaths)
        return True

    def is_due(self) -> bool:
        return self._again_at is not None and time.monotonic() >= self._again_at

    def exit_code(self) -> int | None:
        process = self.startable.process
        return None if process is None else process.returncode


def descendants(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def end(processes: list[psutil.Process]) -> None:
    """Kill the processes that still live and take note of their end."""
    for process in processes:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(processes, timeout=5)

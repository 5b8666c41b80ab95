"""Ends everything the supervisor started when the supervisor itself was killed.

It holds one end of a pipe. A supervisor that stops in order closes its end with nothing left to
end; one that was killed leaves a list of processes behind. Linux also tells direct children that
their parent died, but not theirs (a job in progress), and macOS tells nobody.
"""

import signal
import subprocess
import sys
from contextlib import suppress

import psutil

from jobs.supervisor.child import descendants, end
from jobs.supervisor.services import ROOT

_DATABASE_STOPS_WITHIN_S = 3.0


class Warden:
    """The supervisor's end of the pipe."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "jobs.supervisor.warden"],
            stdin=subprocess.PIPE,
            cwd=ROOT,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def watch(self, pid: int, *, gently: bool = False) -> None:
        """Add a process; ``gently``: a database, which is asked before it is killed."""
        self._tell(f"{'gently' if gently else 'watch'} {pid}\n")

    def forget(self, pid: int) -> None:
        self._tell(f"forget {pid}\n")

    def dismiss(self) -> None:
        """Close the pipe after an orderly stop."""
        if self._process.stdin is not None:
            with suppress(BrokenPipeError):
                self._process.stdin.close()
        self._process.wait()

    def _tell(self, line: str) -> None:
        if self._process.stdin is None:
            return
        with suppress(BrokenPipeError):  # somebody killed the warden: the work goes on without
            self._process.stdin.write(line.encode())
            self._process.stdin.flush()


def main() -> None:
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    watched: dict[int, tuple[psutil.Process, bool]] = {}
    for line in sys.stdin:
        verb, pid = line.split()
        if verb == "forget":
            watched.pop(int(pid), None)
            continue
        with suppress(psutil.NoSuchProcess):
            watched[int(pid)] = (psutil.Process(int(pid)), verb == "gently")
    _end_all(watched)


def _end_all(watched: dict[int, tuple[psutil.Process, bool]]) -> None:
    ours = [process for process, gently in watched.values() if not gently]
    databases = [process for process, gently in watched.values() if gently]
    doomed = [below for process in ours for below in descendants(process.pid)] + ours
    end(doomed)
    for database in databases:
        with suppress(psutil.NoSuchProcess):
            database.send_signal(signal.SIGINT)
    _, alive = psutil.wait_procs(databases, timeout=_DATABASE_STOPS_WITHIN_S)
    for database in alive:
        with suppress(psutil.NoSuchProcess):
            database.send_signal(signal.SIGQUIT)  # as after a power cut: it recovers


if __name__ == "__main__":
    main()

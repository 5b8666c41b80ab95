"""Keeps processes running until it is told to stop, and then leaves none behind."""

import os
import selectors
import signal
import time
from collections.abc import Callable, Sequence
from types import FrameType
from typing import IO

import psutil

from db.embedded.processes import adopt_orphans
from jobs.supervisor.child import ServiceProcess, Supervised, end
from jobs.supervisor.log_lines import readable
from jobs.supervisor.warden import Warden

_TICK_S = 0.2
_SWEEP_EVERY_S = 2.0
_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class StopOrdered(BaseException):
    """SIGTERM, SIGINT or SIGHUP arrived."""


class Supervisor:
    """Owns a list of supervised processes; one thread does everything."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._supervised: list[Supervised] = []
        self._outputs = selectors.DefaultSelector()
        self._partial: dict[str, bytes] = {}
        self._swept_at = 0.0
        adopt_orphans()
        self._warden = Warden()
        for number in _STOP_SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup and `make run &` mean it
                signal.signal(number, _raise_stop)

    def adopt(self, supervised: Supervised) -> None:
        """Take over an embedded server that is already running."""
        self._supervised.append(supervised)
        supervised.mark_started()
        self._watch(supervised)

    def start(self, processes: Sequence[Supervised]) -> None:
        for supervised in processes:
            self._supervised.append(supervised)
            self._spawn(supervised)

    def run(self, each_tick: Callable[[], None] = lambda: None) -> None:
        """Supervise until a stop is ordered. ``each_tick`` is called about five times a second."""
        while True:
            self.tick()
            each_tick()

    def tick(self) -> None:
        """Pass on output for a moment, notice deaths and start again who is due."""
        self._pass_output(_TICK_S)
        for supervised in self._supervised:
            if supervised.has_just_died():
                self._write(f"{supervised.name} ended ({_in_words(supervised.exit_code())})")
                self._sweep()
            if supervised.is_due():
                self._spawn(supervised)
        if time.monotonic() - self._swept_at > _SWEEP_EVERY_S:
            self._sweep()

    def stop(self) -> None:
        """Stop everything in order: services as listed, then the servers in reverse of start."""
        for number in _STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        services = [one for one in self._supervised if isinstance(one.startable, ServiceProcess)]
        servers = [one for one in self._supervised if one not in services]
        for supervised in (*services, *reversed(servers)):
            pid = supervised.pid
            if isinstance(supervised.startable, ServiceProcess):
                self._await_warm_stop(supervised, supervised.startable)
            supervised.startable.stop()
            if pid is not None:
                self._warden.forget(pid)
        self._sweep()
        self._pass_output(0)
        self._warden.dismiss()

    def pids(self) -> dict[str, int]:
        """Return the living processes by name."""
        return {one.name: one.pid for one in self._supervised if one.pid is not None}

    def _await_warm_stop(self, supervised: Supervised, process: ServiceProcess) -> None:
        process.ask_to_stop()
        deadline = time.monotonic() + process.service.patience_s
        while supervised.pid is not None and time.monotonic() < deadline:
            self._pass_output(0.05)  # a full pipe would keep it from ending

    def _spawn(self, supervised: Supervised) -> None:
        supervised.spawn()
        process = supervised.startable.process
        if process is not None and process.stdout is not None:
            os.set_blocking(process.stdout.fileno(), False)
            self._outputs.register(process.stdout, selectors.EVENT_READ, supervised.name)
        self._watch(supervised)

    def _watch(self, supervised: Supervised) -> None:
        if supervised.pid is not None:
            is_server = not isinstance(supervised.startable, ServiceProcess)
            self._warden.watch(supervised.pid, gently=is_server)

    def _sweep(self) -> None:
        """End grandchildren whose parent died: they are ours now, and nobody asked for them."""
        self._swept_at = time.monotonic()
        known = {self._warden.pid, *self.pids().values()}
        known |= {
            one.startable.process.pid for one in self._supervised if one.startable.process
        }  # dead ones too: their Popen still waits for its exit code
        strays = [child for child in psutil.Process().children() if child.pid not in known]
        end(strays)

    def _pass_output(self, wait_s: float) -> None:
        if not self._outputs.get_map():
            time.sleep(wait_s)
            return
        for key, _ in self._outputs.select(wait_s):
            stream: IO[bytes] = key.fileobj  # type: ignore[assignment] # what we registered
            piece = os.read(stream.fileno(), 65536)
            if piece:
                self._write_lines(key.data, piece)
            else:
                self._outputs.unregister(stream)
                stream.close()

    def _write_lines(self, name: str, piece: bytes) -> None:
        *lines, rest = (self._partial.pop(name, b"") + piece).split(b"\n")
        for line in lines:
            for shown in readable(line.decode(errors="replace")):
                self._write(f"{name:<11}| {shown}")
        if rest:
            self._partial[name] = rest


def _raise_stop(number: int, _frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C does not interrupt the stopping
    raise StopOrdered(signal.Signals(number).name)


def _in_words(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        return f"signal {signal.Signals(-exit_code).name}"
    return f"exit code {exit_code}"

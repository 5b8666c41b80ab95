"""The supervisor restarts what dies and leaves no process behind, however it ends itself."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from jobs.supervisor.child import pause_s
from jobs.supervisor.services import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.chaos]


class Laboratory:
    """A toy laboratory in a process of its own, seen from outside."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.toy_laboratory", *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def report(self) -> dict:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def wait_for(self, holds: Callable[[dict], bool], within_s: float = 20) -> dict:
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            report = self.report()
            if holds(report):
                return report
        pytest.fail(f"not within {within_s} s; last seen: {report}")

    def wait_until_whole(self) -> dict:
        """Wait for both services with one grandchild each, and the warden."""
        return self.wait_for(lambda seen: len(seen["named"]) >= 2 and len(seen["everyone"]) >= 5)


@pytest.fixture
def start(open_folder: Path) -> Iterator[Callable[..., Laboratory]]:
    started: list[Laboratory] = []

    def starter(*arguments: str) -> Laboratory:
        started.append(Laboratory(*arguments))
        return started[-1]

    yield starter
    for laboratory in started:
        if laboratory.process.poll() is None:
            laboratory.process.terminate()
        laboratory.process.wait(30)
        assert laboratory.process.stdout is not None
        laboratory.process.stdout.close()


def _left_of(pids: list[int], within_s: float) -> list[int]:
    """Return which of the processes still live after at most ``within_s``."""
    deadline = time.monotonic() + within_s
    left = pids
    while left and time.monotonic() < deadline:
        left = [pid for pid in left if _lives(pid)]
        time.sleep(0.05)
    return left


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_stop_order_leaves_no_process(start: Callable[..., Laboratory]) -> None:
    laboratory = start()
    everyone = laboratory.wait_until_whole()["everyone"]

    laboratory.process.send_signal(signal.SIGTERM)

    assert laboratory.process.wait(20) == 0
    assert _left_of(everyone, within_s=1) == []


def test_a_killed_supervisor_leaves_no_process(
    start: Callable[..., Laboratory], open_folder: Path
) -> None:
    laboratory = start(str(open_folder))
    everyone = laboratory.wait_for(
        lambda seen: len(seen["named"]) == 3 and len(seen["everyone"]) >= 10
    )["everyone"]

    laboratory.process.kill()
    laboratory.process.wait()

    assert _left_of(everyone, within_s=5) == []


def test_a_killed_service_is_started_again_and_its_orphan_ended(
    start: Callable[..., Laboratory],
) -> None:
    laboratory = start()
    seen = laboratory.wait_until_whole()
    victim = seen["named"]["stubborn"]
    orphan = psutil.Process(victim).children()[0].pid

    os.kill(victim, signal.SIGKILL)

    again = laboratory.wait_for(lambda now: now["named"].get("stubborn", victim) != victim)
    assert again["named"]["dutiful"] == seen["named"]["dutiful"]
    assert _left_of([orphan], within_s=3) == []


def test_a_killed_database_is_started_again(
    start: Callable[..., Laboratory], open_folder: Path
) -> None:
    laboratory = start(str(open_folder))
    victim = laboratory.wait_for(lambda seen: "postgres" in seen["named"])["named"]["postgres"]

    os.kill(victim, signal.SIGKILL)

    laboratory.wait_for(lambda now: now["named"].get("postgres", victim) != victim)


def test_pauses_between_starts_double_up_to_ten_seconds() -> None:
    assert [pause_s(deaths) for deaths in range(1, 9)] == [0.25, 0.5, 1, 2, 4, 8, 10, 10]

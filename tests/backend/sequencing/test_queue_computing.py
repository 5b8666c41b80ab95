"""A large queue may take a second core; its limit then counts the seconds of each."""

import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from backend.sequencing.queue_plans import computing
from backend.sequencing.queue_plans.computing import ProcessorWatch, effort_for


@pytest.mark.parametrize(
    ("libraries", "machine", "cores"), [(96, 2, 1), (384, 2, 2), (384, 8, 2), (384, 1, 1)]
)
def test_a_second_core_is_for_large_queues(
    libraries: int, machine: int, cores: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(computing.os, "cpu_count", lambda: machine)

    effort = effort_for(libraries, 30.0)

    assert (effort.limit_s, effort.cores) == (30.0, cores)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a niceness for each thread")
def test_the_thread_on_the_second_core_lets_all_others_go_first() -> None:
    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    before = niceness()
    with ThreadPoolExecutor(1, initializer=effort_for(384, 30.0).step_aside) as second:
        aside = second.submit(niceness).result()

    assert aside > before
    assert niceness() == before


def test_the_watch_shows_the_seconds_of_each_core(monkeypatch: pytest.MonkeyPatch) -> None:
    spent = iter((104.0, 106.0))
    monkeypatch.setattr(time, "process_time", lambda: next(spent))
    watch = ProcessorWatch(began_s=100.0)

    assert watch.spent_s() == pytest.approx(4.0)
    watch.cores = 2
    assert watch.spent_s() == pytest.approx(3.0)

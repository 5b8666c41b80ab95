"""How much of the machine a plan of the queue takes."""

import os
import sys
import threading
import time
from dataclasses import dataclass, field

from backend.sequencing.planning.control import Effort

_MOST_CORES = 2
SECOND_CORE_FROM = 150
"""Libraries from which a second core is worth having.

Measured on generated queues of 48 and of 96, three of each, 20 seconds of each core. At 48 both
come to the same plans, proven where one core proves them, the second for up to three times the
computing. At 96 two of three plans are the same and one is 1.3 % cheaper, but every bound is worse,
by 0.2 to 1.6 %: the steps on the second core keep the proof waiting for the interpreter. From 150
on there are dives besides, which find plans that the proof alone does not.
"""
_ASIDE = 10
"""Niceness of the second core's thread: beside other work it gets about a tenth of a core."""


def effort_for(libraries: int, limit_s: float) -> Effort:
    """Return the effort for a queue: a second core, if there is one, only where it brings more.

    What runs on it steps aside for everything else: a page, or another worker's job, that wants the
    core has it, and the plan is then what one core makes of it.
    """
    is_large = libraries >= SECOND_CORE_FROM
    cores = min(_MOST_CORES, os.cpu_count() or 1) if is_large else 1
    return Effort(limit_s=limit_s, cores=cores, step_aside=step_aside)


def step_aside() -> None:
    """Let everything else go before the thread that calls this.

    Linux keeps a niceness for each thread (sched(7)); elsewhere it would be the whole process's,
    which has pages or the proof waiting for it, so there nothing is done.
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _ASIDE)


@dataclass(slots=True)
class ProcessorWatch:
    """A stop watch of this process's computing, in seconds of each of its cores."""

    cores: int = 1
    began_s: float = field(default_factory=time.process_time)

    def spent_s(self) -> float:
        """Return what was computed since it was started."""
        return (time.process_time() - self.began_s) / self.cores

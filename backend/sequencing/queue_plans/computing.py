"""How much of the machine a plan of the queue takes."""

import os
import time
from dataclasses import dataclass, field

from backend.sequencing.planning.control import Effort

_MOST_CORES = 2


def effort_for(libraries: int, limit_s: float) -> Effort:
    """Return the effort for a queue: a second core, if there is one, only where it is large.

    A smaller queue is planned as well on one, and leaves the other to everybody else's pages.
    """
    is_large = libraries >= Effort().dive_from
    cores = min(_MOST_CORES, os.cpu_count() or 1) if is_large else 1
    return Effort(limit_s=limit_s, cores=cores)


@dataclass(slots=True)
class ProcessorWatch:
    """A stop watch of this process's computing, in seconds of each of its cores."""

    cores: int = 1
    began_s: float = field(default_factory=time.process_time)

    def spent_s(self) -> float:
        """Return what was computed since it was started."""
        return (time.process_time() - self.began_s) / self.cores

"""Keys and states of background work."""

from enum import StrEnum
from typing import Final, NewType
from uuid import UUID

JobId = NewType("JobId", UUID)
ScheduleId = NewType("ScheduleId", UUID)


class JobState(StrEnum):
    """Where a job stands. A cancelled job may still be running until its task notices."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ALIVE: Final = frozenset({JobState.QUEUED, JobState.RUNNING})
"""States of a job to which something will still happen."""


class MissedRunPolicy(StrEnum):
    """What happens to fire times that passed while nobody was there to fire them."""

    SKIP = "skip"
    ONCE = "once"
    ALL = "all"

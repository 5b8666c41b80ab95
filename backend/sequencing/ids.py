"""Keys and closed vocabularies of sequencing."""

from enum import StrEnum
from typing import NewType
from uuid import UUID

InstrumentId = NewType("InstrumentId", UUID)
RunId = NewType("RunId", UUID)
RequestId = NewType("RequestId", UUID)
PoolId = NewType("PoolId", UUID)


class RequestState(StrEnum):
    """Columns of the queue board, in the order of work, and the way off it."""

    WAITING = "waiting"
    POOLED = "pooled"
    PLANNED = "planned"
    RUNNING = "running"
    DEMULTIPLEXED = "demultiplexed"
    QC = "qc"
    DONE = "done"
    CANCELLED = "cancelled"


class RunState(StrEnum):
    """Where a run stands. "Blocked" is not stored: it is what its samples say now."""

    PLANNED = "planned"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"


class PoolState(StrEnum):
    """Whether a pool may be loaded."""

    DRAFT = "draft"
    READY = "ready"
    CANCELLED = "cancelled"


class PoolingMode(StrEnum):
    """By what the libraries of a pool are balanced."""

    EQUIMOLAR = "equimolar"
    BY_READS = "by_reads"
    BY_COVERAGE = "by_coverage"
    BY_MASS = "by_mass"


class ClockStart(StrEnum):
    """From what on a request's turnaround is counted; never before somebody has asked for it."""

    ORDERED = "ordered"
    """From the request."""
    RECEIVED = "received"
    """From the complete order: it is asked for and the last of its samples has arrived."""
    ACCEPTED = "accepted"
    """As soon as the last of its samples has been accepted, too."""


class I5Orientation(StrEnum):
    """How the instrument reads the second index (DOMAIN 2d)."""

    FORWARD = "forward"
    REVERSE_COMPLEMENT = "reverse_complement"

"""What readers of the queue receive."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from backend.sequencing.ids import InstrumentId, RequestId, RequestState


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A request as the board shows it."""

    id: RequestId
    code: str
    project_code: str
    state: RequestState
    libraries: int
    reads_millions: Decimal
    """Reads of all its libraries together, millions."""
    read_length: int
    due_on: date
    run_code: str | None
    lane: int | None
    collisions: Sequence[str]
    """Sentences about index pairs that cannot be told apart within the request."""
    unusable: Sequence[str]
    """Sentences about samples on hold or failed in quality control."""
    requested_by_name: str
    state_since: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the board; ``total`` counts cards that are not shown, too."""

    state: RequestState
    cards: Sequence[Card]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueSummary:
    """The queue in figures."""

    libraries_waiting: int
    pools_ready: int
    runs_planned: int
    runs_blocked: int
    last_run_q30: Decimal | None
    """Percent, of the last run that reported it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunBar:
    """A run on the calendar. ``state`` is a RunState, or "blocked" for a plan that cannot start."""

    instrument: str
    run_code: str
    start: datetime
    end: datetime
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentView:
    """A sequencer in service."""

    id: InstrumentId
    name: str
    model: str
    lanes: int
    usable_reads_millions: float
    """What may be planned on one lane, millions."""

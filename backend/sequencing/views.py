"""What readers of the queue receive."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from backend.sequencing.ids import InstrumentId, PoolId, RequestId, RequestState


@dataclass(frozen=True, slots=True)
class LanePlace:
    """Where a pool stands."""

    pool_code: str
    run_code: str
    lane: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolLine:
    """A pool that may be put on a lane."""

    id: PoolId
    code: str
    name: str
    project_codes: Sequence[str]
    request_codes: Sequence[str]
    libraries: int
    reads_millions: Decimal
    """Reads of all its libraries together, millions."""
    read_lengths: Sequence[int]
    phix_percent: Decimal


class OnLane(Protocol):
    """A library of a pool on a lane, as far as its index decides where it may stand."""

    @property
    def lane(self) -> int: ...
    @property
    def pool_code(self) -> str: ...
    @property
    def barcode(self) -> str: ...
    @property
    def index_i7(self) -> str: ...
    @property
    def index_i5(self) -> str | None: ...
    @property
    def reads_millions(self) -> Decimal: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneLibrary:
    """A library on a lane of a run, as its sample sheet and its results name it."""

    lane: int
    pool_code: str
    request_code: str
    project_code: str
    sample_id: UUID
    barcode: str
    name: str
    index_i7: str
    index_i5: str | None
    """Forward, as the kit's sheet writes it."""
    reads_millions: Decimal
    """Reads wanted of it from this lane, millions."""
    read_length: int


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
    pools: Sequence[str]
    places: Sequence[LanePlace]
    """Lanes of runs that are planned, running or finished."""
    collisions: Sequence[str]
    """Sentences about index pairs that cannot be told apart within the request."""
    unusable: Sequence[str]
    """Sentences about samples on hold or failed in quality control."""
    requested_by_name: str
    state_since: datetime
    version: int
    assay: str = ""
    """Key of the assay that is asked for; "" for none."""
    assay_name: str = ""
    derivation: str = ""
    """How its reads come about, where a coverage was asked for."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the board; ``total`` counts cards that are not shown, too.

    ``long_done`` are those besides, of Done, that have left the board.
    """

    state: RequestState
    cards: Sequence[Card]
    total: int
    long_done: int = 0


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
    """A booking on the calendar.

    ``state`` is a RunState, "blocked" for a plan that cannot start, or "service": no run then, its
    code is "" and ``why`` says what is done.
    """

    instrument: str
    run_code: str
    start: datetime
    end: datetime
    state: str
    why: str = ""
    service_id: UUID | None = None

    @property
    def label(self) -> str:
        """Return what its bar is called."""
        return self.run_code or self.state


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentView:
    """A sequencer in service."""

    id: InstrumentId
    name: str
    make: str
    """Key of the flow cell that it is booked with, among the reference data."""
    model: str
    """What people call the make."""
    lanes: int
    usable_reads_millions: float
    """What may be planned on one lane, millions."""
    flow_cells: Sequence["FlowCellView"] = ()
    """Of its make, its own first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowCellView:
    """A flow cell that an instrument takes, and whether the laboratory keeps it for that."""

    key: str
    name: str
    lanes: int
    usable_reads_millions: float
    """What may be planned on one lane, millions."""
    is_kept: bool

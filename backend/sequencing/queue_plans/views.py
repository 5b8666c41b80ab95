"""What readers of queue plans receive."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from backend.sequencing.queue_plans.ids import QueuePinId, QueuePlanId, QueuePlanState
from backend.sequencing.reference.content import QueuePlanningContent


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLibrary:
    """A library of a plan, on a lane or left out."""

    request_id: UUID
    sample_id: UUID
    request_code: str
    project_code: str
    barcode: str
    name: str
    reads_millions: Decimal
    read_length: int
    due_on: date
    is_pinned: bool
    late_days: float
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunTakes:
    """How long runs of an instrument with a flow cell were planned, hours, and who says so."""

    instrument: str
    hours: float
    source: str
    flow_cell: str = ""
    """Its name."""
    dearness: float = 1.0
    """How many times as dear a run is as with the instrument's first flow cell."""
    dear_by: str = ""
    """By what that was reckoned; "" for the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSettings:
    """By what a plan was made; ``number`` None is by the usual settings, for want of own ones."""

    number: int | None
    content: QueuePlanningContent
    runs: tuple[RunTakes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLane:
    """A lane with its libraries, in the order of requests."""

    lane: int
    libraries: tuple[PlannedLibrary, ...]
    reads_millions: Decimal
    usable_reads_millions: float
    aboard_millions: float = 0.0
    """Reads that were on it before, of a run that is booked, millions."""

    @property
    def fill(self) -> float:
        """Share of the usable reads that is planned, 0-1."""
        usable = self.usable_reads_millions
        return (float(self.reads_millions) + self.aboard_millions) / usable if usable else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRun:
    """A run of a plan; ``run_code`` once it is booked, or where it was before."""

    id: UUID
    instrument_id: UUID
    instrument: str
    lanes_total: int
    start_at: datetime
    end_at: datetime
    run_code: str
    lanes: tuple[PlanLane, ...]
    flow_cell: str = ""
    """Name of what it is loaded with."""
    sizes: tuple[str, ...] = ()
    """Why no other size: what each other flow cell would bring."""
    is_top_up: bool = False
    """Whether it was booked before the plan: libraries come to what is on its lanes."""

    @property
    def libraries(self) -> int:
        """Number of its libraries."""
        return sum(len(lane.libraries) for lane in self.lanes)


@dataclass(frozen=True, slots=True, kw_only=True)
class PinView:
    """A pin in words' parts; ``barcode`` "" is the whole request, ``lane`` None any lane."""

    id: QueuePinId
    request_code: str
    barcode: str
    instrument: str
    start_at: datetime
    lane: int | None
    is_away: bool
    made_by_name: str
    flow_cell: str = ""
    """Name of what the run is to be loaded with; "" is any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePlanView:
    """A plan; figures are None until it is ready. Costs are in days that one library is late."""

    id: QueuePlanId
    job_id: UUID
    state: QueuePlanState
    asked_by_name: str
    created_at: datetime
    begins_at: datetime
    limit_s: float
    request_count: int | None
    """Requests that were chosen; None for all that wait."""
    objective: float | None
    greedy_objective: float | None
    bound: float | None
    gap: float | None
    parts: dict[str, float]
    seconds: float | None
    made_at: datetime | None
    closed_by_name: str
    problem_digest: str
    settings: PlanSettings | None = None
    """None until it is ready."""
    runs: tuple[PlanRun, ...] = ()
    left_out: tuple[PlannedLibrary, ...] = ()
    unkept: tuple[str, ...] = field(default=())
    hidden: int = 0
    """Libraries of projects that are not the reader's."""

    @property
    def late(self) -> tuple[PlannedLibrary, ...]:
        """Libraries that their run would bring late, the latest first."""
        found = [
            library
            for run in self.runs
            for lane in run.lanes
            for library in lane.libraries
            if library.late_days > 0
        ]
        return tuple(sorted(found, key=lambda each: -each.late_days))


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePlanAcceptance:
    """What an acceptance booked, and the booked runs that libraries came onto."""

    runs: tuple[str, ...]
    topped_up: tuple[str, ...]
    declined: int

"""What readers of turnaround receive; days are the laboratory's working days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from backend.core.shares import Interval
from backend.sequencing.ids import ClockStart, RequestState
from backend.sequencing.turnaround.estimates import Step
from backend.sequencing.turnaround.outlooks import Remaining
from backend.sequencing.turnaround.scoring import Lack, Score


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTime:
    """Time in one column of the board."""

    state: RequestState
    passed: int
    """Stays that ended."""
    open: int
    median_days: float | None
    p75_days: float | None
    share: float | None
    """Of all counted time, 0 to 1; None before any was counted."""
    target_days: float
    is_queue: bool
    """Whether a request waits there for its turn, or something is done with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssayTime:
    """How long the requests of one assay take, open ones counted."""

    name: str
    done: int
    open: int
    median_days: float | None
    p90_days: float | None
    target_days: float
    is_promised: bool
    """Whether the target is the assay's own, not that of all requests."""
    within: Interval | None
    decided: int
    """Requests of which it is known whether they kept the target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtRisk:
    """An open request that is late, or expected to be."""

    code: str
    project_code: str
    state: RequestState
    age_days: float
    stage_days: float
    due_on: date
    expected_on: date | None
    """None for a request that is late already and of whose end nothing can be said."""
    is_late: bool
    between: tuple[date, date] | None = None
    """Four of five requests like it end between these days; None where it was not predicted."""
    likely_by: date | None = None
    """By this day 80 % of requests like it have ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """The newest forecast of ends, or why there is none to go by."""

    made_at: datetime | None = None
    finished: int = 0
    """Finished requests it rests on."""
    score: Score | None = None
    lack: Lack | None = None
    left: Mapping[RequestState, Remaining] = field(default_factory=dict)
    """What is left of a request that has just entered a column; nothing where ``lack`` says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turnaround:
    """A period's requests: how long they take, open ones counted."""

    done: int
    open: int
    median_days: float | None
    p75_days: float | None
    p90_days: float | None
    median_of_done: float | None
    """What finished requests alone would say."""
    target_days: float
    within: Interval | None
    decided: int
    """Requests of which it is known whether they kept the target."""
    oldest_open_days: float | None
    ages: Sequence[tuple[str, int]]
    """Open requests by age."""
    curve: Sequence[Step]
    stages: Sequence[StageTime]
    waiting_share: float | None
    """Of all counted time, what was spent in queues, 0 to 1; None before any was counted."""
    rework: Interval | None
    """Of the requests whose run has ended, those that went back to be done again."""
    assays: Sequence[AssayTime]
    """The assay with the most requests first; those without any are not among them."""
    at_risk: Sequence[AtRisk]
    by_history: bool
    """Whether ends are expected from finished requests, or from the targets of the columns."""
    done_a_day: float
    """Finished requests a working day of the period."""
    starts: ClockStart
    """From what on days are counted, where an assay says nothing else."""
    not_started: int
    """Open requests whose clock has not begun: samples of theirs are missing."""
    terms_version: int
    prediction: Prediction

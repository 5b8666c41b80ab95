"""What readers of turnaround receive; days are the laboratory's working days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from backend.core.shares import Interval
from backend.sequencing.ids import RequestState
from backend.sequencing.turnaround.estimates import Step


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
    at_risk: Sequence[AtRisk]
    by_history: bool
    """Whether ends are expected from finished requests, or from the targets of the columns."""
    done_a_day: float
    """Finished requests a working day of the period."""
    terms_version: int

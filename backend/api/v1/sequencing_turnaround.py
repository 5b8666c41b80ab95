"""Turnaround: how long requests take, open ones counted, and which are at risk."""

from datetime import date
from zoneinfo import ZoneInfo

from backend.api.routing import ApiOutput, Call, Route
from backend.auth import queries as auth_queries
from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.sequencing.ids import RequestState
from backend.sequencing.turnaround import queries


class ShareOut(ApiOutput):
    """A share 0–1 with the bounds that hold it with 95 % confidence."""

    share: float
    low: float
    high: float


class StageTimeOut(ApiOutput):
    """Time in one column of the board; null where too many stays are open to say it."""

    state: RequestState
    passed: int
    open: int
    median_days: float | None
    p75_days: float | None
    share: float | None
    target_days: float


class AssayTimeOut(ApiOutput):
    """Requests of one assay; ``is_promised`` where the target is its own."""

    name: str
    done: int
    open: int
    median_days: float | None
    p90_days: float | None
    target_days: float
    is_promised: bool
    within: ShareOut | None
    decided: int


class AtRiskOut(ApiOutput):
    """An open request that is late, or expected to be."""

    code: str
    project_code: str
    state: RequestState
    age_days: float
    stage_days: float
    due_on: date
    expected_on: date | None
    is_late: bool
    between: tuple[date, date] | None


class TurnaroundOut(ApiOutput):
    """Requests of the last half year, and all open ones; days are working days.

    A quantile is null where too many are open still. ``median_of_done`` is what finished ones alone
    would say.
    """

    done: int
    open: int
    median_days: float | None
    p75_days: float | None
    p90_days: float | None
    median_of_done: float | None
    target_days: float
    within: ShareOut | None
    decided: int
    oldest_open_days: float | None
    stages: tuple[StageTimeOut, ...]
    assays: tuple[AssayTimeOut, ...]
    at_risk: tuple[AtRiskOut, ...]
    terms_version: int


def get_turnaround(call: Call) -> TurnaroundOut:
    """Return the turnaround of the caller's projects."""
    with reading() as session:
        laboratory = auth_queries.get_laboratory(session)
        zone = ZoneInfo(laboratory.time_zone if laboratory else call.settings.time_zone)
        found = queries.turnaround(session, call.caller, zone=zone)
    return TurnaroundOut.model_validate(found)


ROUTES = (
    Route(
        method="GET",
        path="/api/v1/sequencing/turnaround",
        handler=get_turnaround,
        access=Permission.SEQUENCING_VIEW,
        summary="How long requests take in working days, open ones counted, and which are at risk",
        tag="Sequencing",
        answer=TurnaroundOut,
    ),
)

"""The way of a sample through the laboratory, from the steps that it took. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.samples.ids import Status
from backend.samples.views import TransitionView

MAIN_WAY = (
    Status.PENDING,
    Status.VALIDATED,
    Status.IN_STORAGE,
    Status.IN_SEQUENCING,
    Status.COMPLETED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A stop on the way; ``at`` is None for one that is not reached yet."""

    status: str
    at: datetime | None
    by: str
    is_current: bool
    lasted: timedelta | None
    """Until the next stop, or until now for the current one."""


def way_of(
    steps: Sequence[TransitionView],
    *,
    status: str,
    registered_at: datetime,
    since: datetime,
    now: datetime,
) -> list[Stage]:
    """Return the stops of a sample in order: those it made, where it is since when, those ahead.

    A stop that was made twice, as by taking a tube out and putting it back, counts from its last
    time. What left the way (rejected, failed, discarded, archived) ends it: nothing is ahead.
    """
    arrivals = {Status.PENDING.value: (registered_at, "")}
    for step in steps:
        if step.to_status != step.from_status:
            arrivals[step.to_status] = (step.at, step.actor_name)
    arrivals.setdefault(status, (since, ""))
    made = [name for name in MAIN_WAY if name in arrivals and _comes_before(name, status)]
    stops = [(name, *arrivals[name]) for name in (*made, status)]
    ends = [at for _, at, _ in stops[1:]] + [now]
    reached = [
        Stage(
            status=name,
            at=at,
            by=by,
            is_current=name == status,
            # Going back and forth, a sample can have reached a later stop before an earlier one.
            lasted=end - at if end >= at else None,
        )
        for (name, at, by), end in zip(stops, ends, strict=True)
    ]
    return reached + [
        Stage(status=name, at=None, by="", is_current=False, lasted=None) for name in _ahead(status)
    ]


def _comes_before(name: str, status: str) -> bool:
    """Say whether a stop of the main way lies before a status; all do before one off the way."""
    order = [each.value for each in MAIN_WAY]
    return status not in order or order.index(name) < order.index(status)


def _ahead(status: str) -> Sequence[str]:
    order = [each.value for each in MAIN_WAY]
    return order[order.index(status) + 1 :] if status in order else []

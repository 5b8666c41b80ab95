"""How good the outlooks would have been: each past instant sees only its own past. No I/O."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.sequencing.turnaround import estimates
from backend.sequencing.turnaround.outlooks import Remaining, Stays, landmark
from backend.sequencing.turnaround.scoring import Score
from backend.sequencing.turnaround.trails import Known, Trail

LEAST_AT_ORIGIN = 20
"""Finished requests from which a past instant is tried."""
EVERY = timedelta(days=7)
_UNDECIDED = 0.1
"""An instant of whose cases more than this are not decided yet would count the fast ones only."""


@dataclass(frozen=True, slots=True)
class _Case:
    covered: bool
    error: float | None
    error_plain: float | None


def score(trails: Sequence[Trail], *, first: datetime, now: datetime) -> Score:
    """Try the method at an instant of every week from ``first`` on, in order of time."""
    ends = [trail.known_at(now) for trail in trails]
    origins = 0
    requests: set[str] = set()
    cases: list[_Case] = []
    at = first
    while at < now:
        found = _tried(trails, ends, at, now)
        if found:
            origins += 1
            requests |= found.keys()
            cases.extend(found.values())
        at += EVERY
    errors = [
        (each.error, each.error_plain)
        for each in cases
        if each.error is not None and each.error_plain is not None
    ]
    return Score(
        origins=origins,
        cases=len(cases),
        requests=len(requests),
        covered=sum(each.covered for each in cases),
        compared=len(errors),
        mae_days=_mean([mine for mine, _ in errors]),
        mae_plain_days=_mean([plain for _, plain in errors]),
    )


def _tried(
    trails: Sequence[Trail], ends: Sequence[Known], at: datetime, now: datetime
) -> dict[str, _Case]:
    """Return the cases of one instant by request; none where it says nothing."""
    seen = [trail.known_at(at) for trail in trails]
    if sum(each.done for each in seen) < LEAST_AT_ORIGIN:
        return {}
    stays = Stays(seen)
    curve = estimates.open_curve([each.case for each in seen if each.visits])
    found, undecided = {}, 0
    for trail, then, end in zip(trails, seen, ends, strict=True):
        # A request that was cancelled later has no end that could have been foreseen.
        if not then.is_open or end.gone:
            continue
        predicted = _predicted(stays, then)
        if predicted is None:
            continue
        days = (end.age if end.done else trail.days_until(now)) - then.age
        if not end.done and days <= predicted.p90:
            undecided += 1
            continue
        plain = estimates.median_left(curve, then.age)
        found[trail.code] = _Case(
            covered=end.done and predicted.p10 <= days <= predicted.p90,
            error=abs(predicted.p50 - days) if end.done else None,
            error_plain=abs(plain - days) if end.done and plain is not None else None,
        )
    return found if undecided <= _UNDECIDED * (undecided + len(found)) else {}


def _predicted(stays: Stays, then: Known) -> Remaining | None:
    last = then.visits[-1]
    number, since = landmark(last.stayed)
    found = stays.at_landmark(last.state, number)
    return None if found is None else found.after(since)


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None

"""How long work takes when some of it is not finished yet. No I/O.

The median of finished cases alone flatters: the slow ones are still open. The product-limit
estimate counts an open case as "at least so long": E. L. Kaplan and P. Meier, "Nonparametric
estimation from incomplete observations", Journal of the American Statistical Association 53 (1958),
457-481.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from backend.core.shares import Interval, wilson

_TOLERANCE = 1e-9
"""Shares come from products of fractions, so a half may miss a half in its last bit."""


@dataclass(frozen=True, slots=True)
class Case:
    """How long something took, working days; ``done`` False: so long, and not over yet."""

    days: float
    done: bool


@dataclass(frozen=True, slots=True)
class Step:
    """From ``days`` on, ``open_share`` of all cases are still open."""

    days: float
    open_share: float


def open_curve(cases: Sequence[Case]) -> list[Step]:
    """Return the share still open after each number of days at which something was finished.

    Starts with everything open at 0. A case that is open at the very instant another is finished
    counts among those that might have been.
    """
    finished = Counter(case.days for case in cases if case.done)
    lengths = sorted(case.days for case in cases)
    share = 1.0
    steps = [Step(0.0, 1.0)]
    for days in sorted(finished):
        at_risk = len(lengths) - bisect_left(lengths, days)
        share *= 1 - finished[days] / at_risk
        steps.append(Step(days, share))
    return steps


def quantile(steps: Sequence[Step], share_done: float) -> float | None:
    """Return the days after which ``share_done`` of the cases are finished.

    None where the curve does not come down so far: too much is open still.
    """
    for step in steps:
        if step.open_share <= 1 - share_done + _TOLERANCE:
            return step.days
    return None


def median_left(steps: Sequence[Step], age_days: float) -> float | None:
    """Return the days after which half of the cases that are as old as this one are finished."""
    now = next((s.open_share for s in reversed(steps) if s.days <= age_days), 1.0)
    if now <= _TOLERANCE:
        return None
    for step in steps:
        if step.days > age_days and step.open_share <= now / 2 + _TOLERANCE:
            return step.days - age_days
    return None


def within(cases: Sequence[Case], target_days: float) -> tuple[Interval | None, int]:
    """Return the share finished within a target, and how many cases that is known of.

    An open case older than the target has missed it; a younger one is not decided yet.
    """
    known = [case for case in cases if case.done or case.days > target_days]
    kept = sum(case.done and case.days <= target_days for case in known)
    return wilson(kept, len(known)), len(known)

"""The numbers behind the key figures: pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from backend.samples.views import DayFlow
from backend.storage.views import DayOccupancy

USUAL_DAYS = 28
LEAST_DAYS = 5
SATURDAY = 5
NOT_HELD = frozenset({"discarded", "rejected"})


@dataclass(frozen=True, slots=True)
class Today:
    """Registrations of today against a usual day; ``usual`` is None with too little history."""

    registered: int
    usual: float | None


def today_against_usual(days: Sequence[DayFlow], today: date) -> Today:
    """Return today's registrations and the median of the same kind of day, weekday or weekend."""
    weekend = is_weekend(today)
    registered = sum(day.registered for day in days if day.day == today)
    before = [
        day.registered
        for day in days
        if 0 < (today - day.day).days <= USUAL_DAYS and is_weekend(day.day) == weekend
    ]
    return Today(registered, median(before) if len(before) >= LEAST_DAYS else None)


def held(counts: Mapping[str, int]) -> int:
    """Return how many samples are in the laboratory's hands."""
    return sum(number for status, number in counts.items() if status not in NOT_HELD)


def is_weekend(day: date) -> bool:
    """Say whether a day is a Saturday or a Sunday."""
    return day.weekday() >= SATURDAY


def used_shares(history: Sequence[DayOccupancy]) -> list[float]:
    """Return the share of all positions in use, 0–1, on each day that was measured, in order."""
    sums: defaultdict[date, list[int]] = defaultdict(lambda: [0, 0])
    for zone in history:
        sums[zone.day][0] += zone.used
        sums[zone.day][1] += zone.capacity
    return [used / capacity for _, (used, capacity) in sorted(sums.items()) if capacity]

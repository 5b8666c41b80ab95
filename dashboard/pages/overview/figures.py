"""The numbers behind the key figures: pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from backend.samples.views import DayFlow

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
    weekend = today.weekday() >= SATURDAY
    registered = sum(day.registered for day in days if day.day == today)
    before = [
        day.registered
        for day in days
        if 0 < (today - day.day).days <= USUAL_DAYS and (day.day.weekday() >= SATURDAY) == weekend
    ]
    return Today(registered, median(before) if len(before) >= LEAST_DAYS else None)


def held(counts: dict[str, int]) -> int:
    """Return how many samples are in the laboratory's hands."""
    return sum(number for status, number in counts.items() if status not in NOT_HELD)

"""How many working days a request still takes, by its column and its time there. No I/O.

Landmarking: of all stays in a column that lasted at least ``t`` days, the days from then to Done,
those still open counted as "at least so long" (estimates.open_curve). It needs no assumption that
columns follow one another independently, and what went back for a repeat counts with the time it
took. H. C. van Houwelingen, "Dynamic prediction by landmarking in event history analysis",
Scandinavian Journal of Statistics 34 (2007), 70-85.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from backend.sequencing.ids import RequestState
from backend.sequencing.turnaround import estimates
from backend.sequencing.turnaround.estimates import Case
from backend.sequencing.turnaround.trails import Known

METHOD = "landmark 1"
STEP_DAYS = 0.5
"""Landmarks lie so far apart; between them the days passed since are taken off."""
LEAST = 15
"""Stays a landmark rests on; an 80 % interval needs nine at the very least."""
_LONGEST_DAYS = 120


@dataclass(frozen=True, slots=True)
class Remaining:
    """Working days to Done at four shares of the cases, of ``n`` stays like it."""

    n: int
    p10: float
    p50: float
    p80: float
    p90: float

    def after(self, days: float) -> Self:
        """Return what is left ``days`` later; nothing takes less than no time."""
        left = [max(0.0, each - days) for each in (self.p10, self.p50, self.p80, self.p90)]
        return type(self)(self.n, *left)


Outlooks = Mapping[RequestState, Sequence[Remaining | None]]
"""By column, one for each landmark from 0 on; None where too many were open still."""


class Stays:
    """All stays of a set of requests by column, with what came after each."""

    def __init__(self, known: Iterable[Known]) -> None:
        self._of: defaultdict[RequestState, list[tuple[float, float, bool]]] = defaultdict(list)
        for each in known:
            for visit in each.visits:
                to_end = each.age - visit.entered
                self._of[visit.state].append((visit.stayed, to_end, each.done))
        self._made: dict[tuple[RequestState, int], Remaining | None] = {}

    def at_landmark(self, state: RequestState, number: int) -> Remaining | None:
        """Return what is left of requests that have stood ``number`` landmarks in a column."""
        key = (state, number)
        if key not in self._made:
            self._made[key] = self._computed(state, number)
        return self._made[key]

    def reaching(self, state: RequestState, number: int) -> int:
        """Return how many stays in a column lasted to a landmark."""
        return sum(stayed >= number * STEP_DAYS for stayed, _, _ in self._of[state])

    def _computed(self, state: RequestState, number: int) -> Remaining | None:
        since = number * STEP_DAYS
        cases = [
            Case(to_end - since, done)
            for stayed, to_end, done in self._of[state]
            if stayed >= since
        ]
        n = len(cases)
        if n < LEAST:
            return None
        curve = estimates.open_curve(cases)
        # The next one lies between the k-th and the m-th of n with (m - k) / (n + 1): the bounds
        # are taken one rank further out than the shares of n say.
        shares = (math.floor((n + 1) * 0.1) / n, 0.5, 0.8, math.ceil((n + 1) * 0.9) / n)
        p10, p50, p80, p90 = (estimates.quantile(curve, share) for share in shares)
        if p10 is None or p50 is None or p80 is None or p90 is None:
            return None
        return Remaining(n, p10, p50, p80, p90)


def fit(known: Iterable[Known], states: Iterable[RequestState]) -> Outlooks:
    """Return the outlook of every column at every landmark that enough stays reached."""
    stays = Stays(known)
    found: dict[RequestState, list[Remaining | None]] = {}
    for state in states:
        numbers = range(int(_LONGEST_DAYS / STEP_DAYS))
        reached = [number for number in numbers if stays.reaching(state, number) >= LEAST]
        found[state] = [stays.at_landmark(state, number) for number in reached]
    return found


def landmark(days_in_column: float) -> tuple[int, float]:
    """Return the last landmark passed, and the days since."""
    number = int(days_in_column / STEP_DAYS)
    return number, days_in_column - number * STEP_DAYS


def remaining(outlooks: Outlooks, state: RequestState, days_in_column: float) -> Remaining | None:
    """Return what is left of a request; None where too few like it were seen to their end."""
    number, since = landmark(days_in_column)
    of_state = outlooks.get(state, ())
    found = of_state[number] if number < len(of_state) else None
    return None if found is None else found.after(since)

"""What a trial of the outlooks on the past came to, and whether it is good enough. No I/O."""

from dataclasses import dataclass
from enum import StrEnum

from backend.core.shares import Interval, wilson

ENOUGH = 30
"""Finished requests, and past cases, below which no number is given (DOMAIN 2j)."""
COVERAGE = 0.8
COVERAGE_OFF = 0.1
"""So far the measured coverage may lie from 80 % before the interval is not to be trusted."""


class Lack(StrEnum):
    """Why there is no prediction."""

    NEVER_MADE = "never_made"
    TERMS_CHANGED = "terms_changed"
    TOO_FEW_FINISHED = "too_few_finished"
    TOO_FEW_TRIED = "too_few_tried"
    INTERVAL_OFF = "interval_off"
    NOT_BETTER = "not_better"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What came of the past cases; errors are absolute, in working days."""

    origins: int
    cases: int
    requests: int
    """A request is tried at every instant at which it was open."""
    covered: int
    """Cases whose end lay within the 80 % interval."""
    compared: int
    """Cases with an end that both methods had foreseen."""
    mae_days: float | None
    mae_plain_days: float | None
    """Of the plain median of all requests of the same age."""

    @property
    def coverage(self) -> Interval | None:
        """Share of ends within the interval, with its own 95 % bounds."""
        return wilson(self.covered, self.cases)


def lack_of(score: Score, finished: int) -> Lack | None:
    """Return why the outlooks are not to be shown; None where they are."""
    if finished < ENOUGH:
        return Lack.TOO_FEW_FINISHED
    coverage = score.coverage
    if coverage is None or score.cases < ENOUGH:
        return Lack.TOO_FEW_TRIED
    if abs(coverage.share - COVERAGE) > COVERAGE_OFF:
        return Lack.INTERVAL_OFF
    if score.mae_days is None or score.mae_plain_days is None:
        return Lack.TOO_FEW_TRIED
    return Lack.NOT_BETTER if score.mae_days > score.mae_plain_days else None

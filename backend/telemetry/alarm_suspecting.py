"""What can be told of a sensor without its readings: whether they are worth a closer look."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from backend.telemetry.alarm_terms import Terms
from backend.telemetry.ids import AlarmKind


@dataclass(frozen=True, slots=True)
class Span:
    """What a sensor said last, and the least and the most of its latest stretch."""

    newest: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """The innermost limits of some rules: within all of them no reading is remarkable."""

    above: float
    below: float
    rise: float
    apart: float

    @classmethod
    def of(cls, terms: Sequence[Terms]) -> "Bars":
        """Return the innermost limits of rules; infinite where there is none of a kind."""

        def limits(*kinds: AlarmKind) -> list[float]:
            return [each.limit for each in terms if each.kind in kinds]

        return cls(
            above=min(limits(AlarmKind.HIGH, AlarmKind.DOOR), default=inf),
            below=max(limits(AlarmKind.LOW), default=-inf),
            rise=min(limits(AlarmKind.RATE), default=inf),
            apart=min(limits(AlarmKind.DISAGREE), default=inf),
        )

    def may_be_passed(self, span: Span, beside: Span | None = None) -> bool:
        """Say whether readings of this span can be remarkable (alarm_judging); no is for certain.

        No rise over a window is more than the whole stretch's, no reading further from the air
        beside it than the extremes of both.
        """
        # Asked the other way round, so that what is no number is looked at closely.
        is_within = (
            self.below <= span.newest <= self.above
            and span.high - span.low <= self.rise
            and (
                beside is None or max(span.high - beside.low, beside.high - span.low) <= self.apart
            )
        )
        return not is_within

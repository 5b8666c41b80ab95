"""Which limits held when: rules are versions, so what was out of range then stays so. Pure.

The limits with which a sensor was connected never change, and a default holds from the beginning.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.telemetry import alarm_judging, alarm_terms
from backend.telemetry.alarm_terms import SensorTraits, Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A version of a rule and since when it is the newest one of its key."""

    terms: Terms
    set_at: datetime
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsThen:
    """Below ``low`` or above ``high`` was out of range then; None: no such limit."""

    start: datetime
    end: datetime
    low: float | None
    high: float | None


def limits_over(
    sensor: SensorTraits, history: Sequence[Dated], start: datetime, end: datetime
) -> list[LimitsThen]:
    """Return a sensor's limits from ``start`` to ``end``, without a gap, oldest first.

    ``history`` holds every version of every rule, oldest first. Stretches with the same limits are
    one.
    """
    turns = sorted({each.set_at for each in history if start < each.set_at < end})
    found: list[LimitsThen] = []
    for since, until in zip([start, *turns], [*turns, end], strict=True):
        low, high = alarm_judging.limits_of(
            alarm_terms.terms_for(sensor, _in_force_at(history, since))
        )
        if found and (found[-1].low, found[-1].high) == (low, high):
            since = found.pop().start  # noqa: PLW2901 -- the stretch before goes on
        found.append(LimitsThen(start=since, end=until, low=low, high=high))
    return found


def _in_force_at(history: Sequence[Dated], at: datetime) -> list[Terms]:
    newest = {each.terms.key: each for each in history if each.set_at <= at}
    return alarm_terms.in_force(
        [each.terms for each in newest.values() if not each.is_withdrawn],
        retired=[key for key, each in newest.items() if each.is_withdrawn],
    )

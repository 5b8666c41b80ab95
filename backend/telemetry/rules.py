"""When a temperature is an alarm, when the alarm is over, and when silence means not knowing.

From DOMAIN 2h: an alarm needs the whole delay, is over inside the limit by a deadband for some
minutes, and stays until somebody has acknowledged it. Time is that of the readings: checks that
come late or twice change nothing.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from backend.telemetry.views import ReadingPoint

SILENT_AFTER = timedelta(minutes=10)
"""Ten readings of a minute missed."""
RATE_WINDOW = timedelta(minutes=15)
FUTURE_TOLERANCE = timedelta(minutes=5)
"""A logger's clock may be ahead so far."""
MOST_POINTS = 480

NO_DATA_CODES = frozenset({-127.0, 85.0, 850.0})
"""What common probes send when they are broken off, just powered up, or out of range."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmLimits:
    """Above ``high_c``, or below ``low_c`` where there is one, for ``delay`` it is an alarm.

    It is over when the temperature is inside by ``deadband_c``, which has to fit between the two,
    for ``stable_for``.
    The low side may have a delay and a deadband of its own.
    """

    high_c: float
    deadband_c: float
    delay: timedelta
    stable_for: timedelta
    low_c: float | None = None
    low_delay: timedelta | None = None
    low_deadband_c: float | None = None

    def is_warm(self, temperature_c: float) -> bool:
        return temperature_c > self.high_c

    def is_cold(self, temperature_c: float) -> bool:
        return self.low_c is not None and temperature_c < self.low_c

    def is_outside(self, temperature_c: float) -> bool:
        return self.is_warm(temperature_c) or self.is_cold(temperature_c)

    def is_safe(self, temperature_c: float) -> bool:
        """Say whether a temperature is inside by the deadband."""
        is_cool = temperature_c <= self.high_c - self.deadband_c
        deadband_c = self.deadband_c if self.low_deadband_c is None else self.low_deadband_c
        return is_cool and (self.low_c is None or temperature_c >= self.low_c + deadband_c)

    def delay_of(self, *, is_cold: bool) -> timedelta:
        """Return how long it has to last on one side."""
        return self.low_delay if is_cold and self.low_delay is not None else self.delay


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An alarm as it stands: open since, in range again since; both None when there is none.

    ``is_cold``: it is of the low limit.
    """

    open_since: datetime | None = None
    back_since: datetime | None = None
    is_cold: bool = False


def is_measurement(temperature_c: float) -> bool:
    """Say whether a number is a temperature; zero is, a probe's error code is not."""
    return math.isfinite(temperature_c) and temperature_c not in NO_DATA_CODES


def judge(
    standing: Standing, limits: AlarmLimits, readings: Sequence[ReadingPoint], *, acknowledged: bool
) -> Standing:
    """Return how the alarm stands after ``readings``, oldest first.

    The readings reach back through the present run outside the limits, or half an hour. Two outside
    with nothing between them count as outside between: what nobody measured is not presumed well.
    A unit that was too warm and then freezes for the whole delay has a new alarm, and the reverse.
    """
    if not readings:
        return standing
    is_cold = limits.is_cold(readings[-1].temperature_c)
    if standing.open_since is None:
        since = _whole_delay(limits, readings, limits.is_outside)
        return Standing() if since is None else Standing(open_since=since, is_cold=is_cold)
    other_side = limits.is_warm if standing.is_cold else limits.is_cold
    if (since := _whole_delay(limits, readings, other_side)) is not None:
        return Standing(open_since=since, is_cold=is_cold)
    back_since = _back_since(standing.back_since, limits, readings)
    if back_since is not None and acknowledged:
        return Standing()
    return replace(standing, back_since=back_since)


def is_silent(read_at: datetime | None, now: datetime) -> bool:
    """Say whether a sensor's state is unknown: never heard, or not for ten minutes."""
    return read_at is None or now - read_at > SILENT_AFTER


def rate_c_per_min(readings: Sequence[ReadingPoint]) -> float | None:
    """Return the least-squares slope of the last 15 min; of the last two when those are rarer.

    None with fewer than two readings at different instants; ``readings`` are oldest first.
    """
    if not readings:
        return None
    newest = readings[-1].at
    recent = [point for point in readings if newest - point.at <= RATE_WINDOW]
    if len(recent) == 1:
        recent = list(readings[-2:])
    minutes = [(point.at - newest).total_seconds() / 60 for point in recent]
    mean_minute = sum(minutes) / len(minutes)
    spread = sum((minute - mean_minute) ** 2 for minute in minutes)
    if spread == 0:
        return None
    mean_c = sum(point.temperature_c for point in recent) / len(recent)
    return (
        sum(
            (minute - mean_minute) * (point.temperature_c - mean_c)
            for minute, point in zip(minutes, recent, strict=True)
        )
        / spread
    )


def stretch(since: datetime, now: datetime) -> timedelta:
    """Return how long each drawn point stands for, so that a range has at most MOST_POINTS."""
    minutes = (now - since).total_seconds() / 60 / MOST_POINTS
    return timedelta(minutes=max(1, math.ceil(minutes)))


def _whole_delay(
    limits: AlarmLimits, readings: Sequence[ReadingPoint], holds: Callable[[float], bool]
) -> datetime | None:
    start = _run_start(readings, [holds(point.temperature_c) for point in readings])
    if start is None:
        return None
    newest = readings[-1]
    delay = limits.delay_of(is_cold=limits.is_cold(newest.temperature_c))
    return start if newest.at - start >= delay else None


def _back_since(
    before: datetime | None, limits: AlarmLimits, readings: Sequence[ReadingPoint]
) -> datetime | None:
    if limits.is_outside(readings[-1].temperature_c):
        return None
    if before is not None:
        return before
    start = _run_start(readings, [limits.is_safe(point.temperature_c) for point in readings])
    return start if start is not None and readings[-1].at - start >= limits.stable_for else None


def _run_start(readings: Sequence[ReadingPoint], holds: Sequence[bool]) -> datetime | None:
    """Return the instant of the first reading of the unbroken run that ends with the newest."""
    start = None
    for point, held in zip(reversed(readings), reversed(holds), strict=True):
        if not held:
            break
        start = point.at
    return start

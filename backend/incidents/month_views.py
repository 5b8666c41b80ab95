"""What is said of a month of cold storage. Temperatures in °C, lengths in minutes. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.incidents.ids import ReadingsFrom
from backend.samples.ids import TemperatureClass
from backend.telemetry.limits_past import LimitsThen

_FIRST_DAY: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A calendar month of the laboratory, as instants in UTC."""

    start: datetime
    end: datetime
    """Exclusive."""
    zone: ZoneInfo

    @property
    def days(self) -> list[tuple[datetime, datetime]]:
        """Return its days, from midnight to midnight there; two a year are not 24 hours long."""
        found, local = [], self.start.astimezone(self.zone)
        while local.astimezone(UTC) < self.end:
            # Wall clock: one day later is the next midnight, whatever the clocks did.
            after = local + timedelta(days=1)
            found.append((local.astimezone(UTC), after.astimezone(UTC)))
            local = after
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitMonth:
    """A unit in a month.

    ``above_min`` and ``below_min`` are of the known time; what no reading covers is in neither and
    not in range either.
    """

    unit_id: UUID
    label: str
    temperature_class: TemperatureClass | None
    sensor_code: str | None
    """The probe that counts; None where the unit has none."""
    readings_from: ReadingsFrom
    whole_min: float
    known_min: float
    above_min: float
    below_min: float
    lowest_c: float | None
    highest_c: float | None
    mkt_c: float | None
    mkt_note: str
    """What ``mkt_c`` is of, or why there is none."""
    excursions: int
    alarms: int
    acknowledged_after_min: Sequence[float]
    """For each alarm that was acknowledged, how long that took."""
    limits: Sequence[LimitsThen] = ()
    """The limits of its probe over the month, oldest first; more than one where they changed."""

    @property
    def is_untested(self) -> bool:
        """Nothing is known of it."""
        return self.known_min <= 0

    @property
    def coverage(self) -> float:
        """The share of the month that readings cover, 0–1."""
        return self.known_min / self.whole_min if self.whole_min else 0.0

    @property
    def in_range(self) -> float:
        """The share of the whole month that was known to be within the alarm's limits, 0–1."""
        inside = self.known_min - self.above_min - self.below_min
        return max(0.0, inside) / self.whole_min if self.whole_min else 0.0


def month_before(now: datetime, zone: ZoneInfo) -> Month:
    """Return the last calendar month that is over in a time zone."""
    first = now.astimezone(zone).replace(
        day=_FIRST_DAY, hour=0, minute=0, second=0, microsecond=0, fold=0
    )
    before = (first - timedelta(days=1)).replace(day=_FIRST_DAY)
    # In UTC: of two instants on one wall clock the difference is that of the wall clock.
    return Month(start=before.astimezone(UTC), end=first.astimezone(UTC), zone=zone)


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return the value that ``share`` (0–1) of the values lie at or below; None of none.

    Between two values it lies on the straight line from one to the other, as spreadsheets do it
    (PERCENTILE.INC).
    """
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def acknowledged_after(
    raised: Sequence[datetime], acknowledged: Sequence[datetime], until: datetime
) -> tuple[float, ...]:
    """Return how many minutes a sensor's alarms raised before ``until`` waited for somebody.

    An acknowledgement belongs to the last alarm before it; an alarm that was raised anew before
    anybody came has none. Instants are oldest first.
    """
    waits = []
    for start, after in zip_longest(raised, raised[1:]):
        first = next(
            (each for each in acknowledged if each >= start and (after is None or each < after)),
            None,
        )
        if start < until and first is not None:
            waits.append((first - start).total_seconds() / 60)
    return tuple(waits)

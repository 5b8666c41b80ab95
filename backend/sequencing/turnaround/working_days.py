"""The laboratory's clock: days on which it works, less what it had to wait for others. No I/O."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Period = tuple[datetime, datetime]
"""From, until; both with a time zone."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingClock:
    """Which days count. A day counts as one whether it has 23, 24 or 25 hours."""

    zone: ZoneInfo
    weekdays: Collection[int]
    """Monday is 0."""
    holidays: Collection[date] = ()
    cut_off: time | None = None
    """What arrives at this time or later counts from the next working day; None counts at once."""

    def works_on(self, day: date) -> bool:
        """Say whether a day counts."""
        return day.weekday() in self.weekdays and day not in self.holidays

    def starts_counting(self, arrived: datetime) -> datetime:
        """Return the instant from which the clock of what arrived then runs."""
        local = arrived.astimezone(self.zone)
        late = self.cut_off is not None and local.time() >= self.cut_off
        if self.works_on(local.date()) and not late:
            return arrived
        day = local.date() + _DAY
        for _ in range(366):
            if self.works_on(day):
                break
            day += _DAY
        return self._midnight(day)

    def days(self, start: datetime, end: datetime, pauses: Sequence[Period] = ()) -> float:
        """Return the working days from ``start`` to ``end``, without what lies in a pause."""
        whole = self._counted(start, end)
        paused = sum(
            self._counted(max(begin, start), min(stop, end)) for begin, stop in merged(pauses)
        )
        return whole - paused

    def after(self, start: datetime, days: float) -> date:
        """Return the day on which ``days`` working days from ``start`` are over."""
        left = days
        day = start.astimezone(self.zone).date()
        begin = start
        # A year without a working day has no end of anything.
        for _ in range(366 * 10):
            end = self._midnight(day + _DAY)
            counted = self._counted(begin, end)
            if counted >= left and self.works_on(day):
                return day
            left -= counted
            day, begin = day + _DAY, end
        return day

    def _counted(self, start: datetime, end: datetime) -> float:
        # Two instants of one zone are subtracted by the wall, whatever its clocks did.
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        return sum(
            (min(end, stop) - max(start, begin)) / (stop - begin)
            for begin, stop in self._working_days(start, end)
        )

    def _working_days(self, start: datetime, end: datetime) -> Iterator[Period]:
        if end <= start:
            return
        day, last = start.astimezone(self.zone).date(), end.astimezone(self.zone).date()
        while day <= last:
            begin, stop = self._midnight(day), self._midnight(day + _DAY)
            if self.works_on(day) and begin < end and stop > start:
                yield begin, stop
            day += _DAY

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)


def merged(periods: Sequence[Period]) -> list[Period]:
    """Return periods without overlaps, in order; empty ones are left out."""
    found: list[Period] = []
    for begin, stop in sorted(each for each in periods if each[0] < each[1]):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(stop, found[-1][1]))
        else:
            found.append((begin, stop))
    return found

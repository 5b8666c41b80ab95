"""When a schedule is due. Pure: the caller says what time it is.

A cron line is read on the wall clock of its time zone. A time that the change to summer time leaves
out is due when the clock has jumped; a time that occurs twice in autumn is due the first time only,
unless the line says every hour, which then means every real hour.
"""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from croniter import croniter

from backend.work.errors import ScheduleUnreadable
from backend.work.ids import MissedRunPolicy

_EVERY = re.compile(r"@every (\d+)s")
_GRACE = timedelta(minutes=1)
_MOST_AT_ONCE = 500
_FIELDS = 5


def check(cron: str, time_zone: str) -> None:
    """Raise ScheduleUnreadable unless the line and the zone can be followed."""
    every = _EVERY.fullmatch(cron)
    readable = (
        int(every.group(1)) > 0
        if every
        else len(cron.split()) == _FIELDS and croniter.is_valid(cron)
    )
    if not readable:
        raise ScheduleUnreadable(
            f"“{cron}” is not a schedule. Write five fields such as “30 6 * * 1-5”, "
            "or “@every 30s”.",
            fields={"cron": "Five fields: minute hour day month weekday."},
        )
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ScheduleUnreadable(
            f"The time zone “{time_zone}” is not known. Write one such as “Europe/Berlin”.",
            fields={"time_zone": "A name of the IANA list."},
        ) from error


def next_after(cron: str, time_zone: str, after: datetime) -> datetime:
    """Return the first due instant later than ``after``, in UTC."""
    every = _EVERY.fullmatch(cron)
    if every:
        step = int(every.group(1))
        # Aligned to the epoch, so that two processes agree without asking each other.
        return datetime.fromtimestamp((int(after.timestamp()) // step + 1) * step, UTC)
    zone = ZoneInfo(time_zone)
    if cron.split()[1].startswith("*"):
        return _next_hourly(cron, zone, after)
    wall = after.astimezone(zone).replace(tzinfo=None)
    while True:
        wall = croniter(cron, wall).get_next(datetime)
        due = _instant(wall, zone)
        if due > after:
            return due


def due_times(
    cron: str, time_zone: str, next_at: datetime, now: datetime, policy: MissedRunPolicy
) -> tuple[list[datetime], datetime]:
    """Return the due times to fire now, oldest first, and the one to wait for.

    ``next_at`` is the due time that was waited for; nothing fires before it. Times more than a
    minute past were missed: SKIP leaves them out, ONCE fires the last of them, ALL fires each.
    """
    passed = []
    upcoming = next_at
    while upcoming <= now:
        passed.append(upcoming)
        if len(passed) > _MOST_AT_ONCE:
            del passed[0]
        upcoming = next_after(cron, time_zone, upcoming)
    match policy:
        case MissedRunPolicy.ALL:
            return passed, upcoming
        case MissedRunPolicy.ONCE:
            return passed[-1:], upcoming
        case MissedRunPolicy.SKIP:
            return [due for due in passed[-1:] if now - due <= _GRACE], upcoming


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant of a wall-clock time: the first of two, or just after a gap."""
    instant = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall:
        return instant
    # In the gap. fold=0 reads the clock as if it had not jumped; walk back to the jump itself.
    minute = timedelta(minutes=1)
    before = zone.utcoffset(wall - timedelta(hours=3))
    while (instant - minute).astimezone(zone).utcoffset() != before:
        instant -= minute
    return instant


def _next_hourly(cron: str, zone: ZoneInfo, after: datetime) -> datetime:
    """Step through real time: both passes of the repeated hour count."""
    offset = after.astimezone(zone).utcoffset() or timedelta()
    shifted = (after + offset).replace(tzinfo=None)
    found: datetime = croniter(cron, shifted).get_next(datetime)
    due = (found - offset).replace(tzinfo=UTC)
    later = due.astimezone(zone).utcoffset() or timedelta()
    if later == offset:
        return due
    # The clock changed in between: look again from the change on, with the new offset.
    change = _change_between(zone, after, due)
    shifted = (change + later).replace(tzinfo=None) - timedelta(seconds=1)
    found = croniter(cron, shifted).get_next(datetime)
    return (found - later).replace(tzinfo=UTC)


def _change_between(zone: ZoneInfo, start: datetime, end: datetime) -> datetime:
    before = start.astimezone(zone).utcoffset()
    low, high = start, end
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)

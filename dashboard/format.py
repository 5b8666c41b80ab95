"""How figures, units, times and identifiers are written (DESIGN 4). Pure; nothing here guesses.

Missing measurements are empty cells; what is not known yet is said in words by the caller.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

Number = int | float | Decimal

MINUS = "\N{MINUS SIGN}"
NBSP = "\N{NO-BREAK SPACE}"

_THOUSAND, _MILLION, _BILLION = 1_000, 1_000_000, 1_000_000_000
_LARGEST_UL = 9_999
_MINUTES_UNTIL_HOURS, _HOURS_UNTIL_DAYS = 60, 48
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def decimal(value: Number | None, places: int = 0) -> str:
    """Write a number with thousands commas and a true minus: ``−1,048.2``. None is empty."""
    if value is None:
        return ""
    written = f"{abs(value):,.{places}f}"
    negative = value < 0 and any(digit in written for digit in "123456789")
    return f"{MINUS}{written}" if negative else written


def count(value: int | None) -> str:
    """Write a whole number in full: ``1,048,214``."""
    return decimal(value)


def short_count(value: int) -> str:
    """Write a caption's number: in full below a million, then ``1.21 M``, ``1.18 B``."""
    if abs(value) < _MILLION:
        return count(value)
    scale, mark = (_BILLION, "B") if abs(value) >= _BILLION else (_MILLION, "M")
    return f"{decimal(value / scale, 2)}{NBSP}{mark}"


def percent(fraction: Number | None, places: int = 1) -> str:
    """Write a fraction 0–1 as percent: ``78.6%``; occupancy has one decimal, all else none."""
    return "" if fraction is None else f"{decimal(fraction * 100, places)}%"


def with_unit(value: Number | None, unit: str, places: int = 0) -> str:
    """Write a number and its unit with a no-break space: ``84.2 ng/µL``."""
    return "" if value is None else f"{decimal(value, places)}{NBSP}{unit}"


def volume(volume_ul: Number | None) -> str:
    """Write a volume: µL up to 9,999, then mL with one decimal."""
    if volume_ul is None:
        return ""
    if abs(float(volume_ul)) > _LARGEST_UL:
        return with_unit(volume_ul / _THOUSAND, "mL", 1)
    return with_unit(volume_ul, "µL")


def concentration(ng_per_ul: Number | None) -> str:
    """Write a concentration with one decimal."""
    return with_unit(ng_per_ul, "ng/µL", 1)


def temperature(temperature_c: Number | None) -> str:
    """Write a temperature with one decimal: ``−68.4 °C``."""
    return with_unit(temperature_c, "°C", 1)


def size(size_bytes: int) -> str:
    """Write a file size in decimal steps: ``812 B``, ``48 kB``, ``1.2 MB``, ``3.4 GB``."""
    if size_bytes < _THOUSAND:
        return f"{size_bytes}{NBSP}B"
    if size_bytes < _MILLION:
        return with_unit(size_bytes / _THOUSAND, "kB")
    if size_bytes < _BILLION:
        return with_unit(size_bytes / _MILLION, "MB", 1)
    return with_unit(size_bytes / _BILLION, "GB", 1)


def latency(duration_s: Number | None) -> str:
    """Write a response time: ``62 ms`` below a second, then ``2.4 s``."""
    if duration_s is None:
        return ""
    if duration_s < 1:
        return with_unit(duration_s * 1000, "ms")
    return with_unit(duration_s, "s", 1)


def age(duration: timedelta) -> str:
    """Write how long something has waited: ``42 min``, ``2.1 h``, ``5.6 d``."""
    minutes = max(duration.total_seconds(), 0) / 60
    if minutes < _MINUTES_UNTIL_HOURS:
        return with_unit(int(minutes), "min")
    hours = minutes / 60
    if hours < _HOURS_UNTIL_DAYS:
        return with_unit(hours, "h", 1)
    return with_unit(hours / 24, "d", 1)


def day(instant: datetime, zone: ZoneInfo, *, now: datetime | None = None) -> str:
    """Write a date: ``20 Nov 2025``; with ``now`` the current year is dropped."""
    local = instant.astimezone(zone)
    words = f"{local.day}{NBSP}{_MONTHS[local.month - 1]}"
    if now is not None and now.astimezone(zone).year == local.year:
        return words
    return f"{words}{NBSP}{local.year}"


def calendar_day(on: date, *, with_year: bool = False) -> str:
    """Write a day without a time of its own: ``11 Jan``, or ``11 Jan 2027``."""
    words = f"{on.day}{NBSP}{_MONTHS[on.month - 1]}"
    return f"{words}{NBSP}{on.year}" if with_year else words


def moment(instant: datetime, zone: ZoneInfo, *, now: datetime | None = None) -> str:
    """Write a local time, 24 h: ``20 Nov 2025, 09:42``."""
    return f"{day(instant, zone, now=now)}, {clock_time(instant, zone)}"


def clock_time(instant: datetime, zone: ZoneInfo) -> str:
    """Write the local time of day: ``09:42``."""
    return f"{instant.astimezone(zone):%H:%M}"


def tooltip_time(instant: datetime) -> str:
    """Write the exact instant for a tooltip: UTC with seconds."""
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC"


def between(low: str, high: str) -> str:
    """Write a range in words: ``40 to 71``."""
    return f"{low} to {high}"


def plural(number: int, one: str, many: str) -> str:
    """Write a count and its noun: ``1 library``, ``38 libraries``."""
    return f"{count(number)} {one if number == 1 else many}"

"""Dates as people and spreadsheets write them.

What can be read in one way only is read; ``03/04/2024`` is two different days and is refused.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from backend.templates.reading.values import Problem, Severity, Value

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTHS = len(_MONTHS)
_ISO = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?$")
_COMPACT = re.compile(r"^(20\d{2}|19\d{2})(\d{2})(\d{2})$")
_DAY_MONTH = re.compile(
    r"^(\d{1,2})(?:st|nd|rd|th)?[\s\-.,/]+([A-Za-z]{3,9})\.?[\s\-.,/]+(\d{4}|\d{2})$"
)
_MONTH_DAY = re.compile(r"^([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$")
_NUMBERS = re.compile(r"^(\d{1,2})([/.\-])(\d{1,2})\2(\d{4}|\d{2})(?:\s+\d{1,2}:\d{2}.*)?$")
_PARTIAL = re.compile(r"^(?:(\d{1,2})/(\d{2}|\d{4})|(\d{4})|([A-Za-z]{3,9})[\s\-]+(\d{4}))$")
_SERIAL = re.compile(r"^\d{5}(?:\.\d+)?$")
# Day 0 of Excel's 1900 calendar once its non-existent 29 February 1900 is allowed for.
_EXCEL_DAY_ZERO = date(1899, 12, 30)
_OLDEST = date(1950, 1, 1)


@dataclass(frozen=True, slots=True)
class _Cell:
    """A text, what its column is called, and what its neighbours show about the order."""

    text: str
    label: str
    today: date
    day_first: bool | None


def read_date(
    text: str, *, label: str, today: date, day_first: bool | None = None, partial: bool = False
) -> tuple[Value, Problem | None]:
    """Return (day, problem) for a text; ``day_first`` settles an order that could be either."""
    day, problem = _read(_Cell(text, label, today, day_first))
    if day is None and partial and _PARTIAL.match(text):
        return None, Problem(
            "date_partial",
            Severity.INFO,
            f"{label} “{text}” names no day. It is kept as written.",
        )
    return (None, problem) if day is None else _in_range(day, text, label, today)


def order_shown(texts: list[str]) -> bool | None:
    """Return whether a column's all-number dates put the day first; None if they do not show."""
    shown = set()
    for text in texts:
        match = _NUMBERS.match(text)
        if match and match.group(2) != ".":
            first, second = int(match.group(1)), int(match.group(3))
            if (first > MONTHS) != (second > MONTHS):
                shown.add(first > MONTHS)
    return shown.pop() if len(shown) == 1 else None


def show(day: date) -> str:
    """Return a day as ``5 Jan 2024``."""
    return f"{day.day} {_MONTHS[day.month - 1].capitalize()} {day.year}"


def _read(cell: _Cell) -> tuple[date | None, Problem | None]:
    for pattern in (_ISO, _COMPACT):
        match = pattern.match(cell.text)
        if match:
            return _day(match.group(1), match.group(2), match.group(3), cell)
    named = _DAY_MONTH.match(cell.text)
    if named:
        return _day(named.group(3), _month(named.group(2)), named.group(1), cell)
    named = _MONTH_DAY.match(cell.text)
    if named:
        return _day(named.group(3), _month(named.group(1)), named.group(2), cell)
    numbers = _NUMBERS.match(cell.text)
    if numbers:
        return _from_numbers(numbers, cell)
    if _SERIAL.match(cell.text):
        return None, _serial(cell)
    return None, _unreadable(cell)


def _from_numbers(match: re.Match[str], cell: _Cell) -> tuple[date | None, Problem | None]:
    first, second, year = int(match.group(1)), int(match.group(3)), match.group(4)
    # 31.12.2024 with dots is written day first wherever it is written.
    if match.group(2) == "." or first > MONTHS:
        return _day(year, second, first, cell)
    if second > MONTHS or first == second:
        return _day(year, first, second, cell)
    one, _ = _day(year, second, first, cell)
    other, _ = _day(year, first, second, cell)
    if one is None or other is None:
        return None, _unreadable(cell)
    likely = None if cell.day_first is None else one if cell.day_first else other
    return None, Problem(
        "date_ambiguous",
        Severity.ERROR,
        f"{cell.label} “{cell.text}” can be {show(one)} or {show(other)}. "
        f"Write {one.isoformat()} or {other.isoformat()}.",
        suggestion=f"{one.isoformat()} or {other.isoformat()}",
        fix=likely.isoformat() if likely else None,
    )


def _day(
    year: str, month: int | str, day: int | str, cell: _Cell
) -> tuple[date | None, Problem | None]:
    full = int(year)
    if len(year) == 2:  # noqa: PLR2004 a year without its century
        full += 2000 if full <= cell.today.year % 100 else 1900
    try:
        return date(full, int(month), int(day)), None
    except ValueError:
        return None, Problem(
            "date_not_in_calendar",
            Severity.ERROR,
            f"{cell.label} “{cell.text}” is no day of the calendar. Write the date as 2024-12-10.",
        )


def _month(word: str) -> int:
    """Return 1 to 12, or 0 for a word that is no month."""
    short = word[:3].lower()
    return _MONTHS.index(short) + 1 if short in _MONTHS else 0


def _in_range(day: date, text: str, label: str, today: date) -> tuple[Value, Problem | None]:
    if day > today:
        return None, Problem(
            "date_in_future",
            Severity.ERROR,
            f"{label} date must be today or earlier. You entered “{text}”.",
        )
    if day < _OLDEST:
        return day, Problem(
            "date_very_old", Severity.WARNING, f"{label} date {show(day)} is before 1950. Check it."
        )
    return day, None


def _serial(cell: _Cell) -> Problem:
    day = _EXCEL_DAY_ZERO + timedelta(days=int(float(cell.text)))
    return Problem(
        "date_is_serial",
        Severity.ERROR,
        f"{cell.label} “{cell.text}” is a spreadsheet's day number. "
        f"In Excel for Windows it is {show(day)}.",
        suggestion=day.isoformat(),
        fix=day.isoformat(),
    )


def _unreadable(cell: _Cell) -> Problem:
    return Problem(
        "date_unreadable",
        Severity.ERROR,
        f"{cell.label} “{cell.text}” is no date TracSeq can read. Write it as 2024-12-10.",
    )

"""A spreadsheet cell's value as the text that a person sees."""

from datetime import date, datetime, time, timedelta
from typing import Any

_WHOLE_DIGITS = 1e15
"""A double holds whole numbers exactly up to here."""


def text_of(  # noqa: PLR0911 one line for each kind of value
    value: Any, *, percent: bool = False
) -> str:
    """Return the text of a value as openpyxl or calamine hand it out."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case float():
            return _number(value, percent=percent)
        case _:
            return str(value)


def _number(value: float, *, percent: bool) -> str:
    if percent:
        return f"{value * 100:.10g} %"
    # repr keeps what a person typed (0.1, not 0.1000000000000000055); whole numbers lose the .0.
    whole = value.is_integer() and abs(value) < _WHOLE_DIGITS
    return str(int(value)) if whole else repr(value)

"""What every parser of a cell takes and returns."""

from dataclasses import dataclass
from datetime import date

from backend.templates.reading.units import Unit
from backend.templates.reading.values import Problem, Severity, Value

Parsed = tuple[Value, Problem | None]
"""With an error the value is None; with a warning it stands."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a parser needs to know about the column and the day.

    ``unit`` is the unit named by the heading, ``day_first`` the order of an all-number date as
    the rest of the column shows it (None: it does not show).
    """

    label: str
    today: date
    unit: Unit | None = None
    unit_problem: Problem | None = None
    decimal_comma: bool = False
    day_first: bool | None = None
    partial_dates: bool = False
    convert_units: bool = False
    longest: int = 2_000


def error(
    code: str, message: str, suggestion: str | None = None, fix: str | None = None
) -> Problem:
    """Return a problem that leaves no value."""
    return Problem(code, Severity.ERROR, message, suggestion, fix)


def warning(
    code: str, message: str, suggestion: str | None = None, fix: str | None = None
) -> Problem:
    """Return a doubt; the value stands."""
    return Problem(code, Severity.WARNING, message, suggestion, fix)

"""All sheets of a file as the texts that stand in them, headings and notes included."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.templates.reading.sheet import MOST_COLUMNS, Grid
from backend.templates.reading.values import Finding, Severity


@dataclass(frozen=True, slots=True)
class SheetGrid:
    """A sheet's rows from its first line on; empty lines are empty lists."""

    name: str
    rows: Grid


@dataclass(frozen=True, slots=True)
class BookReading:
    """The sheets of a file and what is to be said of it; no sheets where it is refused."""

    sheets: Sequence[SheetGrid]
    findings: tuple[Finding, ...]
    decimal_comma: bool = False

    @property
    def refusal(self) -> str:
        """Why the file was not read, empty when it was."""
        return " ".join(f.message for f in self.findings if f.severity is Severity.ERROR)


def refused_book(code: str, message: str) -> BookReading:
    """Return a reading that is nothing but a refusal."""
    return BookReading((), (Finding(code, Severity.ERROR, message),))


def too_wide(name: str, width: int) -> BookReading:
    """Return the refusal of a sheet with more columns than are kept."""
    return refused_book(
        "too_many_columns",
        f"Sheet “{name}” has {width:,} columns. Keep {MOST_COLUMNS} or fewer.",
    )

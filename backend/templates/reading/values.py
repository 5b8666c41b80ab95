"""What reading a file yields: a table whose cells know where they came from, and findings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

# What a checked cell holds; None is a cell left empty on purpose.
Value = str | Decimal | date | None


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one text, before it is known where the text stands.

    ``fix`` is the text to put in the cell instead; None when only a person can know it.
    """

    code: str
    severity: Severity
    message: str
    suggestion: str | None = None
    fix: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem with its place, as shown to the person who sent the file.

    ``row`` and ``column`` count from 1 as the spreadsheet shows them, the heading's row included;
    in a form, ``row`` is the number of the sample and ``line`` the line of the text. None means
    the whole column, or the whole file.
    """

    code: str
    severity: Severity
    message: str
    row: int | None = None
    column: int | None = None
    header: str | None = None
    field: str | None = None
    line: int | None = None
    value_seen: str | None = None
    suggestion: str | None = None
    fix: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something the file says once, for all its samples: who sent it, which project."""

    label: str
    value: str
    line: int


@dataclass(frozen=True, slots=True)
class RawTable:
    """A heading and the cells under it, as texts, column by column.

    ``columns[c][i]`` stands under ``headings[c]``; all columns are of one length. ``numbers[i]``
    is the row's number in the file, ``lines[i][c]`` the line a form's cell came from (empty for
    spreadsheets).
    """

    headings: tuple[str, ...]
    heading_row: int
    columns: Sequence[Sequence[str]]
    numbers: Sequence[int]
    lines: list[list[int | None]] = field(default_factory=list)
    notes: tuple[Note, ...] = ()


FORM = "form"
"""The dialect of a submission form: labels with values, no rows of a sheet."""


@dataclass(frozen=True, slots=True)
class FileReading:
    """A file as far as it could be read; ``table`` is None when it was refused."""

    dialect: str
    table: RawTable | None
    findings: tuple[Finding, ...] = ()
    decimal_comma: bool = False
    details: Mapping[str, str] = field(default_factory=dict)

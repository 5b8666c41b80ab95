"""What reading and checking a sample sheet yields: findings with their place, and ways to mend."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from backend.templates.reading.values import Severity


class Dialect(StrEnum):
    """Whose format a sheet is in."""

    ILLUMINA_V1 = "illumina_v1"
    ILLUMINA_V2 = "illumina_v2"
    AVITI = "aviti"
    ONT = "ont"
    TABLE = "table"
    """Headings and rows without any section, as people send them."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Text to put in place of a cell, or of a whole line when ``column`` is None.

    Lines and columns count from 1 as in the file. The text of a line may hold line ends, which
    puts more lines in its place.
    """

    line: int
    column: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that needs no person's knowledge. Without edits, writing the file anew mends it."""

    label: str
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something to say about a sheet; ``line`` and ``column`` count from 1, None is all of it."""

    code: str
    severity: Severity
    message: str
    line: int | None = None
    column: int | None = None
    value: str | None = None
    fix: Fix | None = None


def has_errors(findings: Iterable[Finding]) -> bool:
    """Say whether a demultiplexer would refuse the sheet, or get it wrong."""
    return any(each.severity is Severity.ERROR for each in findings)

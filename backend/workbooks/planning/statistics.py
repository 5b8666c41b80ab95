"""What stands in a column: how full it is, whether it is unique, and its kinds of value."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from backend.workbooks.planning.sheet import Sheet

COMMONEST = 5

# The error values of ECMA-376 Part 1, 18.17.3; #SPILL! and #CALC! came with dynamic arrays.
_ERRORS = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!"}
)
_NUMBER = re.compile(r"[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})([eE][+-]?\d{1,3})?", re.ASCII)
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# One word of capitals and digits with both in it, as tubes carry it; says nothing of check digits.
_BARCODE = re.compile(r"(?=.*[A-Z])(?=.*\d)[A-Z0-9][A-Z0-9_.-]{4,30}[A-Z0-9]", re.ASCII)


class Kind(StrEnum):
    """What a filled cell reads as."""

    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    BARCODE = "barcode"
    ERROR = "error"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class ColumnStatistics:
    """What was counted in a column."""

    heading: str
    filled: int
    empty: int
    distinct: int
    kinds: dict[Kind, int]
    smallest_number: Decimal | None
    largest_number: Decimal | None
    first_day: date | None
    last_day: date | None
    commonest: tuple[tuple[str, int], ...]
    longest: str

    @property
    def is_unique(self) -> bool:
        """Whether no filled cell repeats another; a column without filled cells is not unique."""
        return 0 < self.filled == self.distinct

    @property
    def is_key(self) -> bool:
        """Whether each row has its own value here."""
        return self.is_unique and not self.empty


def kind_of(text: str) -> Kind:
    """Return what a filled cell reads as; a date only as ISO 8601 has it, for 03/04 is a guess."""
    if text in _ERRORS:
        return Kind.ERROR
    if text.upper() in {"TRUE", "FALSE", "YES", "NO"}:  # a workbook is read as yes and no
        return Kind.BOOLEAN
    if _day(text) is not None:
        return Kind.DATE
    if _NUMBER.fullmatch(text):
        return Kind.NUMBER
    return Kind.BARCODE if _BARCODE.fullmatch(text) else Kind.TEXT


def column_statistics(heading: str, cells: Sequence[str]) -> ColumnStatistics:
    """Return what stands in a column."""
    counts = Counter(text for cell in cells if (text := cell.strip()))
    kinds: Counter[Kind] = Counter()
    numbers: list[Decimal] = []
    days: list[date] = []
    for text, count in counts.items():
        kind = kind_of(text)
        kinds[kind] += count
        if kind is Kind.NUMBER:
            numbers.append(Decimal(text))
        elif kind is Kind.DATE:
            days.append(date.fromisoformat(text))
    filled = counts.total()
    return ColumnStatistics(
        heading=heading,
        filled=filled,
        empty=len(cells) - filled,
        distinct=len(counts),
        kinds=dict(kinds),
        smallest_number=min(numbers, default=None),
        largest_number=max(numbers, default=None),
        first_day=min(days, default=None),
        last_day=max(days, default=None),
        commonest=tuple(counts.most_common(COMMONEST)),
        longest=max(counts, key=len, default=""),
    )


def sheet_statistics(sheet: Sheet) -> tuple[ColumnStatistics, ...]:
    """Return what stands in each column of a sheet, in the columns' order."""
    return tuple(
        column_statistics(heading, sheet.column(index))
        for index, heading in enumerate(sheet.headings)
    )


def _day(text: str) -> date | None:
    if not _ISO_DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

"""The cells of a draft by field, with what is needed to read and to name each of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from backend.templates.definition import Definition
from backend.templates.ids import RowMode
from backend.templates.reading.by_row import ByRow
from backend.templates.reading.fields import BY_KEY, FieldKey
from backend.templates.reading.headings import READ_BACK, USED, ColumnMatch, Match
from backend.templates.reading.values import Finding, Problem, RawTable, Value


class RowState(StrEnum):
    """What may happen to a row of a draft."""

    READY = "ready"
    WARNING = "warning"
    ERROR = "error"
    UPDATE = "update"
    SKIPPED = "skipped"
    REGISTERED = "registered"


REGISTRABLE = frozenset({RowState.READY, RowState.WARNING})
WRITABLE = REGISTRABLE | {RowState.UPDATE}


@dataclass(frozen=True, slots=True)
class RowUpdate:
    """What a row changes of the sample it names; ``version`` is the sample's as it was read."""

    sample_id: UUID
    version: int
    changes: Mapping[str, object]
    volume_ul: Decimal | None
    consent: str | None = None
    """Reference of the consent that it is tied to from now on; None leaves what is."""

    @property
    def says_something(self) -> bool:
        """Tell whether anything of the sample becomes something else."""
        return bool(self.changes) or self.volume_ul is not None or self.consent is not None


@dataclass(slots=True)
class Batch:
    """Texts by field: ``texts[field][i]`` belongs to row ``numbers[i]`` of the file.

    ``extras`` holds the columns that fill no field of ours, by heading. ``repeats`` holds second
    columns of a field, to be compared with the first. ``lines[field][i]`` is the line of a form's
    cell.
    """

    numbers: Sequence[int]
    texts: dict[FieldKey, Sequence[str]]
    extras: dict[str, Sequence[str]]
    matches: tuple[ColumnMatch, ...]
    repeats: list[tuple[ColumnMatch, Sequence[str]]] = field(default_factory=list)
    lines: dict[FieldKey, Sequence[int | None]] = field(default_factory=dict)

    @property
    def own_extras(self) -> dict[str, Sequence[str]]:
        """The sender's other columns, without those that a result workbook added."""
        return {name: cells for name, cells in self.extras.items() if name not in READ_BACK}

    def column_of(self, key: FieldKey) -> ColumnMatch | None:
        """Return the column that fills a field, or None when the file has none."""
        return next(
            (m for m in self.matches if m.field is key and m.match in USED - {Match.REPEATED}), None
        )


@dataclass(frozen=True, slots=True)
class Options:
    """What is known beside the cells. ``kept`` holds (row, field, text) a person vouched for."""

    today: date
    decimal_comma: bool = False
    convert_units: bool = False
    kept: frozenset[tuple[int, str, str]] = frozenset()
    row_mode: RowMode = RowMode.CREATE
    definition: Definition | None = None
    """Of the template that the list was filled into."""


@dataclass(slots=True)
class Checked:
    """The outcome: values by field, what concerns whole columns, and findings by row index."""

    values: dict[FieldKey, Sequence[Value]]
    column_findings: list[Finding]
    states: list[RowState]
    findings: ByRow[Finding] = field(default_factory=lambda: ByRow(Finding))
    updates: ByRow[RowUpdate] = field(default_factory=lambda: ByRow(RowUpdate))
    """What each row in the state UPDATE changes."""

    def count(self, *states: RowState) -> int:
        """Return how many rows are in one of the states."""
        return sum(1 for state in self.states if state in states)


def make_batch(table: RawTable, matches: Sequence[ColumnMatch]) -> Batch:
    """Return the table's cells by field. Columns without a heading are left out (and named)."""
    texts: dict[FieldKey, Sequence[str]] = {}
    extras: dict[str, Sequence[str]] = {}
    repeats: list[tuple[ColumnMatch, Sequence[str]]] = []
    for match, cells in zip(matches, table.columns, strict=True):
        if match.match is Match.REPEATED:
            repeats.append((match, cells))
            extras[_own_name(match.heading, extras)] = cells
        elif match.match in USED and match.field is not None:
            texts[match.field] = cells
        elif match.match not in {Match.BLANK, Match.OURS} or match.heading in READ_BACK:
            extras[_own_name(match.heading, extras)] = cells
    return Batch(table.numbers, texts, extras, tuple(matches), repeats, _lines(table, matches))


def _lines(table: RawTable, matches: Sequence[ColumnMatch]) -> dict[FieldKey, Sequence[int | None]]:
    if not table.lines:
        return {}
    return {
        match.field: [row[match.column - 1] for row in table.lines]
        for match in matches
        if match.field is not None and match.match in USED - {Match.REPEATED}
    }


def add(  # noqa: PLR0917 where, what and which text: called in every rule
    checked: Checked, batch: Batch, index: int, key: FieldKey, problem: Problem, text: str | None
) -> None:
    """Put a problem at its row and column."""
    match = batch.column_of(key)
    line = batch.lines[key][index] if key in batch.lines else None
    finding = Finding(
        code=problem.code,
        severity=problem.severity,
        message=problem.message,
        row=batch.numbers[index],
        column=match.column if match else None,
        header=match.heading if match else BY_KEY[key].label,
        field=key.value,
        line=line,
        value_seen=text,
        suggestion=problem.suggestion,
        fix=problem.fix,
    )
    checked.findings.add(index, finding)


def _own_name(heading: str, taken: Mapping[str, object]) -> str:
    name, number = heading, 2
    while name in taken:
        name, number = f"{heading} ({number})", number + 1
    return name

"""What readers of imports receive."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.documents.views import FileView
from backend.samples.ids import Custody, Lifecycle, MaterialType
from backend.templates.ids import ImportId, ImportState, RowMode
from backend.templates.reading.batch import REGISTRABLE, WRITABLE, RowState
from backend.templates.reading.by_row import ByRow
from backend.templates.reading.headings import ColumnMatch
from backend.templates.reading.values import Finding, Note
from backend.templates.rules import Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """One row of a draft: texts by field, the sender's other columns, and what is wrong."""

    number: int
    state: RowState
    cells: Mapping[str, str]
    extras: Mapping[str, str]
    lines: Mapping[str, int]
    findings: Sequence[Finding]
    sample_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRow:
    """What a result says of a row; ``sample_barcode`` is empty without a sample one may see."""

    state: RowState
    cells: Mapping[str, str]
    extras: Mapping[str, str]
    findings: Sequence[Finding]
    sample_barcode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportHead:
    """What is known of a draft as a whole, without its rows."""

    id: ImportId
    project_id: UUID
    project_code: str
    file_name: str
    dialect: str
    details: Mapping[str, str]
    state: ImportState
    columns: Sequence[ColumnMatch]
    findings: Sequence[Finding]
    notes: Sequence[Note]
    received_at: datetime | None
    registered_count: int
    created_by_name: str
    created_at: datetime
    registered_at: datetime | None
    updated_count: int = 0
    row_mode: RowMode = RowMode.CREATE
    template_version_id: UUID | None = None
    """The version that the list is read by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportView(ImportHead):
    """A draft with its rows in the order of the file."""

    rows: Sequence[RowView]

    def count(self, *states: RowState) -> int:
        """Return how many rows are in one of the states."""
        return sum(1 for row in self.rows if row.state in states)

    @property
    def ready(self) -> int:
        """Return how many rows would register now."""
        return self.count(*REGISTRABLE)

    @property
    def writable(self) -> int:
        """Return how many rows would register, or change their sample, now."""
        return self.count(*WRITABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftView(ImportHead):
    """A draft as a page shows it, however long: counted and grouped, its rows left where they are.

    Each ``cause`` names its first rows only.
    """

    counts: Mapping[RowState, int]
    causes: Sequence[Cause]
    filled: frozenset[str]
    """The fields that hold a text somewhere though no column of the file leads to them."""
    headings: Sequence[str]
    """Those of the sender's columns that hold a text, in the order of their first one."""
    next_scan: int | None
    """The row whose empty barcode the next scan fills; None when a row is to be added."""

    def count(self, *states: RowState) -> int:
        """Return how many rows are in one of the states."""
        return sum(self.counts.get(state, 0) for state in states)

    @property
    def rows(self) -> int:
        """Return how many rows there are, those registered included."""
        return sum(self.counts.values())

    @property
    def ready(self) -> int:
        """Return how many rows would register now."""
        return self.count(*REGISTRABLE)

    @property
    def writable(self) -> int:
        """Return how many rows would register, or change their sample, now."""
        return self.count(*WRITABLE)


@dataclass(frozen=True, slots=True)
class Marked:
    """A cell with a problem, by its row's number and its field or own column."""

    row: int
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftWindow:
    """A page of a draft's open rows of one state (empty: of all), counted from 0."""

    rows: Sequence[RowView]
    size: int
    """The most rows of a page."""
    state: str = ""
    page: int = 0
    of: int = 0
    is_paged: bool = False
    before: Marked | None = None
    """The last marked cell before the page."""
    after: Marked | None = None
    """The first marked cell after the page."""

    @property
    def first(self) -> int:
        """Return the place of the first row among those of the state, from 1."""
        return self.page * self.size + 1

    @property
    def has_more(self) -> bool:
        """Tell whether rows follow after the page."""
        return self.first - 1 + len(self.rows) < self.of


@dataclass(frozen=True, slots=True, kw_only=True)
class FormDraft:
    """The draft that a form's records go into: how many there are, and the newest of them."""

    id: ImportId
    records: int
    newest: Sequence[RowView]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSummary:
    """One line of the list of imports."""

    id: ImportId
    file_id: UUID | None
    project_code: str
    file_name: str
    dialect: str
    state: ImportState
    rows: int
    registered: int
    created_by_name: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What registering did: samples made, rows left, and the codes of the new samples."""

    import_id: ImportId
    registered: int
    left: int
    skipped: int
    barcodes: Sequence[str]
    refused: Sequence[Finding]
    updated: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CellEdit:
    """A cell's new text. ``field`` is one of ours."""

    number: int
    field: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateUsed:
    """The version of a template that a list is read by."""

    key: str
    version: int
    name: str
    by_stamp: bool
    """The list carries its stamp; else a person named it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What a file would do, without anything having been written (``--dry-run``).

    ``findings`` are about the file and its columns, ``row_findings`` about its cells: gone through
    in the order of the rows they take the memory of a few thousand, however many there are.
    """

    file_name: str
    dialect: str
    details: Mapping[str, str]
    rows: int
    ready_rows: int
    warning_rows: int
    error_rows: int
    skipped_rows: int
    columns: Sequence[ColumnMatch]
    findings: Sequence[Finding]
    row_findings: ByRow[Finding]
    already: str | None = None
    update_rows: int = 0
    row_mode: RowMode = RowMode.CREATE
    template: TemplateUsed | None = None

    @property
    def findings_total(self) -> int:
        """How much is said: of the file, its columns and its rows."""
        return len(self.findings) + len(self.row_findings)

    def every_finding(self) -> Iterator[Finding]:
        """Yield all that is said: of the file, its columns, then its rows."""
        yield from self.findings
        yield from self.row_findings.every()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedFile:
    """A kept file and the import that was made of it."""

    file: FileView
    import_id: ImportId
    project_code: str
    dialect: str
    state: ImportState
    rows: int
    registered: int
    to_check: int
    """Rows that wait for a person: with an error or a warning, not registered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatWasRead:
    """What reading a file found, and in which of its lines: ``read``, or to be checked.

    In a spreadsheet a line is a row as the spreadsheet counts, the heading's row included.
    """

    notes: Sequence[Note]
    columns: Sequence[ColumnMatch]
    findings: Sequence[Finding]
    read_lines: frozenset[int]
    check_lines: frozenset[int]


@dataclass(frozen=True, slots=True)
class Standing:
    """A registered sample that a row may mean, with what the row could change of it."""

    id: UUID
    barcode: str
    project_id: UUID
    version: int
    lifecycle: Lifecycle
    custody: Custody
    material_type: MaterialType
    created_at: datetime
    values: Mapping[str, Any]

"""What readers of workbooks receive."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.documents.ids import FileId
from backend.templates.ids import ImportId
from backend.work.ids import JobId
from backend.workbooks.ids import Mark, ReadState, SheetId, VersionId, WorkbookId
from backend.workbooks.planning.difference import CellChange
from backend.workbooks.planning.statistics import ColumnStatistics


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetView:
    """A sheet; ``heading_row`` is its line in the file, 0 where no line holds headings.

    ``row_count`` counts the filled rows below the headings.
    """

    id: SheetId
    position: int
    name: str
    headings: tuple[str, ...]
    heading_row: int
    row_count: int
    columns: tuple[ColumnStatistics, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    """One file of a workbook. ``remarks`` is what reading found worth saying."""

    id: VersionId
    number: int
    file_id: FileId
    file_name: str
    size_bytes: int
    state: ReadState
    refusal: str
    note: str
    uploaded_by_name: str
    uploaded_at: datetime
    sheets: tuple[SheetView, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkbookSummary:
    """A line of the list; all but the name and project is of the latest version."""

    id: WorkbookId
    name: str
    project_id: UUID | None
    project_code: str
    latest_number: int
    state: ReadState
    sheet_count: int
    row_count: int
    uploaded_at: datetime
    uploaded_by_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkbookView:
    """A workbook and its versions, the newest first."""

    id: WorkbookId
    name: str
    project_id: UUID | None
    project_code: str
    versions: tuple[VersionView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """A row; ``number`` is its line in the file, from 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPage:
    """Some rows of a sheet, from the ``start``-th of the ``matching`` ones on, from 0."""

    sheet: SheetView
    rows: tuple[RowView, ...]
    matching: int
    start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRow:
    """A row with a cell that contains the text; ``cell`` is the first of them."""

    workbook_id: WorkbookId
    workbook_name: str
    version_number: int
    sheet_id: SheetId
    sheet_name: str
    row_number: int
    heading: str
    cell: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRows:
    """Rows found, and whether there are more than these."""

    rows: tuple[FoundRow, ...]
    is_more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A version that was added; or, where ``same_as`` says so, the one that is there already."""

    workbook_id: WorkbookId
    version_id: VersionId
    same_as: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferingRow:
    """A row that was changed, added or removed, and its line in the file that has it.

    ``line`` is of the newer version, of a removed row of the older one. A changed row has the
    cells that differ in ``changes``, any other all its cells in ``cells``.
    """

    mark: Mark
    line: int
    cells: tuple[str, ...] = ()
    changes: tuple[CellChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceSummary:
    """What a comparison found, counted."""

    key: str | None
    headings: tuple[str, ...]
    old_headings: tuple[str, ...]
    added_columns: tuple[str, ...]
    removed_columns: tuple[str, ...]
    changed_cells: int
    changed_rows: int
    added_rows: int
    removed_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferencePage:
    """Some of the rows that differ: page ``page`` of ``pages``, from 1."""

    summary: DifferenceSummary
    rows: tuple[DifferingRow, ...]
    page: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The draft that was made of rows, or else the job that makes it."""

    draft: ImportId | None = None
    job: JobId | None = None

"""What readers of workbooks receive."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.documents.ids import FileId
from backend.workbooks.ids import ReadState, SheetId, VersionId, WorkbookId
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

"""Workbooks: add one, read its sheets, search all of them, and compare two versions."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import PurePath
from uuid import UUID

from pydantic import Field

from backend.api.idempotency import once
from backend.api.paging import PageQuery
from backend.api.routing import ApiInput, ApiOutput, Call, Route
from backend.core.blobs import DiskStore
from backend.core.paging import MAX_PAGE_SIZE
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.templates import queries as templates_queries
from backend.workbooks import comparing, listed, queries, service
from backend.workbooks.ids import ReadState, SheetId, WorkbookId
from backend.workbooks.planning.statistics import Kind


class ListQuery(PageQuery):
    """What the list is narrowed to."""

    search: str = Field(
        default="", max_length=200, description="A part of a name, file name or project's code."
    )


class RowsQuery(ApiInput):
    """Which rows of a sheet."""

    start: int = Field(default=0, ge=0)
    limit: int = Field(default=50, ge=1, le=MAX_PAGE_SIZE)
    containing: str = Field(default="", max_length=200, description="A part of one of the cells.")


class SearchQuery(ApiInput):
    """What to look for, whatever its capitals."""

    text: str = Field(min_length=1, max_length=200)
    limit: int = Field(default=50, ge=1, le=MAX_PAGE_SIZE)
    all_versions: bool = False


class DifferenceQuery(ApiInput):
    """Two sheets; ``key`` is the column that names rows in both, guessed when left out."""

    old: UUID
    new: UUID
    key: str | None = Field(default=None, max_length=500)


class AddQuery(ApiInput):
    """The file's name and where it belongs."""

    file_name: str = Field(min_length=1, max_length=200)
    project: str | None = Field(default=None, max_length=40, description="Code, or none.")
    note: str = Field(default="", max_length=500)


class WorkbookLineOut(ApiOutput):
    """A workbook as its latest version has it."""

    id: UUID
    name: str
    project_code: str
    latest_number: int
    state: ReadState
    sheet_count: int
    row_count: int
    uploaded_at: datetime
    uploaded_by_name: str


class WorkbooksOut(ApiOutput):
    """The last changed first."""

    items: list[WorkbookLineOut]
    next_cursor: str | None


class ColumnOut(ApiOutput):
    """What stands in a column."""

    heading: str
    filled: int
    empty: int
    distinct: int
    is_unique: bool
    kinds: dict[Kind, int]
    smallest_number: Decimal | None
    largest_number: Decimal | None
    first_day: date | None
    last_day: date | None


class SheetOut(ApiOutput):
    """A sheet; ``heading_row`` is 0 where no line holds headings."""

    id: UUID
    position: int
    name: str
    headings: list[str]
    heading_row: int
    row_count: int
    columns: list[ColumnOut]


class VersionOut(ApiOutput):
    """One file of a workbook."""

    id: UUID
    number: int
    file_name: str
    size_bytes: int
    state: ReadState
    refusal: str
    note: str
    remarks: list[str]
    uploaded_by_name: str
    uploaded_at: datetime
    sheets: list[SheetOut]


class WorkbookOut(ApiOutput):
    """A workbook and its versions, the newest first."""

    id: UUID
    name: str
    project_code: str
    versions: list[VersionOut]


class RowOut(ApiOutput):
    """A row and its line in the file."""

    number: int
    cells: list[str]


class RowsOut(ApiOutput):
    """Rows of a sheet, from the ``start``-th of the ``matching`` ones on."""

    rows: list[RowOut]
    matching: int
    start: int


class FoundRowOut(ApiOutput):
    """A row, and the first of its cells that contains the text."""

    workbook_id: UUID
    workbook_name: str
    version_number: int
    sheet_id: UUID
    sheet_name: str
    row_number: int
    heading: str
    cell: str
    cells: list[str]


class FoundRowsOut(ApiOutput):
    """Rows that were found."""

    rows: list[FoundRowOut]
    is_more: bool


class CellChangeOut(ApiOutput):
    """A cell of both versions; None is a column that one of them lacks."""

    heading: str
    before: str | None
    after: str | None


class ChangedRowOut(ApiOutput):
    """A row of both versions that differs; its place in each counts from 0 below the headings."""

    before: int
    after: int
    cells: list[CellChangeOut]


class LoneRowOut(ApiOutput):
    """A row that one version lacks; its place counts from 0 below the headings."""

    place: int
    cells: list[str]


class DifferenceOut(ApiOutput):
    """What differs between two sheets."""

    key: str | None
    added_columns: list[str]
    removed_columns: list[str]
    changed: list[ChangedRowOut]
    added_rows: list[LoneRowOut]
    removed_rows: list[LoneRowOut]


class AddedOut(ApiOutput):
    """What was added; ``same_as`` says so when the file was there already."""

    workbook_id: UUID
    version_id: UUID
    same_as: str | None


def list_workbooks(call: Call) -> WorkbooksOut:
    """Return the workbooks that the caller may see."""
    asked = call.asked(ListQuery)
    with reading() as session:
        found = listed.list_workbooks(
            session, call.caller, named=asked.search, cursor=asked.cursor, limit=asked.limit
        )
    return WorkbooksOut(
        items=[WorkbookLineOut.model_validate(each) for each in found.items],
        next_cursor=found.next_cursor,
    )


def get_workbook(call: Call) -> WorkbookOut:
    """Return one workbook."""
    with reading() as session:
        found = queries.workbook(session, call.caller, WorkbookId(call.key("workbook_id")))
    return WorkbookOut.model_validate(found)


def sheet_rows(call: Call) -> RowsOut:
    """Return rows of a sheet."""
    asked = call.asked(RowsQuery)
    with reading() as session:
        found = queries.sheet_rows(
            session,
            call.caller,
            SheetId(call.key("sheet_id")),
            start=asked.start,
            limit=asked.limit,
            containing=asked.containing,
        )
    return RowsOut.model_validate(found)


def search_rows(call: Call) -> FoundRowsOut:
    """Return rows of all workbooks that contain a text."""
    asked = call.asked(SearchQuery)
    with reading() as session:
        found = queries.search_rows(
            session, call.caller, asked.text, limit=asked.limit, all_versions=asked.all_versions
        )
    return FoundRowsOut.model_validate(found)


def difference(call: Call) -> DifferenceOut:
    """Return what differs between two sheets."""
    asked = call.asked(DifferenceQuery)
    with reading() as session:
        found = comparing.direct_difference(
            session, call.caller, old=SheetId(asked.old), new=SheetId(asked.new), key=asked.key
        )
    return DifferenceOut(
        key=found.key,
        added_columns=list(found.added_columns),
        removed_columns=list(found.removed_columns),
        changed=[ChangedRowOut.model_validate(pair) for pair in found.changed],
        added_rows=[LoneRowOut(place=n, cells=list(row)) for n, row in found.added_rows],
        removed_rows=[LoneRowOut(place=n, cells=list(row)) for n, row in found.removed_rows],
    )


def add_workbook(call: Call) -> object:
    """Keep the file that is the body as a workbook."""
    asked = call.asked(AddQuery)
    with writing() as session:
        return once(
            session,
            call,
            lambda: AddedOut.model_validate(
                service.add_workbook(
                    session,
                    call.caller,
                    file_name=PurePath(asked.file_name).name,
                    content=call.content,
                    files=DiskStore(call.settings.files_dir),
                    project_id=(
                        templates_queries.get_project(session, call.caller, asked.project).id
                        if asked.project
                        else None
                    ),
                    note=asked.note,
                )
            ),
        )


_TAG = "Workbooks"
ROUTES = (
    Route(
        method="GET",
        path="/api/v1/workbooks",
        handler=list_workbooks,
        access=Permission.DOCUMENTS_VIEW,
        summary="Workbooks of one's projects and of none, the last changed first, a page at a time",
        tag=_TAG,
        query=ListQuery,
        answer=WorkbooksOut,
    ),
    Route(
        method="POST",
        path="/api/v1/workbooks",
        handler=add_workbook,
        access=Permission.SAMPLES_REGISTER,
        summary="Keep a spreadsheet; a long one is read by a worker",
        tag=_TAG,
        query=AddQuery,
        answer=AddedOut,
        status=201,
        takes_file=True,
        once=True,
    ),
    Route(
        method="GET",
        path="/api/v1/workbooks/{workbook_id}",
        handler=get_workbook,
        access=Permission.DOCUMENTS_VIEW,
        summary="One workbook: its versions, their sheets and columns",
        tag=_TAG,
        answer=WorkbookOut,
    ),
    Route(
        method="GET",
        path="/api/v1/workbook-sheets/{sheet_id}/rows",
        handler=sheet_rows,
        access=Permission.DOCUMENTS_VIEW,
        summary="Rows of a sheet, all or those that contain a text",
        tag=_TAG,
        query=RowsQuery,
        answer=RowsOut,
    ),
    Route(
        method="GET",
        path="/api/v1/workbook-rows",
        handler=search_rows,
        access=Permission.DOCUMENTS_VIEW,
        summary="Rows of all workbooks that contain a text",
        tag=_TAG,
        query=SearchQuery,
        answer=FoundRowsOut,
    ),
    Route(
        method="GET",
        path="/api/v1/workbook-differences",
        handler=difference,
        access=Permission.DOCUMENTS_VIEW,
        summary="What differs between two sheets of fewer rows than a worker compares",
        tag=_TAG,
        query=DifferenceQuery,
        answer=DifferenceOut,
    ),
)

"""Reading workbooks: one with its versions, rows of a sheet, and rows by a text."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, or_, select

from backend.core.paging import MAX_PAGE_SIZE
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.documents.ids import FileId
from backend.documents.models import StoredFile
from backend.samples.models import Project, ProjectMember
from backend.workbooks.errors import KeyRefused, SheetNotFound, VersionNotFound, WorkbookNotFound
from backend.workbooks.ids import ReadState, SheetId, VersionId, WorkbookId
from backend.workbooks.models import Workbook, WorkbookRow, WorkbookSheet, WorkbookVersion
from backend.workbooks.plain import column_in, searched
from backend.workbooks.planning.difference import SheetDifference, compare
from backend.workbooks.planning.sheet import Sheet
from backend.workbooks.views import (
    FoundRow,
    FoundRows,
    RowPage,
    RowView,
    SheetView,
    VersionView,
    WorkbookView,
)

MOST_ROWS = 1_000
"""Rows of a sheet that are handed out at once."""
_LONGEST_TEXT = 200


def visible(principal: Principal) -> ColumnElement[bool]:
    """Return the condition of workbooks that a principal may see.

    Raises:
        PermissionDenied: without the right to documents.
    """
    principal.require(Permission.DOCUMENTS_VIEW)
    if principal.may(Permission.SAMPLES_VIEW_ALL_PROJECTS):
        return Workbook.id.is_not(None)
    mine = select(ProjectMember.project_id).where(ProjectMember.user_id == principal.user_id)
    return or_(Workbook.project_id.is_(None), Workbook.project_id.in_(mine))


def workbook(session: ReadSession, principal: Principal, workbook_id: WorkbookId) -> WorkbookView:
    """Return a workbook with its versions and their sheets.

    Raises:
        WorkbookNotFound: absent, or of a project the principal is not in.
    """
    found = session.execute(
        select(Workbook, Project.code)
        .outerjoin(Project, Project.id == Workbook.project_id)
        .where(visible(principal), Workbook.id == workbook_id)
    ).one_or_none()
    if found is None:
        raise WorkbookNotFound
    book, code = found
    versions = session.execute(
        select(WorkbookVersion, StoredFile)
        .join(StoredFile, StoredFile.id == WorkbookVersion.file_id)
        .where(WorkbookVersion.workbook_id == book.id)
        .order_by(WorkbookVersion.number.desc())
    ).all()
    sheets: dict[UUID, list[SheetView]] = {version.id: [] for version, _ in versions}
    for sheet in session.scalars(
        select(WorkbookSheet)
        .where(WorkbookSheet.version_id.in_(sheets))
        .order_by(WorkbookSheet.position)
    ):
        sheets[sheet.version_id].append(_sheet_view(sheet))
    return WorkbookView(
        id=WorkbookId(book.id),
        name=book.name,
        project_id=book.project_id,
        project_code=code or "",
        versions=tuple(_version_view(v, file, sheets[v.id]) for v, file in versions),
    )


def sheet_rows(
    session: ReadSession,
    principal: Principal,
    sheet_id: SheetId,
    *,
    start: int = 0,
    limit: int = 100,
    containing: str = "",
) -> RowPage:
    """Return rows below a sheet's headings, at most MOST_ROWS, in the order of the file.

    Raises:
        SheetNotFound: absent, or not of a visible workbook.
    """
    sheet = get_sheet(session, principal, sheet_id)[0]
    wanted = searched(containing[:_LONGEST_TEXT])
    query = _body(sheet)
    matching = sheet.row_count
    if wanted:
        query = query.where(_contains(wanted))
        matching = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = session.execute(
        query.order_by(WorkbookRow.number)
        .offset(max(start, 0))
        .limit(min(max(limit, 1), MOST_ROWS))
    )
    width = len(sheet.headings)
    return RowPage(
        sheet=_sheet_view(sheet),
        rows=tuple(RowView(number=n, cells=_wide(cells, width)) for n, cells in rows),
        matching=matching,
        start=max(start, 0),
    )


def search_rows(
    session: ReadSession,
    principal: Principal,
    text: str,
    *,
    limit: int = 50,
    all_versions: bool = False,
) -> FoundRows:
    """Return rows with a cell that contains a text, whatever its capitals.

    The version that was read last is searched, or all of them; what stands above the headings of
    a sheet is found, too.
    """
    seen = visible(principal)
    wanted = searched(text[:_LONGEST_TEXT])
    limit = min(max(limit, 1), MAX_PAGE_SIZE)
    if not wanted:
        return FoundRows(rows=(), is_more=False)
    query = (
        select(Workbook, WorkbookVersion.number, WorkbookSheet, WorkbookRow.number.label("line"))
        .add_columns(WorkbookRow.cells)
        .join(WorkbookVersion, WorkbookVersion.workbook_id == Workbook.id)
        .join(WorkbookSheet, WorkbookSheet.version_id == WorkbookVersion.id)
        .join(WorkbookRow, WorkbookRow.sheet_id == WorkbookSheet.id)
        .where(seen, _contains(wanted))
    )
    if not all_versions:
        query = query.where(WorkbookVersion.number == latest_number(only_read=True))
    found = session.execute(
        query.order_by(
            Workbook.name,
            Workbook.id,
            WorkbookVersion.number.desc(),
            WorkbookSheet.position,
            WorkbookRow.number,
        ).limit(limit + 1)
    ).all()
    return FoundRows(
        rows=tuple(_found(row, wanted) for row in found[:limit]), is_more=len(found) > limit
    )


def difference(
    session: ReadSession,
    principal: Principal,
    *,
    old: SheetId,
    new: SheetId,
    key: str | None = None,
) -> SheetDifference:
    """Return what differs between two sheets below their headings; see planning.difference.

    Raises:
        SheetNotFound: one is absent, or not of a visible workbook.
        KeyRefused: the key does not name every row of both.
    """
    before, after = (readable_sheet(session, principal, each) for each in (old, new))
    return compared(before, after, key)


def compared(old: Sheet, new: Sheet, key: str | None) -> SheetDifference:
    """Return what differs between two sheets; see planning.difference.

    Raises:
        KeyRefused: the key does not name every row of both.
    """
    try:
        return compare(old, new, key=key)
    except ValueError as error:
        raise KeyRefused(str(error), fields={"key": str(error)}) from error


def readable_sheet(session: ReadSession, principal: Principal, sheet_id: SheetId) -> Sheet:
    """Return all rows of a visible sheet below its headings.

    Raises:
        SheetNotFound: absent, or not of a visible workbook.
    """
    return whole_sheet(session, get_sheet(session, principal, sheet_id)[0])


def line_numbers(session: ReadSession, principal: Principal, sheet_id: SheetId) -> list[int]:
    """Return in which line of the file each row of a sheet stands, in their order.

    Raises:
        SheetNotFound: absent, or not of a visible workbook.
    """
    sheet = get_sheet(session, principal, sheet_id)[0]
    numbers = _body(sheet).with_only_columns(WorkbookRow.number).order_by(WorkbookRow.number)
    return list(session.scalars(numbers))


def get_sheet(
    session: ReadSession, principal: Principal, sheet_id: SheetId
) -> tuple[WorkbookSheet, WorkbookVersion, Workbook]:
    """Return a visible sheet with its version and workbook.

    Raises:
        SheetNotFound: absent, or not of a visible workbook.
    """
    found = session.execute(
        select(WorkbookSheet, WorkbookVersion, Workbook)
        .join(WorkbookVersion, WorkbookVersion.id == WorkbookSheet.version_id)
        .join(Workbook, Workbook.id == WorkbookVersion.workbook_id)
        .where(visible(principal), WorkbookSheet.id == sheet_id)
    ).one_or_none()
    if found is None:
        raise SheetNotFound
    sheet, version, book = found
    return sheet, version, book


def get_version(
    session: ReadSession, principal: Principal, version_id: VersionId, *, lock: bool = False
) -> tuple[WorkbookVersion, StoredFile]:
    """Return a version of a visible workbook and its file; locked, one reader waits for another.

    Raises:
        VersionNotFound: absent, or not of a visible workbook.
    """
    query = (
        select(WorkbookVersion, StoredFile)
        .join(StoredFile, StoredFile.id == WorkbookVersion.file_id)
        .join(Workbook, Workbook.id == WorkbookVersion.workbook_id)
        .where(visible(principal), WorkbookVersion.id == version_id)
    )
    if lock:
        query = query.with_for_update(of=WorkbookVersion).execution_options(populate_existing=True)
    found = session.execute(query).one_or_none()
    if found is None:
        raise VersionNotFound
    version, file = found
    return version, file


def whole_sheet(
    session: ReadSession, sheet: WorkbookSheet, numbers: Sequence[int] | None = None
) -> Sheet:
    """Return a sheet's headings and its rows below them, or those of the given lines."""
    query = _body(sheet).order_by(WorkbookRow.number)
    if numbers is not None:
        query = query.where(WorkbookRow.number.in_(numbers))
    width = len(sheet.headings)
    rows = tuple(_wide(cells, width) for _, cells in session.execute(query))
    return Sheet(tuple(sheet.headings), rows)


def latest_number(*, only_read: bool) -> ColumnElement[int]:
    """Return the number of a workbook's latest version, in a statement that has the workbook."""
    version = WorkbookVersion.__table__.alias("latest")
    query = select(func.max(version.c.number)).where(version.c.workbook_id == Workbook.id)
    if only_read:
        query = query.where(version.c.state == ReadState.READ)
    return query.correlate(Workbook).scalar_subquery()


def _body(sheet: WorkbookSheet) -> Select[int, list[str]]:
    return select(WorkbookRow.number, WorkbookRow.cells).where(
        WorkbookRow.sheet_id == sheet.id, WorkbookRow.number > sheet.heading_row
    )


def _contains(wanted: str) -> ColumnElement[bool]:
    """Return the condition of rows with a text; the index finds those with all its parts."""
    whole = func.strpos(WorkbookRow.search, wanted) > 0
    if len(wanted.encode()) < 3:  # noqa: PLR2004 the parts of the index are three bytes long
        return whole
    return func.workbook_grams(WorkbookRow.search).op("@>")(func.workbook_grams(wanted)) & whole


def _found(row: Row[Workbook, int, WorkbookSheet, int, list[str]], wanted: str) -> FoundRow:
    book, version_number, sheet, number, cells = row
    place = next(place for place, cell in enumerate(cells) if wanted in searched(cell))
    return FoundRow(
        workbook_id=WorkbookId(book.id),
        workbook_name=book.name,
        version_number=version_number,
        sheet_id=SheetId(sheet.id),
        sheet_name=sheet.name,
        row_number=number,
        heading=sheet.headings[place],
        cell=cells[place],
        cells=_wide(cells, len(sheet.headings)),
    )


def _wide(cells: Sequence[str], width: int) -> tuple[str, ...]:
    """Return cells filled up to the sheet's width."""
    return (*cells, *[""] * (width - len(cells)))


def _version_view(
    version: WorkbookVersion, file: StoredFile, sheets: Sequence[SheetView]
) -> VersionView:
    return VersionView(
        id=VersionId(version.id),
        number=version.number,
        file_id=FileId(file.id),
        file_name=file.file_name,
        size_bytes=file.size_bytes,
        state=version.state,
        refusal=version.refusal,
        note=version.note,
        uploaded_by_name=file.uploaded_by_name,
        uploaded_at=file.uploaded_at,
        sheets=tuple(sheets),
        remarks=tuple(version.remarks),
    )


def _sheet_view(sheet: WorkbookSheet) -> SheetView:
    return SheetView(
        id=SheetId(sheet.id),
        position=sheet.position,
        name=sheet.name,
        headings=tuple(sheet.headings),
        heading_row=sheet.heading_row,
        row_count=sheet.row_count,
        columns=tuple(map(column_in, sheet.columns)),
    )

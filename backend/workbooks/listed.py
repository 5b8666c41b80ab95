"""The list of workbooks, a page at a time, narrowed by a part of a name."""

from sqlalchemy import ColumnElement, String, Uuid, cast, func, literal, or_, select, tuple_

from backend.core.paging import Page, checked_limit, decode_moment, encode_moment
from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.documents.models import StoredFile
from backend.samples.models import Project
from backend.workbooks.ids import WorkbookId
from backend.workbooks.models import Workbook, WorkbookSheet, WorkbookVersion
from backend.workbooks.queries import latest_number, visible
from backend.workbooks.views import WorkbookSummary

PAGE_ROWS = 50
_LONGEST_TEXT = 200


def list_workbooks(
    session: ReadSession,
    principal: Principal,
    *,
    named: str = "",
    cursor: str | None = None,
    limit: int = PAGE_ROWS,
) -> Page[WorkbookSummary]:
    """Return workbooks, the last changed first, from the one after the cursor on.

    ``named`` is a part of the workbook's name, its newest file's, or its project's code.

    Raises:
        InvalidInput: a cursor or limit that is none.
    """
    sheets = (
        select(func.count(), func.coalesce(func.sum(WorkbookSheet.row_count), 0))
        .where(WorkbookSheet.version_id == WorkbookVersion.id)
        .lateral()
    )
    count, total = sheets.c
    query = (
        select(Workbook, Project.code, WorkbookVersion, StoredFile, count, total)
        .join(WorkbookVersion, WorkbookVersion.workbook_id == Workbook.id)
        .join(StoredFile, StoredFile.id == WorkbookVersion.file_id)
        .outerjoin(Project, Project.id == Workbook.project_id)
        .join(sheets, literal(value=True))
        .where(visible(principal), WorkbookVersion.number == latest_number(only_read=False))
        .order_by(StoredFile.uploaded_at.desc(), Workbook.id.desc())
        .limit(checked_limit(limit) + 1)
    )
    wanted = named.strip()[:_LONGEST_TEXT]
    if wanted:
        query = query.where(_named(wanted))
    if cursor is not None:
        at, key = decode_moment(cursor)
        after = tuple_(literal(at), literal(key, Uuid()))
        query = query.where(tuple_(StoredFile.uploaded_at, Workbook.id) < after)
    found = [
        WorkbookSummary(
            id=WorkbookId(book.id),
            name=book.name,
            project_id=book.project_id,
            project_code=code or "",
            latest_number=version.number,
            state=version.state,
            sheet_count=sheet_count,
            row_count=int(row_count),
            uploaded_at=file.uploaded_at,
            uploaded_by_name=file.uploaded_by_name,
        )
        for book, code, version, file, sheet_count, row_count in session.execute(query)
    ]
    shown = found[:limit]
    more = len(found) > limit
    return Page(
        items=shown,
        next_cursor=encode_moment(shown[-1].uploaded_at, shown[-1].id) if more else None,
    )


def _named(wanted: str) -> ColumnElement[bool]:
    return or_(
        *(
            cast(column, String).icontains(wanted, autoescape=True)
            for column in (Workbook.name, StoredFile.file_name, Project.code)
        )
    )

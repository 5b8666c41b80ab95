"""Comparing very long sheets: a worker does it once, and what differs is kept in pages.

A finished comparison stays right: what was read of a version never changes. Its pages lie in the
file store, and the job knows their index.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select

from backend.core.blobs import FileStore
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.work import queries as work_queries
from backend.work import service as work_service
from backend.work.ids import JobId, JobState
from backend.work.models import Job
from backend.work.views import JobView
from backend.workbooks import queries
from backend.workbooks.errors import ComparisonNotFound, TooLongToCompare
from backend.workbooks.ids import Mark, SheetId
from backend.workbooks.planning.difference import CellChange, SheetDifference
from backend.workbooks.planning.sheet import Sheet
from backend.workbooks.views import DifferencePage, DifferenceSummary, DifferingRow

COMPARE_KIND = "workbooks.compare"
LARGE_ROWS = 20_000
"""Rows of both sheets together from which on a worker compares; fewer take about a second."""
PAGE_ROWS = 200
_GOING = {JobState.QUEUED, JobState.RUNNING, JobState.DONE}


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of the file in which the rows of both sheets stand, by place."""

    old: list[int]
    new: list[int]


def is_long(old_rows: int, new_rows: int) -> bool:
    """Say whether two sheets of so many rows are compared by a worker."""
    return old_rows + new_rows >= LARGE_ROWS


def direct_difference(
    session: ReadSession, principal: Principal, *, old: SheetId, new: SheetId, key: str | None
) -> SheetDifference:
    """Return what differs between two sheets that are short enough to wait for.

    Raises:
        SheetNotFound, KeyRefused: see queries.difference.
        TooLongToCompare: a worker has to do it.
    """
    sheets = [queries.get_sheet(session, principal, each)[0] for each in (old, new)]
    if is_long(*(sheet.row_count for sheet in sheets)):
        raise TooLongToCompare(sum(sheet.row_count for sheet in sheets))
    return queries.difference(session, principal, old=old, new=new, key=key)


def request_comparison(
    session: WriteSession,
    principal: Principal,
    *,
    old: SheetId,
    new: SheetId,
    key: str | None = None,
) -> JobId:
    """Ask a worker to compare two sheets; one's own that goes on or is done is returned.

    Raises:
        SheetNotFound: one is absent, or not of a visible workbook.
    """
    for each in (old, new):
        queries.get_sheet(session, principal, each)
    last = find_comparison(session, principal, old=old, new=new, key=key)
    if last is not None and last.state in _GOING:
        return last.id
    return work_service.request_job(
        session,
        principal,
        kind=COMPARE_KIND,
        key=f"{_which(principal, old, new, key)}{new_id()}",
        arguments={"old": str(old), "new": str(new), "key": key},
        queue="long",
        max_attempts=1,
    )


def find_comparison(
    session: ReadSession,
    principal: Principal,
    *,
    old: SheetId,
    new: SheetId,
    key: str | None = None,
) -> JobView | None:
    """Return the job of one's last comparison of two sheets, None without one."""
    principal.require(Permission.DOCUMENTS_VIEW)
    found = session.scalar(
        select(Job.id)
        .where(
            Job.kind == COMPARE_KIND,
            Job.requested_by == principal.user_id,
            Job.key.startswith(_which(principal, old, new, key), autoescape=True),
        )
        .order_by(Job.created_at.desc(), Job.id.desc())
        .limit(1)
    )
    return None if found is None else work_queries.get_job(session, principal, JobId(found))


def lines_of(session: ReadSession, principal: Principal, *, old: SheetId, new: SheetId) -> Lines:
    """Return in which lines of the files the rows of two sheets stand."""
    return Lines(*(queries.line_numbers(session, principal, each) for each in (old, new)))


def keep(found: SheetDifference, old: Sheet, new: Sheet, *, lines: Lines, files: FileStore) -> str:
    """Keep what differs between two sheets in pages; return the file-store key of their index."""
    rows = list(_rows(found, new, lines))
    pages = [
        files.put(orjson.dumps([asdict(row) for row in rows[start : start + PAGE_ROWS]]))
        for start in range(0, len(rows), PAGE_ROWS)
    ]
    marks = [row.mark for row in rows]
    summary = DifferenceSummary(
        key=found.key,
        headings=found.headings,
        old_headings=old.headings,
        added_columns=found.added_columns,
        removed_columns=found.removed_columns,
        changed_cells=sum(len(row.changes) for row in rows),
        changed_rows=marks.count(Mark.CHANGED),
        added_rows=marks.count(Mark.ADDED),
        removed_rows=marks.count(Mark.REMOVED),
    )
    return files.put(orjson.dumps({"summary": asdict(summary), "pages": pages}))


def difference_page(
    session: ReadSession, principal: Principal, job_id: JobId, *, files: FileStore, page: int = 1
) -> DifferencePage:
    """Return a page, from 1, of what a finished comparison found; the last one for a later page.

    Raises:
        JobNotFound: no such job, or not visible.
        ComparisonNotFound: it compares nothing, or has not finished.
        SheetNotFound: a sheet is not of a visible workbook any more.
    """
    job = work_queries.get_job(session, principal, job_id)
    made = job.result or {}
    if job.kind != COMPARE_KIND or job.state != JobState.DONE or "sha256" not in made:
        raise ComparisonNotFound
    for side in ("old", "new"):
        queries.get_sheet(session, principal, SheetId(UUID(str(made[side]))))
    index = orjson.loads(files.get(str(made["sha256"])))
    pages: list[str] = index["pages"]
    place = min(max(page, 1), max(len(pages), 1))
    rows = orjson.loads(files.get(pages[place - 1])) if pages else []
    return DifferencePage(
        summary=_summary(index["summary"]),
        rows=tuple(map(_row, rows)),
        page=place,
        pages=max(len(pages), 1),
    )


def _rows(found: SheetDifference, new: Sheet, lines: Lines) -> Iterator[DifferingRow]:
    """Yield the changed rows, then the added, then the removed ones.

    Of a column that one version lacks every cell would differ: the summary says it once.
    """
    place = None if found.key is None else new.headings.index(found.key)
    for pair in found.pairs:
        both = tuple(c for c in pair.cells if c.before is not None and c.after is not None)
        if both:
            name = "" if place is None else new.rows[pair.after][place]
            line = lines.new[pair.after]
            yield DifferingRow(mark=Mark.CHANGED, line=line, name=name, changes=both)
    for place, cells in found.added_rows:
        yield DifferingRow(mark=Mark.ADDED, line=lines.new[place], cells=cells)
    for place, cells in found.removed_rows:
        yield DifferingRow(mark=Mark.REMOVED, line=lines.old[place], cells=cells)


def _which(principal: Principal, old: SheetId, new: SheetId, key: str | None) -> str:
    hashed = hashlib.sha256((key or "").encode()).hexdigest()[:16]
    return f"{principal.user_id}:{old}:{new}:{hashed}:"


def _summary(stored: Mapping[str, Any]) -> DifferenceSummary:
    lists = {name: tuple(value) for name, value in stored.items() if isinstance(value, list)}
    return DifferenceSummary(**{**stored, **lists})


def _row(stored: Mapping[str, Any]) -> DifferingRow:
    return DifferingRow(
        mark=Mark(stored["mark"]),
        line=stored["line"],
        name=stored["name"],
        cells=tuple(stored["cells"]),
        changes=tuple(CellChange(**change) for change in stored["changes"]),
    )

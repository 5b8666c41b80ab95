"""The files that imports were made of: which there are, and what was read from each."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, select, tuple_

from backend.core.paging import Page, checked_limit, decode_moment, encode_moment
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.documents.errors import FileNotFound
from backend.documents.ids import FileId
from backend.documents.models import StoredFile
from backend.documents.views import FileView
from backend.templates import queries
from backend.templates.ids import ImportId
from backend.templates.models import ImportRow, SampleImport
from backend.templates.plain import column_in, finding_in
from backend.templates.reading.batch import RowState
from backend.templates.reading.values import FORM, Note
from backend.templates.views import ImportedFile, WhatWasRead

_DOUBTFUL = (RowState.ERROR, RowState.WARNING)

FileRow = Row[SampleImport, str, StoredFile, int]


def visible_files(principal: Principal) -> Select[SampleImport, str, StoredFile, int]:
    """Return the files of a principal's projects, each with its import and rows to check.

    Raises:
        PermissionDenied: without the right to documents.
    """
    principal.require(Permission.DOCUMENTS_VIEW)
    to_check = (
        select(func.count())
        .where(ImportRow.import_id == SampleImport.id, ImportRow.state.in_(_DOUBTFUL))
        .scalar_subquery()
    )
    return (
        queries.visible_imports(principal)
        .join(StoredFile, StoredFile.id == SampleImport.file_id)
        .add_columns(StoredFile, to_check.label("to_check"))
    )


def list_files(
    session: ReadSession, principal: Principal, *, limit: int = 50, cursor: str | None = None
) -> Page[ImportedFile]:
    """Return the files, the newest first."""
    query = visible_files(principal).order_by(StoredFile.uploaded_at.desc(), StoredFile.id.desc())
    if cursor is not None:
        query = query.where(_key() < decode_moment(cursor))
    found = session.execute(query.limit(checked_limit(limit) + 1)).all()
    shown = [_imported(row) for row in found[:limit]]
    last = shown[-1].file if len(found) > limit else None
    return Page(
        items=shown,
        next_cursor=encode_moment(last.uploaded_at, last.id) if last is not None else None,
    )


def get_file(session: ReadSession, principal: Principal, file_id: FileId) -> ImportedFile:
    """Return one file.

    Raises:
        FileNotFound: absent, or of a project the principal is not in.
    """
    return _imported(_find(session, principal, file_id))


def what_was_read(
    session: ReadSession, principal: Principal, file_id: FileId, *, lines: int
) -> WhatWasRead:
    """Return what reading a file found, its marks up to the given number of lines.

    Raises:
        FileNotFound: absent, or of a project the principal is not in.
    """
    record = _find(session, principal, file_id)[0]
    notes = [Note(**note) for note in record.notes]
    findings = [finding_in(finding) for finding in record.findings]
    rows = session.execute(
        select(ImportRow.number, ImportRow.state, ImportRow.lines, ImportRow.findings)
        .where(ImportRow.import_id == record.id, ImportRow.number <= lines)
        .order_by(ImportRow.number)
    ).all()
    marks = _form_marks(rows) if record.dialect == FORM else _sheet_marks(rows)
    doubted = {finding.line for finding in findings if finding.line is not None}
    check = marks[1] | doubted
    return WhatWasRead(
        notes=notes,
        columns=[column_in(column) for column in record.columns],
        findings=findings,
        read_lines=frozenset(marks[0] | {note.line for note in notes}) - check,
        check_lines=frozenset(check),
    )


def _form_marks(rows: Sequence[Any]) -> tuple[set[int], set[int]]:
    """Return the lines that fill a cell of a sample, and those that a finding names."""
    read = {line for row in rows for line in row.lines.values()}
    check = {
        finding["line"]
        for row in rows
        for finding in row.findings
        if finding.get("line") and finding["severity"] != "info"
    }
    return read, check


def _sheet_marks(rows: Sequence[Any]) -> tuple[set[int], set[int]]:
    """Return the rows that are fine, and those with an error or a warning."""
    check = {row.number for row in rows if row.state in _DOUBTFUL}
    fine = {row.number for row in rows if row.state in {RowState.READY, RowState.REGISTERED}}
    return fine, check


def _find(session: ReadSession, principal: Principal, file_id: UUID) -> FileRow:
    found = session.execute(visible_files(principal).where(StoredFile.id == file_id)).one_or_none()
    if found is None:
        raise FileNotFound
    return found


def _key() -> ColumnElement[Any]:
    return tuple_(StoredFile.uploaded_at, StoredFile.id)


def _imported(found: FileRow) -> ImportedFile:
    record, code, file, to_check = found
    return ImportedFile(
        file=FileView(
            id=FileId(file.id),
            file_name=file.file_name,
            sha256=file.sha256,
            size_bytes=file.size_bytes,
            uploaded_by_name=file.uploaded_by_name,
            uploaded_at=file.uploaded_at,
        ),
        import_id=ImportId(record.id),
        project_code=code,
        dialect=record.dialect,
        state=record.state,
        rows=record.row_count,
        registered=record.registered_count,
        to_check=to_check,
    )

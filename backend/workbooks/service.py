"""Keeping workbooks: adding files and versions, reading them, naming them."""

from pathlib import PurePath
from uuid import UUID

from sqlalchemy import select

from backend.core import clock
from backend.core.blobs import FileStore, key_of
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.documents import service as documents_service
from backend.documents.errors import FileNotFound
from backend.documents.ids import FileId
from backend.documents.models import StoredFile
from backend.documents.views import FileView
from backend.events import service as events_service
from backend.samples import queries as samples_queries
from backend.samples.models import Project
from backend.templates.adapters.grids import BookReading
from backend.templates.adapters.sheets import read_sheets
from backend.templates.reading.dates import show
from backend.templates.service.large import is_large
from backend.work import service as work_service
from backend.workbooks import contents, queries
from backend.workbooks.errors import WorkbookNotFound, WorkbookRefused
from backend.workbooks.events import (
    VersionAdded,
    VersionRead,
    VersionRefused,
    WorkbookAdded,
    WorkbookRenamed,
)
from backend.workbooks.ids import ReadState, VersionId, WorkbookId
from backend.workbooks.models import Workbook, WorkbookVersion
from backend.workbooks.views import Added

READ_KIND = "workbooks.read"
_LONGEST_NAME = 200
_LONGEST_NOTE = 500
_REMARKS = 20


def add_workbook(
    session: WriteSession,
    principal: Principal,
    *,
    file_name: str,
    content: bytes,
    files: FileStore,
    project_id: UUID | None = None,
    note: str = "",
) -> Added:
    """Keep a file as a workbook of its own, whatever is in it, and read it.

    A long file is read by a worker. Bytes that are the latest version of a visible workbook
    already lead there, and nothing is added.

    Raises:
        WorkbookRefused: no such project, or a note that is too long.
    """
    principal.require(Permission.SAMPLES_REGISTER)
    note = _checked_note(note)
    require_project(session, principal, project_id)
    same = _find_same(session, principal, content)
    if same is not None:
        return same
    name = _base(file_name)
    book = Workbook(
        name=(PurePath(name).stem or name)[:_LONGEST_NAME],
        project_id=project_id,
        created_by=principal.user_id,
    )
    session.add(book)
    session.flush()
    version = _keep(
        session, principal, book, number=1, name=name, content=content, files=files, note=note
    )
    events_service.record(
        session,
        principal,
        WorkbookAdded(aggregate_id=book.id, name=book.name, file_name=name, project_id=project_id),
    )
    return _read_or_ask(session, principal, version, content, files)


def add_version(
    session: WriteSession,
    principal: Principal,
    workbook_id: WorkbookId,
    *,
    file_name: str,
    content: bytes,
    files: FileStore,
    note: str = "",
) -> Added:
    """Keep a file as a workbook's next version and read it.

    Raises:
        WorkbookNotFound: absent, or of a project the principal is not in.
        WorkbookRefused: a note that is too long.
    """
    principal.require(Permission.SAMPLES_REGISTER)
    note = _checked_note(note)
    book = _lock(session, principal, workbook_id)
    same = _find_same(session, principal, content, of=workbook_id)
    if same is not None:
        return same
    last = session.scalars(
        select(WorkbookVersion.number)
        .where(WorkbookVersion.workbook_id == book.id)
        .order_by(WorkbookVersion.number.desc())
        .limit(1)
    ).one()
    name = _base(file_name)
    version = _keep(
        session,
        principal,
        book,
        number=last + 1,
        name=name,
        content=content,
        files=files,
        note=note,
    )
    events_service.record(
        session,
        principal,
        VersionAdded(aggregate_id=book.id, number=version.number, file_name=name),
    )
    return _read_or_ask(session, principal, version, content, files)


def read_version(
    session: WriteSession,
    principal: Principal,
    version_id: VersionId,
    *,
    files: FileStore,
    reading: BookReading | None = None,
) -> None:
    """Read all sheets of a version that waits; one that was read already stays as it is.

    ``reading`` is what was read of its file before, by who has no session open meanwhile.

    Raises:
        VersionNotFound: absent, or not of a visible workbook.
        NotFound: the bytes are not in the store any more.
    """
    principal.require(Permission.SAMPLES_REGISTER)
    version, file = queries.get_version(session, principal, version_id, lock=True)
    if version.state is ReadState.WAITING:
        found = reading if reading is not None else read_sheets(files.get(file.sha256))
        _write(session, principal, version, found)


def rename(session: WriteSession, principal: Principal, workbook_id: WorkbookId, name: str) -> None:
    """Give a workbook another name.

    Raises:
        WorkbookNotFound: absent, or of a project the principal is not in.
        WorkbookRefused: no name, or one that is too long.
    """
    principal.require(Permission.SAMPLES_REGISTER)
    book = _lock(session, principal, workbook_id)
    name = name.strip()
    if not 1 <= len(name) <= _LONGEST_NAME:
        message = f"A workbook's name has 1 to {_LONGEST_NAME} characters. Write a shorter one."
        raise WorkbookRefused(message, fields={"name": message})
    if name == book.name:
        return
    old, book.name = book.name, name
    renamed = WorkbookRenamed(aggregate_id=book.id, name=name)
    events_service.record(session, principal, renamed, old={"name": old}, new={"name": name})


def download_file(
    session: WriteSession, principal: Principal, *, file_id: FileId, files: FileStore
) -> tuple[FileView, bytes]:
    """Return a version's file and its bytes as they were sent; who took them is recorded.

    Raises:
        FileNotFound: no version's file, or of a project the principal is not in.
        NotFound: the bytes are not in the store any more.
    """
    file = session.scalars(
        select(StoredFile)
        .join(WorkbookVersion, WorkbookVersion.file_id == StoredFile.id)
        .join(Workbook, Workbook.id == WorkbookVersion.workbook_id)
        .where(queries.visible(principal), StoredFile.id == file_id)
    ).one_or_none()
    if file is None:
        raise FileNotFound
    view = FileView(
        id=FileId(file.id),
        file_name=file.file_name,
        sha256=file.sha256,
        size_bytes=file.size_bytes,
        uploaded_by_name=file.uploaded_by_name,
        uploaded_at=file.uploaded_at,
    )
    return view, documents_service.hand_out(session, principal, file=view, files=files)


def _keep(
    session: WriteSession,
    principal: Principal,
    book: Workbook,
    *,
    number: int,
    name: str,
    content: bytes,
    files: FileStore,
    note: str,
) -> WorkbookVersion:
    file_id = documents_service.store_file(
        session,
        principal,
        file_name=name,
        content=content,
        files=files,
        project_id=book.project_id,
    )
    version = WorkbookVersion(workbook_id=book.id, number=number, file_id=file_id, note=note)
    session.add(version)
    session.flush()
    return version


def _read_or_ask(
    session: WriteSession,
    principal: Principal,
    version: WorkbookVersion,
    content: bytes,
    files: FileStore,
) -> Added:
    """Read a short file at once, and ask a worker to read a long one."""
    version_id = VersionId(version.id)
    if is_large(content):
        work_service.request_job(
            session,
            principal,
            kind=READ_KIND,
            key=str(version_id),
            arguments={"version_id": str(version_id), "sha256": key_of(content)},
            queue="long",
        )
    else:
        read_version(session, principal, version_id, files=files)
    return Added(workbook_id=WorkbookId(version.workbook_id), version_id=version_id)


def _write(
    session: WriteSession, principal: Principal, version: WorkbookVersion, reading: BookReading
) -> None:
    book_id, number = version.workbook_id, version.number
    if reading.refusal:
        version.state, version.refusal = ReadState.REFUSED, reading.refusal
        version.read_at = clock.utc_now()
        refused = VersionRefused(aggregate_id=book_id, number=number, refusal=reading.refusal)
        events_service.record(session, principal, refused)
        return
    rows = sum(
        contents.write_sheet(session, VersionId(version.id), position, grid)
        for position, grid in enumerate(reading.sheets)
    )
    version.state, version.read_at = ReadState.READ, clock.utc_now()
    version.decimal_comma = reading.decimal_comma
    said = [finding.message for finding in reading.findings]
    more = [f"{len(said) - _REMARKS:,} more were found."] if len(said) > _REMARKS else []
    version.remarks = said[:_REMARKS] + more
    read = VersionRead(aggregate_id=book_id, number=number, sheets=len(reading.sheets), rows=rows)
    events_service.record(session, principal, read)


def _find_same(
    session: ReadSession, principal: Principal, content: bytes, *, of: WorkbookId | None = None
) -> Added | None:
    """Return the visible workbook whose latest version has these bytes, if there is one."""
    query = (
        select(Workbook, WorkbookVersion, StoredFile)
        .join(WorkbookVersion, WorkbookVersion.workbook_id == Workbook.id)
        .join(StoredFile, StoredFile.id == WorkbookVersion.file_id)
        .where(
            queries.visible(principal),
            StoredFile.sha256 == key_of(content),
            WorkbookVersion.number == queries.latest_number(only_read=False),
        )
        .order_by(StoredFile.uploaded_at)
        .limit(1)
    )
    if of is not None:
        query = query.where(Workbook.id == of)
    found = session.execute(query).one_or_none()
    if found is None:
        return None
    book, version, file = found
    return Added(
        workbook_id=WorkbookId(book.id),
        version_id=VersionId(version.id),
        same_as=(
            f"The file is version {version.number} of “{book.name}” already, since "
            f"{show(file.uploaded_at.date())}. Nothing was added."
        ),
    )


def _lock(session: WriteSession, principal: Principal, workbook_id: WorkbookId) -> Workbook:
    """Return a visible workbook, locked, so that two versions never get one number."""
    book = session.scalars(
        select(Workbook)
        .where(queries.visible(principal), Workbook.id == workbook_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if book is None:
        raise WorkbookNotFound
    return book


def require_project(session: ReadSession, principal: Principal, project_id: UUID | None) -> str:
    """Return the code of a visible project, empty without one."""
    if project_id is None:
        return ""
    project = session.scalars(
        samples_queries.visible_projects(principal).where(Project.id == project_id)
    ).one_or_none()
    if project is None:
        message = "There is no such project among yours. Choose one of the list."
        raise WorkbookRefused(message, fields={"project": message})
    return project.code


def _checked_note(note: str) -> str:
    note = note.strip()
    if len(note) > _LONGEST_NOTE:
        message = f"A note has {_LONGEST_NOTE} characters at most. Shorten it."
        raise WorkbookRefused(message, fields={"note": message})
    return note


def _base(file_name: str) -> str:
    return PurePath(file_name.replace("\\", "/")).name or "file"

"""Lists too long for a page to wait for: a worker reads, judges and registers them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from backend.core.blobs import FileStore
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.templates import queries
from backend.templates.ids import CommitMode, ImportId
from backend.templates.service.registering import open_import
from backend.work import queries as work_queries
from backend.work import service as work_service
from backend.work.ids import JobId, JobState
from backend.work.models import Job

READ_KIND = "templates.read_list"
REGISTER_KIND = "templates.register_rows"
ANEW_KIND = "templates.read_anew"
LARGE_ROWS = 2_000
"""Rows from which on a worker does it (DOMAIN 2b)."""
_LARGE_BYTES = 250_000
"""A workbook of this size holds about as many; how many, only unpacking would tell."""


def is_large(content: bytes) -> bool:
    """Tell whether a file is read by a worker; cheap, and nothing is parsed."""
    lines = content.count(b"\n") + content.count(b"\r") - content.count(b"\r\n")
    return lines > LARGE_ROWS if not content.startswith(b"PK") else len(content) > _LARGE_BYTES


def request_reading(
    session: WriteSession,
    principal: Principal,
    *,
    file_name: str,
    content: bytes,
    project_code: str,
    files: FileStore,
    template: str | None = None,
) -> JobId:
    """Keep a file's bytes and ask a worker to make a draft of them, by a template if one is named.

    Raises:
        ProjectNotFound: no such project, or not one of the principal's.
    """
    principal.require(Permission.SAMPLES_REGISTER)
    project = queries.get_project(session, principal, project_code)
    sha256 = files.put(content)
    return work_service.request_job(
        session,
        principal,
        kind=READ_KIND,
        key=f"{project.id}:{sha256}:{principal.request_id}",
        arguments={
            "sha256": sha256,
            "file_name": file_name,
            "project": project.code,
            "template": template or "",
        },
        queue="long",
        max_attempts=1,
    )


def request_registering(
    session: WriteSession,
    principal: Principal,
    *,
    import_id: ImportId,
    commit: CommitMode | None,
    reason: str = "",
) -> JobId:
    """Ask a worker to register a draft's rows; while one is at it, return that job.

    Raises:
        ImportNotFound, ImportClosed: see ``open_import``.
    """
    principal.require(Permission.SAMPLES_REGISTER)
    record = open_import(session, principal, import_id)
    running = job_of(session, import_id, kinds=[REGISTER_KIND])
    if running is not None:
        return running
    done = record.registered_count + record.updated_count
    return work_service.request_job(
        session,
        principal,
        kind=REGISTER_KIND,
        key=f"{import_id}:{done}:{principal.request_id}",
        arguments={
            "import_id": str(import_id),
            "commit": commit.value if commit else "",
            "reason": reason,
        },
        queue="long",
        max_attempts=1,
    )


def request_mapping(
    session: WriteSession, principal: Principal, *, import_id: ImportId, column: int, field: str
) -> JobId:
    """Ask a worker to read a column of a draft as another field; see ``editing.map_column``.

    Raises:
        ImportNotFound, ImportClosed: see ``open_import``.
    """
    asked = {"column": column, "field": field}
    return _request_anew(session, principal, import_id, asked)


def request_template(
    session: WriteSession, principal: Principal, *, import_id: ImportId, key: str | None
) -> JobId:
    """Ask a worker to read a draft by a template; see ``choosing.choose_template``.

    Raises:
        ImportNotFound, ImportClosed: see ``open_import``.
    """
    return _request_anew(session, principal, import_id, {"template": key or ""})


def _request_anew(
    session: WriteSession, principal: Principal, import_id: ImportId, asked: Mapping[str, object]
) -> JobId:
    principal.require(Permission.SAMPLES_REGISTER)
    open_import(session, principal, import_id)
    return work_service.request_job(
        session,
        principal,
        kind=ANEW_KIND,
        key=f"{import_id}:{principal.request_id}",
        arguments={"import_id": str(import_id), **asked},
        queue="long",
        max_attempts=1,
    )


def job_of(
    session: ReadSession, import_id: UUID, *, kinds: Sequence[str] = (REGISTER_KIND, ANEW_KIND)
) -> JobId | None:
    """Return the job that registers or judges a draft now, or waits to; the newest of several."""
    found = session.scalar(
        select(Job.id)
        .where(
            Job.kind.in_(kinds),
            Job.state.in_([JobState.QUEUED, JobState.RUNNING]),
            Job.key.startswith(f"{import_id}:"),
        )
        .order_by(Job.id.desc())
        .limit(1)
    )
    return JobId(found) if found is not None else None


def draft_read_by(session: ReadSession, principal: Principal, job_id: JobId) -> ImportId | None:
    """Return the draft that a reading job made, None while it has not."""
    job = work_queries.get_job(session, principal, job_id)
    made = (job.result or {}).get("import_id")
    return ImportId(UUID(str(made))) if job.state == JobState.DONE and made else None

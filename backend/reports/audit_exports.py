"""Long files of the audit trail: asked for here, made by a worker, handed to who asked alone."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import select

from backend.core.errors import NotFound
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import exporting
from backend.events import service as events_service
from backend.events.audit_files import AuditFormat
from backend.events.views import AuditFilters
from backend.reports.events import AuditFileMade
from backend.work import queries as work_queries
from backend.work import service as work_service
from backend.work.ids import JobId
from backend.work.models import Job

JOB_KIND = "reports.export_audit"
_FILTERS = TypeAdapter(AuditFilters)


def request_export(
    session: WriteSession, principal: Principal, *, kind: AuditFormat, filters: AuditFilters
) -> JobId:
    """Ask for a file of the entries that the filters leave.

    Raises:
        PermissionDenied: without the right to read the audit trail.
        InvalidInput: more than a file of this format holds.
    """
    exporting.count_entries(session, principal, kind=kind, filters=filters)
    return work_service.request_job(
        session,
        principal,
        kind=JOB_KIND,
        key=str(new_id()),
        arguments={"format": kind.value, "filters": exporting.as_asked(filters)},
        queue="long",
    )


def filters_of(arguments: Mapping[str, object]) -> AuditFilters:
    """Return the filters that a job was asked with."""
    return _FILTERS.validate_python(arguments["filters"])


def record_made(
    session: WriteSession,
    principal: Principal,
    *,
    job_id: UUID,
    kind: AuditFormat,
    filters: AuditFilters,
    entries: int,
) -> None:
    """Note that the file was made, and tell who asked that it waits."""
    exporting.record_export(
        session, principal, export_id=job_id, kind=kind, filters=filters, entries=entries
    )
    made = AuditFileMade(aggregate_id=job_id, format=kind.value, entries=entries)
    events_service.record(session, principal, made)


def finished_export(
    session: ReadSession, principal: Principal, job_id: JobId
) -> tuple[AuditFormat, str, int]:
    """Return format, file-store key and number of entries of one's own finished export.

    Raises:
        PermissionDenied: without the right to read the audit trail.
        NotFound: no such export, somebody else's, or not finished.
    """
    principal.require(Permission.AUDIT_VIEW)
    job = work_queries.get_job(session, principal, job_id)
    owner = session.scalar(select(Job.requested_by).where(Job.id == job_id))
    made: Mapping[str, Any] = job.result or {}
    if job.kind != JOB_KIND or owner != principal.user_id or "sha256" not in made:
        raise NotFound("There is no such finished export of yours. Ask for it again.")
    return AuditFormat(made["format"]), str(made["sha256"]), int(made["entries"])

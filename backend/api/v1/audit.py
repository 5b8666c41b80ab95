"""The audit trail as a file: a short one at once, a long one made by a worker for who asked."""

from uuid import UUID

from pydantic import AwareDatetime, Field

from backend.api.idempotency import once
from backend.api.routing import Answer, ApiInput, ApiOutput, Call, Route, file_answer
from backend.core.blobs import DiskStore
from backend.core.errors import LimitReached
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.events import exporting
from backend.events.audit_files import MEDIA_TYPES, AuditFormat
from backend.events.views import AuditFilters
from backend.reports import audit_exports
from backend.work.ids import JobId


class AuditExportIn(ApiInput):
    """Which entries of the trail, and as what; what is left out asks for nothing."""

    format: AuditFormat
    action: str | None = Field(
        default=None, max_length=80, description="Only acts that begin with this, as storage."
    )
    actor: str | None = Field(
        default=None, max_length=200, description="Only people whose name holds this."
    )
    entity: str | None = Field(
        default=None, max_length=40, description="Only this kind of record, as sample."
    )
    entity_id: UUID | None = Field(default=None, description="Only the record with this key.")
    since: AwareDatetime | None = Field(default=None, description="Not before.")
    until: AwareDatetime | None = Field(default=None, description="Before.")

    @property
    def filters(self) -> AuditFilters:
        """Return the entries that are asked for."""
        return AuditFilters(**self.model_dump(exclude={"format"}))


class AuditExportAskedOut(ApiOutput):
    """The job that writes: follow /api/v1/jobs/{job_id}, then take the file out."""

    job_id: UUID
    entries: int


def hand_out(call: Call) -> Answer:
    """Return a short file; that it was taken out is itself an entry of the trail."""
    sent = call.sent(AuditExportIn)
    kind, filters = sent.format, sent.filters
    with writing() as session:
        entries = exporting.count_entries(session, call.caller, kind=kind, filters=filters)
        if entries > exporting.AT_ONCE[kind]:
            raise LimitReached(
                f"These are {entries:,} entries; {exporting.AT_ONCE[kind]:,} as "
                f"{kind.value.upper()} are handed out at once. Ask a worker for the file: "
                "POST /api/v1/audit/exports."
            )
        file = exporting.export_audit(session, call.caller, kind=kind, filters=filters)
    return file_answer(file, MEDIA_TYPES[kind], f"audit.{kind.value}")


def ask(call: Call) -> object:
    """Ask a worker for the file."""
    sent = call.sent(AuditExportIn)
    kind, filters = sent.format, sent.filters
    with writing() as session:

        def make() -> AuditExportAskedOut:
            entries = exporting.count_entries(session, call.caller, kind=kind, filters=filters)
            job_id = audit_exports.request_export(session, call.caller, kind=kind, filters=filters)
            return AuditExportAskedOut(job_id=job_id, entries=entries)

        return once(session, call, make)


def take_out(call: Call) -> Answer:
    """Return the finished file."""
    with reading() as session:
        kind, key, _ = audit_exports.finished_export(
            session, call.caller, JobId(call.key("job_id"))
        )
    content = DiskStore(call.settings.files_dir).get(key)
    return file_answer(content, MEDIA_TYPES[kind], f"audit.{kind.value}")


_TAG = "Audit trail"
_FILES = tuple(MEDIA_TYPES.values())
ROUTES = (
    Route(
        method="POST",
        path="/api/v1/audit/files",
        handler=hand_out,
        access=Permission.AUDIT_VIEW,
        summary="A short part of the audit trail as CSV, JSON or PDF, with positions and hashes",
        tag=_TAG,
        body=AuditExportIn,
        answer=None,
        files=_FILES,
    ),
    Route(
        method="POST",
        path="/api/v1/audit/exports",
        handler=ask,
        access=Permission.AUDIT_VIEW,
        summary="Have a worker write a part of the audit trail, up to 200,000 entries",
        tag=_TAG,
        body=AuditExportIn,
        answer=AuditExportAskedOut,
        status=202,
        once=True,
    ),
    Route(
        method="GET",
        path="/api/v1/audit/exports/{job_id}",
        handler=take_out,
        access=Permission.AUDIT_VIEW,
        summary="The file that a worker has written, for whoever asked for it",
        tag=_TAG,
        answer=None,
        files=_FILES,
    ),
)

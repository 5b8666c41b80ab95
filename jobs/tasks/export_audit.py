"""Write a long file of the audit trail and keep it for whoever asked."""

from backend.core.blobs import DiskStore
from backend.core.transaction import reading
from backend.events import exporting
from backend.events.audit_files import AuditFormat
from backend.reports import audit_exports
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Read piece by piece in one snapshot; say how far it is; keep the file, then note it."""
    kind = AuditFormat(str(context.arguments["format"]))
    filters = audit_exports.filters_of(context.arguments)
    file = exporting.new_file(context.principal, kind=kind, filters=filters)
    with reading() as session:
        expected = exporting.count_entries(session, context.principal, kind=kind, filters=filters)
        for piece in exporting.entry_pieces(session, context.principal, filters=filters):
            file.add(piece)
            context.check()
            # The last tenth is the file itself.
            told = f"{file.entries:,} of {expected:,} entries"
            context.progress(0.9 * file.entries / max(expected, file.entries), told)
    sha256 = DiskStore(context.settings.files_dir).put(file.close())
    with context.finishing() as session:
        context.result |= {"format": kind.value, "sha256": sha256, "entries": file.entries}
        audit_exports.record_made(
            session,
            context.principal,
            job_id=context.claim.job_id,
            kind=kind,
            filters=filters,
            entries=file.entries,
        )

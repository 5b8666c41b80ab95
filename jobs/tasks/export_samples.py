"""Write a file of a list of samples and keep it for whoever asked."""

from uuid import UUID
from zoneinfo import ZoneInfo

from backend.auth import service as auth_service
from backend.core.blobs import DiskStore
from backend.core.transaction import reading
from backend.samples import exporting, service
from backend.samples.exporting import ExportFormat
from backend.samples.schemas import SampleFilters
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Read piece by piece in one snapshot; say how far it is; keep the file, then note it."""
    kind = ExportFormat(str(context.arguments["format"]))
    filters = SampleFilters.model_validate(context.arguments["filters"])
    chosen = context.arguments["sample_ids"]
    keys = [UUID(str(key)) for key in chosen] if isinstance(chosen, list) else None
    stored = context.arguments.get("query_id")
    query_id = UUID(str(stored)) if stored else None
    with reading() as session:
        laboratory = auth_service.get_laboratory(session)
        zone = laboratory.time_zone if laboratory else context.settings.time_zone
        expected = exporting.count_samples(session, context.principal, filters, keys, query_id)
        file, written = exporting.new_file(kind, ZoneInfo(zone), rows=expected), 0
        for piece in exporting.export_pieces(
            session, context.principal, filters=filters, sample_ids=keys, query_id=query_id
        ):
            file.add(piece, exporting.sprec_codes_of(session, context.principal, piece))
            written += len(piece)
            context.check()
            context.progress(
                written / max(expected, written), f"{written:,} of {expected:,} samples"
            )
    sha256 = DiskStore(context.settings.files_dir).put(file.close())
    with context.finishing() as session:
        context.result |= {"format": kind.value, "sha256": sha256, "rows": written}
        service.record_export(
            session, context.principal, job_id=context.claim.job_id, kind=kind, rows=written
        )

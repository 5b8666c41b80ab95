"""Build a report's files and keep them."""

from backend.core.blobs import DiskStore
from backend.core.transaction import reading, writing
from backend.reports import service
from backend.reports.adapters.pages import pages_of
from backend.reports.adapters.workbook import workbook_of
from backend.reports.ids import ReportFormat
from backend.reports.service import BuiltFile
from dashboard.figures.paper import paper_palette
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Read what the report says, draw both files with no session open, then keep them."""
    report, job_id = str(context.arguments["report"]), context.claim.job_id
    with writing() as session:
        service.begin_run(session, context.principal, job_id=job_id, report=report)
    with reading() as session:
        content = service.gather(
            session, context.principal, report=report, time_zone=context.settings.time_zone
        )
    context.progress(0.3, "Read; drawing the files")
    made = {
        ReportFormat.XLSX: workbook_of(content),
        ReportFormat.PDF: pages_of(content, paper_palette()),
    }
    store = DiskStore(context.settings.files_dir)
    files = [
        BuiltFile(format=kind, sha256=store.put(file), size_bytes=len(file))
        for kind, file in made.items()
    ]
    with context.finishing() as session:
        run_id = service.store_artifacts(
            session,
            context.principal,
            job_id=job_id,
            report=report,
            data_as_of=content.data_as_of,
            files=files,
        )
        context.result["run_id"] = str(run_id)

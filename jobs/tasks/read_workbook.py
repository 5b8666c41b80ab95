"""Read a version of a workbook that is too long for a page to wait for."""

from uuid import UUID

from backend.core.blobs import DiskStore
from backend.templates.adapters.sheets import read_sheets
from backend.workbooks import service
from backend.workbooks.ids import VersionId
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Read all sheets; a version that was read already stays as it is."""
    files = DiskStore(context.settings.files_dir)
    context.progress(0.1, "Reading the workbook")
    reading = read_sheets(files.get(str(context.arguments["sha256"])))
    context.progress(0.5, "Writing its rows")
    with context.finishing() as session:
        service.read_version(
            session,
            context.principal,
            VersionId(UUID(str(context.arguments["version_id"]))),
            files=files,
            reading=reading,
        )

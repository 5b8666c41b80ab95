"""Read a version of a workbook that is too long for a page to wait for."""

from uuid import UUID

from backend.core.blobs import DiskStore
from backend.workbooks import service
from backend.workbooks.ids import VersionId
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Read all sheets; a version that was read already stays as it is."""
    context.progress(0.1, "Reading the workbook")
    with context.finishing() as session:
        service.read_version(
            session,
            context.principal,
            VersionId(UUID(str(context.arguments["version_id"]))),
            files=DiskStore(context.settings.files_dir),
        )

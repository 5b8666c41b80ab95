"""Make a draft of very many rows of a sheet, for the Register page."""

from uuid import UUID

from backend.core.blobs import DiskStore
from backend.workbooks import sending
from backend.workbooks.ids import SheetId
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Read the rows, check them and write the draft; rows that are one already lead back to it."""
    rows = context.arguments["rows"]
    context.progress(0.1, "Reading and checking the rows")
    with context.finishing() as session:
        draft = sending.send_rows(
            session,
            context.principal,
            sheet_id=SheetId(UUID(str(context.arguments["sheet_id"]))),
            rows=[int(str(row)) for row in rows] if isinstance(rows, list) else None,
            project_id=UUID(str(context.arguments["project_id"])),
            files=DiskStore(context.settings.files_dir),
        )
        context.result["import_id"] = str(draft)

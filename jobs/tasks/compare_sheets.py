"""Compare two sheets that are too long for a page to wait for, and keep what differs in pages."""

from uuid import UUID

from backend.core.blobs import DiskStore
from backend.core.transaction import reading
from backend.workbooks import comparing, queries
from backend.workbooks.ids import SheetId
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Read both in one snapshot, compare with no session open, then keep and note the result."""
    old, new = (SheetId(UUID(str(context.arguments[side]))) for side in ("old", "new"))
    key = context.arguments["key"]
    files = DiskStore(context.settings.files_dir)
    context.progress(0.05, "Reading the older sheet")
    with reading() as session:
        before = queries.readable_sheet(session, context.principal, old)
        context.progress(0.2, f"Reading the newer sheet: {len(before.rows):,} rows of the older")
        after = queries.readable_sheet(session, context.principal, new)
        lines = comparing.lines_of(session, context.principal, old=old, new=new)
    context.progress(0.4, f"Comparing {len(before.rows):,} rows with {len(after.rows):,}")
    found = queries.compared(before, after, None if key is None else str(key))
    context.progress(0.8, "Keeping what differs")
    context.result |= {
        "sha256": comparing.keep(found, before.headings, lines, files),
        "old": str(old),
        "new": str(new),
    }
    with context.finishing():
        """Nothing else is written: leaving ends the job with its result."""

"""Register a long draft, part by part; stopped on the way it has registered nothing."""

from uuid import UUID

from backend.templates.ids import CommitMode, ImportId
from backend.templates.service import registering
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Register in the transaction that ends the job; a stop or a crash rolls it back."""
    commit = str(context.arguments["commit"])

    def tell(done: int, rows: int) -> None:
        context.check()
        context.progress(done / max(rows, 1), f"{done:,} of {rows:,} rows")

    with context.finishing(telling=True) as session:
        done = registering.register_ready_rows(
            session,
            context.principal,
            import_id=ImportId(UUID(str(context.arguments["import_id"]))),
            commit=CommitMode(commit) if commit else None,
            reason=str(context.arguments.get("reason", "")),
            tell=tell,
        )
        context.result |= {"registered": done.registered, "updated": done.updated}
        context.result["left"] = done.left

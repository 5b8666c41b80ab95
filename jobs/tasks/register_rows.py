"""Register a long draft, part by part; stopped on the way it has registered nothing."""

from uuid import UUID

from backend.core.transaction import writing
from backend.templates.errors import ImportClosed, NothingToRegister
from backend.templates.ids import CommitMode, ImportId
from backend.templates.service import registering
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Register in one transaction of its own, which a stop rolls back, then end the job.

    Progress is written while the transaction is open, so it cannot be the job's last one. An
    attempt after a crash between the two finds the draft closed and only ends the job.
    """
    commit = str(context.arguments["commit"])

    def tell(done: int, rows: int) -> None:
        context.check()
        context.progress(done / max(rows, 1), f"{done:,} of {rows:,} rows")

    result: dict[str, object] = {"registered": 0, "updated": 0}
    try:
        with writing() as session:
            done = registering.register_ready_rows(
                session,
                context.principal,
                import_id=ImportId(UUID(str(context.arguments["import_id"]))),
                commit=CommitMode(commit) if commit else None,
                reason=str(context.arguments.get("reason", "")),
                tell=tell,
            )
            result = {"registered": done.registered, "updated": done.updated, "left": done.left}
    except (ImportClosed, NothingToRegister):
        if context.claim.attempt == 1:
            raise
    with context.finishing():
        context.result |= result

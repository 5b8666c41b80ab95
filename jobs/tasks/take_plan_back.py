"""Take the samples of an accepted plan out again: all that still stand there, or nothing."""

from datetime import datetime
from uuid import UUID

from backend.storage import service
from backend.storage.ids import PlanId
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Take out in the transaction that ends the job; a stop or a crash leaves all as it stood."""

    def tell(done: int, total: int) -> None:
        context.check()
        context.progress(done / max(total, 1), f"{done:,} of {total:,} samples taken out")

    with context.finishing(telling=True) as session:
        outcomes = service.undo_acceptance(
            session,
            context.principal,
            plan_id=PlanId(UUID(str(context.arguments["plan_id"]))),
            asked_at=datetime.fromisoformat(str(context.arguments["asked_at"])),
            job_id=context.claim.job_id,
            tell=tell,
        )
        kept = sum(outcome.refused is not None for outcome in outcomes)
        context.result |= {"taken_back": len(outcomes) - kept, "kept": kept}

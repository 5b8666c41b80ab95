"""Place the samples of a plan that somebody accepted: all that still can be, or nothing."""

from uuid import UUID

from backend.storage import service
from backend.storage.ids import PlanId
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Place in the transaction that ends the job; a stop or a crash on the way leaves nothing."""
    plan_id, steps = PlanId(UUID(str(context.arguments["plan_id"]))), context.arguments["steps"]

    def tell(done: int, total: int) -> None:
        context.check()
        context.progress(done / max(total, 1), f"{done:,} of {total:,} samples placed")

    with context.finishing(telling=True) as session:
        outcomes = service.accept_plan(
            session,
            context.principal,
            plan_id=plan_id,
            steps=[int(str(step)) for step in steps] if isinstance(steps, list) else None,
            job_id=context.claim.job_id,
            tell=tell,
        )
        refused = sum(outcome.refused is not None for outcome in outcomes)
        context.result |= {"placed": len(outcomes) - refused, "refused": refused}

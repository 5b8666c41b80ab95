"""Plan the sequencing queue: read it, think with no session open, check, store what was found.

The limit is in seconds of each core at work: a plan is as good on a busy machine as on a quiet
one. The clock on the wall only ends what would outlast the job's own limit.
"""

import time
from uuid import UUID

from backend.core.transaction import reading
from backend.sequencing.planning.checking import violations
from backend.sequencing.planning.control import Control, Progress, Stage
from backend.sequencing.planning.planner import plan_queue
from backend.sequencing.queue_plans import loading, queries, service
from backend.sequencing.queue_plans.computing import ProcessorWatch, effort_for
from backend.sequencing.queue_plans.ids import QueuePlanId
from backend.storage.solver_output import silence_solver
from backend.work.errors import JobInterrupted
from jobs.context import JobContext

silence_solver()

_NOTES = {
    Stage.GREEDY: "Earliest due date first",
    Stage.IMPROVE: "Looking for a better plan",
    Stage.SOLVE: "Proving how good it is",
    Stage.DONE: "Storing the plan",
}
_REPORT_EVERY_S = 0.5
_LONGEST_S = 600.0


def run(context: JobContext) -> None:
    """Plan what the job's row asks; a cancelled job stores nothing."""
    plan_id = QueuePlanId(UUID(str(context.arguments["plan_id"])))
    listener = _Listener(context)
    with reading() as session:
        terms = queries.get_terms(session, context.principal, plan_id)
        queue = loading.load_queue(session, context.principal, terms)
    effort = effort_for(len(queue.problem.libraries), terms.limit_s)
    listener.watch.cores = effort.cores
    plan = plan_queue(queue.problem, listener.control(), effort)
    listener.raise_if_interrupted()
    if broken := violations(queue.problem, plan):
        raise RuntimeError(f"the plan breaks hard rules: {'; '.join(broken[:5])}")
    with context.finishing() as session:
        service.store_plan(
            session,
            context.principal,
            plan_id=plan_id,
            queue=queue,
            plan=plan,
            seconds=listener.watch.spent_s(),
        )
        context.result["plan_id"] = str(plan_id)


class _Listener:
    """Passes the planner's progress on, twice a second at most, and learns when to stop."""

    def __init__(self, context: JobContext) -> None:
        self._context = context
        self.watch = ProcessorWatch()
        self._started = time.monotonic()
        self._told_s = self._started - _REPORT_EVERY_S
        self._interruption: JobInterrupted | None = None

    def raise_if_interrupted(self) -> None:
        """Raise what ended the planning early: JobCancelled or LeaseLost."""
        if self._interruption is not None:
            raise self._interruption
        self._context.check()

    def control(self) -> Control:
        return Control(elapsed_s=self.watch.spent_s, is_cancelled=self._stops, report=self._tell)

    def _stops(self) -> bool:
        return (
            self._interruption is not None
            or self._context.should_stop()
            or time.monotonic() - self._started > _LONGEST_S
        )

    def _tell(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._told_s < _REPORT_EVERY_S or self._stops():
            return
        self._told_s = now
        try:
            self._context.progress(progress.done_fraction, _note(progress))
        except JobInterrupted as reason:
            # The planner is in the middle of a step: it stops at its next look.
            self._interruption = reason


def _note(progress: Progress) -> str:
    out = progress.left_out
    waiting = f", {out} without a lane" if out and progress.stage is not Stage.GREEDY else ""
    return f"{_NOTES[progress.stage]}{waiting}"

"""Make a placement plan: read the problem, think with no session open, store what was found."""

import time
from uuid import UUID

from backend.core.transaction import reading
from backend.storage import plan_problem, plan_states, service
from backend.storage.ids import PlanId
from backend.storage.models import PlacementPlan
from backend.storage.planning.checking import violations
from backend.storage.planning.control import Control, Progress, Stage
from backend.storage.planning.planner import plan_placement
from backend.storage.solver_output import silence_solver
from backend.work.errors import JobInterrupted
from jobs.context import JobContext

silence_solver()

_NOTES = {
    Stage.BASELINE: "Counting what first-fit would do",
    Stage.GREEDY: "Making a first plan",
    Stage.IMPROVE: "Improving the plan",
    Stage.SOLVE: "Looking for the best plan",
    Stage.BOUND: "Proving how good the plan is",
    Stage.DONE: "Storing the plan",
}
_REPORT_EVERY_S = 0.5


def run(context: JobContext) -> None:
    """Plan the samples of the job's plan row; a cancelled job stores nothing."""
    plan_id = PlanId(UUID(str(context.arguments["plan_id"])))
    # Its clock runs from here: who waits for a plan waits for the reading, too.
    listener = _Listener(context)
    with reading() as session:
        scope = plan_states.get_scope(session, context.principal, PlacementPlan, plan_id)
        problem = plan_problem.load_problem(session, context.principal, scope)
    plan = plan_placement(problem, listener.control())
    listener.raise_if_interrupted()
    if broken := violations(problem, plan):
        raise RuntimeError(f"the plan breaks hard rules: {'; '.join(broken[:5])}")
    with context.finishing() as session:
        service.store_plan(session, context.principal, plan_id=plan_id, plan=plan)
        context.result["plan_id"] = str(plan_id)


class _Listener:
    """Passes the planner's progress on, twice a second at most, and learns when to stop."""

    def __init__(self, context: JobContext) -> None:
        self._context = context
        self._started = time.monotonic()
        self._told_s = -_REPORT_EVERY_S
        self._interruption: JobInterrupted | None = None

    def raise_if_interrupted(self) -> None:
        """Raise what ended the planning early: JobCancelled or LeaseLost."""
        if self._interruption is not None:
            raise self._interruption
        self._context.check()

    def control(self) -> Control:
        return Control(elapsed_s=self._elapsed_s, is_cancelled=self._stops, report=self._tell)

    def _elapsed_s(self) -> float:
        return time.monotonic() - self._started

    def _stops(self) -> bool:
        return self._interruption is not None or self._context.should_stop()

    def _tell(self, progress: Progress) -> None:
        if self._elapsed_s() - self._told_s < _REPORT_EVERY_S or self._stops():
            return
        self._told_s = self._elapsed_s()
        try:
            self._context.progress(progress.done_fraction, _note(progress))
        except JobInterrupted as reason:
            # The planner is in the middle of a step: it stops at its next look.
            self._interruption = reason


def _note(progress: Progress) -> str:
    minutes = progress.handling_s / 60
    waiting = f", {progress.unplaced} without a place" if progress.unplaced else ""
    return f"{_NOTES[progress.stage]}: {minutes:.1f} min of handling{waiting}"

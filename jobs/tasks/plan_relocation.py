"""Plan how to free boxes or to empty a unit: read, think with no session open, store."""

import time
from uuid import UUID

from backend.core.transaction import reading
from backend.storage import plan_states, relocation_problem, relocation_queries, service
from backend.storage.ids import RelocationKind, RelocationPlanId
from backend.storage.planning.consolidation import plan_consolidation
from backend.storage.planning.control import Control, Progress, Stage
from backend.storage.planning.evacuation import plan_evacuation
from backend.storage.planning.relocation_checking import (
    consolidation_violations,
    evacuation_violations,
)
from backend.storage.relocation_models import RelocationPlan
from backend.storage.relocation_views import RelocationPlanView
from backend.storage.solver_output import silence_solver
from backend.work.errors import JobInterrupted
from jobs.context import JobContext

silence_solver()

_NOTES = {
    Stage.GREEDY: "Looking for the boxes with the fewest tubes",
    Stage.SOLVE: "Looking for fewer moves, and proving it",
    Stage.DONE: "Storing the plan",
}


def run(context: JobContext) -> None:
    """Plan what the job's row asks; a cancelled job stores nothing."""
    plan_id = RelocationPlanId(UUID(str(context.arguments["plan_id"])))
    with reading() as session:
        row = relocation_queries.get_relocation(session, context.principal, plan_id)
    match row.kind:
        case RelocationKind.CONSOLIDATE:
            _consolidate(context, row)
        case RelocationKind.EVACUATE:
            _evacuate(context, row)


def _consolidate(context: JobContext, row: RelocationPlanView) -> None:
    listener = _Listener(context)
    with reading() as session:
        scope = plan_states.get_scope(session, context.principal, RelocationPlan, row.id)
        asked = relocation_problem.load_consolidation(
            session, context.principal, row.unit_id, scope
        )
    plan = plan_consolidation(asked, listener.control())
    listener.raise_if_interrupted()
    _require_sound(consolidation_violations(asked, plan))
    with context.finishing() as session:
        service.store_consolidation(
            session,
            context.principal,
            plan_id=row.id,
            asked=asked,
            plan=plan,
            elapsed_s=listener.elapsed_s(),
        )
        context.result["plan_id"] = str(row.id)


def _evacuate(context: JobContext, row: RelocationPlanView) -> None:
    started = time.monotonic()
    context.progress(0.1, "Reading what stands in the unit")
    with reading() as session:
        asked = relocation_problem.load_evacuation(session, context.principal, row.unit_id)
    context.progress(0.4, "Finding places, what is worth most first")
    plan = plan_evacuation(asked)
    context.check()
    _require_sound(evacuation_violations(asked, plan))
    with context.finishing() as session:
        service.store_evacuation(
            session,
            context.principal,
            plan_id=row.id,
            asked=asked,
            plan=plan,
            elapsed_s=time.monotonic() - started,
        )
        context.result["plan_id"] = str(row.id)


def _require_sound(broken: list[str]) -> None:
    if broken:
        raise RuntimeError(f"the plan breaks hard rules: {'; '.join(broken[:5])}")


class _Listener:
    """Passes the planner's progress on, and learns from that when to stop."""

    def __init__(self, context: JobContext) -> None:
        self._context = context
        self._started = time.monotonic()
        self._interruption: JobInterrupted | None = None

    def raise_if_interrupted(self) -> None:
        """Raise what ended the planning early: JobCancelled or LeaseLost."""
        if self._interruption is not None:
            raise self._interruption
        self._context.check()

    def control(self) -> Control:
        return Control(elapsed_s=self.elapsed_s, is_cancelled=self._stops, report=self._tell)

    def elapsed_s(self) -> float:
        return time.monotonic() - self._started

    def _stops(self) -> bool:
        return self._interruption is not None or self._context.should_stop()

    def _tell(self, progress: Progress) -> None:
        if self._stops():
            return
        try:
            self._context.progress(progress.done_fraction, _NOTES[progress.stage])
        except JobInterrupted as reason:
            # The planner is in the middle of a step: it stops at its next look.
            self._interruption = reason

"""Answering a placement plan: at once where it is small, else by a worker. Exported by service.py.

A worker's answer is all of it or nothing, as one that is done at once. While its job lives nobody
else answers the plan; a job that ends without its effect leaves the plan as it was.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import func, select

from backend.core import clock
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.storage import plan_states, plans, unaccepting
from backend.storage.accepting import accept_plan
from backend.storage.ids import PlanId, PlanState
from backend.storage.models import Placement, PlacementPlan, PlannedPlacement
from backend.storage.unaccepting import undo_acceptance
from backend.storage.views import ItemOutcome
from backend.work import service as work_service
from backend.work.ids import JobId

ACCEPT_KIND = "storage.accept_plan"
TAKE_BACK_KIND = "storage.take_plan_back"
AT_ONCE = 200
"""Lines that the person waits for. At two milliseconds each that is less than half a second, and a
box of them is answered without a worker, whose bell, claim and first look take about as long."""


def start_acceptance(
    session: WriteSession,
    principal: Principal,
    *,
    plan_id: PlanId,
    steps: Collection[int] | None = None,
) -> list[ItemOutcome] | JobId:
    """Accept a small plan at once, or ask a worker; see `accept_plan` and `request_acceptance`."""
    if _lines_of(session, plan_id, steps) <= AT_ONCE:
        return accept_plan(session, principal, plan_id=plan_id, steps=steps)
    return request_acceptance(session, principal, plan_id=plan_id, steps=steps)


def start_taking_back(
    session: WriteSession, principal: Principal, *, plan_id: PlanId
) -> list[ItemOutcome] | JobId:
    """Take a small plan back at once, or ask a worker; see `undo_acceptance`."""
    if _standing_of(session, plan_id) <= AT_ONCE:
        return undo_acceptance(session, principal, plan_id=plan_id)
    return request_taking_back(session, principal, plan_id=plan_id)


def request_acceptance(
    session: WriteSession,
    principal: Principal,
    *,
    plan_id: PlanId,
    steps: Collection[int] | None = None,
) -> JobId:
    """Ask a worker to place the samples of a plan: all lines, or the chosen ``steps``.

    Who asks must be allowed to place now, and still be when the worker does it.

    Raises:
        PlanNotFound, PlanNotOpen: not visible, or not waiting for an answer.
        PlanBeingAnswered: a worker is at it already.
        InvalidInput: some of the steps are no lines of the plan.
    """
    principal.require(Permission.STORAGE_PLACE)
    plan = plan_states.lock_to_answer(session, principal, plan_id, PlanState.READY)
    plans.require_lines(session, plan_id, steps)
    chosen = None if steps is None else sorted(set(steps))
    return _ask(session, principal, plan, ACCEPT_KIND, {"steps": chosen})


def request_taking_back(session: WriteSession, principal: Principal, *, plan_id: PlanId) -> JobId:
    """Ask a worker to take the samples of an accepted plan out again.

    Raises:
        PlanNotFound, PlanNotOpen: not visible, or not accepted.
        PlanBeingAnswered: a worker is at it already.
        UndoTooLate: more than ten minutes ago.
        NothingToUndo: none of its samples stands where the plan put it.
    """
    principal.require(Permission.STORAGE_PLACE)
    plan = plan_states.lock_to_answer(session, principal, plan_id, PlanState.ACCEPTED)
    now = clock.utc_now()
    unaccepting.require_in_time(plan, now)
    if not _standing_of(session, plan_id):
        raise unaccepting.nothing_stands()
    return _ask(session, principal, plan, TAKE_BACK_KIND, {"asked_at": now})


def _ask(
    session: WriteSession,
    principal: Principal,
    plan: PlacementPlan,
    kind: str,
    arguments: Mapping[str, object],
) -> JobId:
    job_id = work_service.request_job(
        session,
        principal,
        kind=kind,
        # A plan may be answered again: after an answer that failed or was stopped.
        key=str(new_id()),
        arguments={"plan_id": plan.id, **arguments},
        queue="long",
        max_attempts=3,
    )
    plan.answer_job_id = job_id
    session.flush()
    return job_id


def _lines_of(session: WriteSession, plan_id: PlanId, steps: Collection[int] | None) -> int:
    if steps is not None:
        return len(set(steps))
    lines = select(func.count()).select_from(PlannedPlacement)
    return session.execute(lines.where(PlannedPlacement.plan_id == plan_id)).scalar_one()


def _standing_of(session: WriteSession, plan_id: PlanId) -> int:
    # By its samples, which have an index of their open stay.
    placed = select(PlannedPlacement.sample_id).where(PlannedPlacement.plan_id == plan_id)
    return session.execute(
        select(func.count())
        .select_from(Placement)
        .where(
            Placement.sample_id.in_(placed),
            Placement.removed_at.is_(None),
            Placement.plan_id == plan_id,
        )
    ).scalar_one()

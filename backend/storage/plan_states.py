"""What placement plans and relocations share: who sees one, what it stands at, and its end."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.storage.errors import PlanBeingAnswered, PlanNotFound, PlanNotOpen
from backend.storage.events import PlanClosed
from backend.storage.ids import PlanState
from backend.storage.models import PlacementPlan
from backend.storage.relocation_events import RelocationClosed
from backend.storage.relocation_models import RelocationPlan
from backend.storage.views import FilterView
from backend.work.ids import ALIVE, JobId, JobState
from backend.work.models import Job

P = TypeVar("P", PlacementPlan, RelocationPlan)
Tell = Callable[[int, int], None]
"""Hears how many samples of how many an answer has done; what it raises ends the answer."""

_ENDED_WITHOUT = {JobState.FAILED: PlanState.FAILED, JobState.CANCELLED: PlanState.CANCELLED}
_BEING_ANSWERED = {
    PlanState.READY: PlanState.ACCEPTING,
    PlanState.ACCEPTED: PlanState.TAKING_BACK,
}
_AT_WORK = {
    PlanState.READY: "A worker places the samples of this plan already.",
    PlanState.ACCEPTED: "A worker takes the samples of this plan out again already.",
}


def visible(principal: Principal, kind: type[P]) -> Select[P]:
    """Select the plans that a person asked for; all of them for who sees every project."""
    principal.require(Permission.STORAGE_VIEW)
    plans = select(kind)
    if principal.may(Permission.SAMPLES_VIEW_ALL_PROJECTS):
        return plans
    return plans.where(kind.requested_by == principal.user_id)


def get_scope(
    session: ReadSession,
    principal: Principal,
    kind: type[P],
    plan_id: UUID,
) -> dict[str, Any]:
    """Return what a plan is about, as the one who asked for it wrote it. Raises PlanNotFound."""
    plan = session.scalars(visible(principal, kind).where(kind.id == plan_id)).one_or_none()
    if plan is None:
        raise not_found()
    return plan.scope


def lock(
    session: WriteSession, principal: Principal, kind: type[P], plan_id: UUID, state: PlanState
) -> P:
    """Lock a visible plan that is in a state; raises PlanNotFound or PlanNotOpen."""
    row = session.scalars(
        visible(principal, kind)
        .where(kind.id == plan_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise not_found()
    if row.state is not state:
        raise PlanNotOpen(f"The plan is {row.state.value}. Ask for a new one.")
    return row


def lock_to_answer(
    session: WriteSession,
    principal: Principal,
    plan_id: UUID,
    state: PlanState,
    *,
    job_id: JobId | None = None,
) -> PlacementPlan:
    """Lock a placement plan in a state for its answer; ``job_id`` is the answering worker's own.

    Raises:
        PlanNotFound, PlanNotOpen: not visible, in another state, or answered otherwise since.
        PlanBeingAnswered: a worker is carrying an answer out, or will.
    """
    if job_id is None:
        # Asked before the lock, too: the worker holds it until the last sample is done.
        _refuse_while_answered(session, principal, plan_id)
    row = lock(session, principal, PlacementPlan, plan_id, state)
    if job_id is None:
        _refuse_while_answered(session, principal, plan_id)
    elif row.answer_job_id != job_id:
        raise PlanNotOpen("The plan has been answered otherwise meanwhile. Look at it again.")
    return row


def _refuse_while_answered(session: WriteSession, principal: Principal, plan_id: UUID) -> None:
    asked = visible(principal, PlacementPlan).where(PlacementPlan.id == plan_id)
    found = session.execute(
        asked.join(Job, Job.id == PlacementPlan.answer_job_id)
        .with_only_columns(PlacementPlan.state)
        .where(Job.state.in_(ALIVE))
    ).scalar_one_or_none()
    if (said := _AT_WORK.get(found) if found else None) is not None:
        raise PlanBeingAnswered(f"{said} Follow it on the plan's page, or stop it there.")


def close(
    session: WriteSession,
    principal: Principal,
    row: PlacementPlan | RelocationPlan,
    state: PlanState,
    reason: str,
) -> None:
    """End a plan without moving anything."""
    row.state, row.closed_at = state, clock.utc_now()
    session.flush()
    event = PlanClosed if isinstance(row, PlacementPlan) else RelocationClosed
    closed = event(aggregate_id=row.id, state=state.value)
    events_service.record(session, principal, closed, reason=reason)


def state_of(
    plan: PlacementPlan | RelocationPlan, job_state: JobState, answer: JobState | None = None
) -> PlanState:
    """A plan whose job ended without it is what the job is: nobody else will say so.

    ``answer`` is where the job of its last answer stands: one that ended without its effect
    leaves the plan as it was before, with nothing to tidy up.
    """
    if plan.state is PlanState.REQUESTED:
        return _ENDED_WITHOUT.get(job_state, plan.state)
    if answer in ALIVE:
        return _BEING_ANSWERED.get(plan.state, plan.state)
    return plan.state


def filters_of(stored: Mapping[str, Any]) -> tuple[FilterView, ...]:
    """Read the counted filters of a stored summary back."""
    return tuple(FilterView(**taken) for taken in stored["filters"])


def not_found() -> PlanNotFound:
    """Return the error for a plan that is not there or not visible, which are told alike."""
    return PlanNotFound("There is no such plan, or it is somebody else's.")


def tell_nobody(done: int, total: int) -> None:
    """Hear how far an answer is, where nobody follows it."""

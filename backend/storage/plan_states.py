"""What placement plans and relocations share: who sees one, what it stands at, and its end."""

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.storage.errors import PlanNotFound, PlanNotOpen
from backend.storage.events import PlanClosed
from backend.storage.ids import PlanState
from backend.storage.models import PlacementPlan
from backend.storage.relocation_events import RelocationClosed
from backend.storage.relocation_models import RelocationPlan
from backend.storage.views import FilterView
from backend.work.ids import JobState

P = TypeVar("P", PlacementPlan, RelocationPlan)

_ENDED_WITHOUT = {JobState.FAILED: PlanState.FAILED, JobState.CANCELLED: PlanState.CANCELLED}


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


def state_of(plan: PlacementPlan | RelocationPlan, job_state: JobState) -> PlanState:
    """A plan whose job ended without it is what the job is: nobody else will say so."""
    if plan.state is PlanState.REQUESTED:
        return _ENDED_WITHOUT.get(job_state, plan.state)
    return plan.state


def filters_of(stored: Mapping[str, Any]) -> tuple[FilterView, ...]:
    """Read the counted filters of a stored summary back."""
    return tuple(FilterView(**taken) for taken in stored["filters"])


def not_found() -> PlanNotFound:
    """Return the error for a plan that is not there or not visible, which are told alike."""
    return PlanNotFound("There is no such plan, or it is somebody else's.")

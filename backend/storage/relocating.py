"""Asking how boxes can be freed or a unit be emptied, storing that, and putting it aside.

Exported by service.py. Nothing moves here. An accepted plan becomes a pick list
(relocation_accepting.py); its positions are not reserved meanwhile: every scan of the list asks
all the rules again.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from backend.core.errors import InvalidInput
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.storage import plan_states
from backend.storage.errors import NodeNotFound
from backend.storage.ids import NodeId, NodeKind, PlanState, RelocationKind, RelocationPlanId
from backend.storage.models import StorageNode
from backend.storage.place_kinds import HOLDERS
from backend.storage.relocation_events import RelocationRequested
from backend.storage.relocation_models import RelocationPlan
from backend.work import service as work_service
from backend.work.ids import JobId

JOB_KIND = "storage.plan_relocation"
_MOST_BOXES = 10_000


def request_consolidation(
    session: WriteSession,
    principal: Principal,
    *,
    unit_id: NodeId,
    boxes_to_free: int | None = None,
    box_ids: Sequence[NodeId] = (),
    to_other_units: bool = False,
) -> RelocationPlanId:
    """Ask how to free boxes of a unit with the fewest moves: a number, or as many as can be.

    ``box_ids`` leaves only these to be freed. Tubes go into other boxes of the unit, or with
    ``to_other_units`` into those of other units, which empties it.

    Raises:
        NodeNotFound: no such unit.
        InvalidInput: a number that cannot be, boxes of another unit, or a unit without tubes.
    """
    principal.require(Permission.STORAGE_PLAN)
    unit = _unit(session, unit_id)
    if boxes_to_free is not None and not 1 <= boxes_to_free <= _MOST_BOXES:
        sentence = f"Give a number from 1 to {_MOST_BOXES:,}, or none for as many as can be."
        raise InvalidInput(sentence, fields={"boxes_to_free": sentence})
    own = select(StorageNode.id).where(
        StorageNode.unit_id == unit_id, StorageNode.kind.in_(HOLDERS)
    )
    if set(box_ids) - set(session.scalars(own.where(StorageNode.id.in_(list(box_ids))))):
        raise InvalidInput(f"Choose boxes of {unit.label} only.")
    scope = {
        "boxes_to_free": boxes_to_free,
        "box_ids": [str(box_id) for box_id in box_ids],
        "to_other_units": to_other_units,
    }
    return _request(session, principal, unit, RelocationKind.CONSOLIDATE, scope=scope)


def request_evacuation(
    session: WriteSession,
    principal: Principal,
    *,
    unit_id: NodeId,
    incident_id: UUID | None = None,
) -> RelocationPlanId:
    """Ask where the contents of a failing unit could go, what is worth most first.

    Raises:
        NodeNotFound: no such unit.
        InvalidInput: nothing stands in it.
    """
    principal.require(Permission.STORAGE_PLAN)
    unit = _unit(session, unit_id)
    return _request(
        session, principal, unit, RelocationKind.EVACUATE, scope={}, incident_id=incident_id
    )


def dismiss_relocation(
    session: WriteSession, principal: Principal, *, plan_id: RelocationPlanId, reason: str
) -> None:
    """Put a ready plan aside; nothing moves.

    Raises:
        PlanNotFound, PlanNotOpen: not visible, or not waiting for an answer.
    """
    principal.require(Permission.STORAGE_PLAN)
    row = plan_states.lock(session, principal, RelocationPlan, plan_id, PlanState.READY)
    plan_states.close(session, principal, row, PlanState.DISMISSED, reason)


def cancel_relocation(
    session: WriteSession, principal: Principal, *, plan_id: RelocationPlanId
) -> None:
    """Call off a plan that is still being made; its job stops when it next looks up.

    Raises:
        PlanNotFound, PlanNotOpen: not visible, or no longer being made.
    """
    principal.require(Permission.STORAGE_PLAN)
    row = plan_states.lock(session, principal, RelocationPlan, plan_id, PlanState.REQUESTED)
    work_service.request_cancel(session, principal, job_id=JobId(row.job_id))
    plan_states.close(session, principal, row, PlanState.CANCELLED, "cancelled")


def _request(
    session: WriteSession,
    principal: Principal,
    unit: StorageNode,
    kind: RelocationKind,
    *,
    scope: dict[str, Any],
    incident_id: UUID | None = None,
) -> RelocationPlanId:
    """Write the plan's row, its job and the event in one transaction; a worker does the rest."""
    held = select(func.coalesce(func.sum(StorageNode.used), 0)).where(
        StorageNode.unit_id == unit.id, StorageNode.kind.in_(HOLDERS)
    )
    if not session.scalars(held).one():
        raise InvalidInput(f"No tube stands in {unit.label}. There is nothing to move.")
    plan_id = RelocationPlanId(new_id())
    job_id = work_service.request_job(
        session,
        principal,
        kind=JOB_KIND,
        key=str(plan_id),
        arguments={"plan_id": plan_id},
        queue="long",
    )
    plan = RelocationPlan(
        id=plan_id,
        job_id=job_id,
        kind=kind,
        unit_id=unit.id,
        scope=scope,
        requested_by=principal.user_id,
        requested_by_name=principal.name,
        incident_id=incident_id,
    )
    session.add(plan)
    session.flush()
    asked = RelocationRequested(
        aggregate_id=plan_id,
        job_id=job_id,
        kind=kind.value,
        unit_id=unit.id,
        incident_id=incident_id,
    )
    events_service.record(session, principal, asked)
    return plan_id


def _unit(session: WriteSession, unit_id: NodeId) -> StorageNode:
    unit = session.scalars(
        select(StorageNode).where(StorageNode.id == unit_id, StorageNode.kind == NodeKind.UNIT)
    ).one_or_none()
    if unit is None:
        raise NodeNotFound("There is no such unit. Choose one in the tree.")
    return unit

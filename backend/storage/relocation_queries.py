"""Reading consolidations and evacuations. The summary is JSON in its row, a value elsewhere."""

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import aliased

from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.samples.ids import SampleId
from backend.samples.models import Sample
from backend.storage import plan_states
from backend.storage.ids import NodeId, RelocationPlanId
from backend.storage.models import StorageNode
from backend.storage.relocation_models import RelocationMove, RelocationPlan
from backend.storage.relocation_views import (
    RelocationMoveView,
    RelocationPlanView,
    RelocationSummary,
    SortView,
    StayView,
)
from backend.storage.rules import Position
from backend.work.ids import JobId, JobState
from backend.work.models import Job


def get_relocation(
    session: ReadSession, principal: Principal, plan_id: RelocationPlanId
) -> RelocationPlanView:
    """Return a plan with its lines.

    Raises:
        PlanNotFound: no such plan, or not visible.
    """
    row = session.execute(_full(principal).where(RelocationPlan.id == plan_id)).one_or_none()
    if row is None:
        raise plan_states.not_found()
    return _view(*row, moves=_moves(session, plan_id))


def list_relocations(
    session: ReadSession,
    principal: Principal,
    *,
    unit_id: NodeId | None = None,
    before: tuple[datetime, UUID] | None = None,
    limit: int = 5,
) -> list[RelocationPlanView]:
    """Return the latest plans, of a unit or of all, without lines, before a moment and key."""
    wanted = _full(principal)
    if unit_id is not None:
        wanted = wanted.where(RelocationPlan.unit_id == unit_id)
    if before is not None:
        wanted = wanted.where(tuple_(RelocationPlan.created_at, RelocationPlan.id) < before)
    rows = session.execute(
        wanted.order_by(RelocationPlan.created_at.desc(), RelocationPlan.id.desc()).limit(limit)
    )
    return [_view(plan, job_state, label) for plan, job_state, label in rows]


def summary_as_json(summary: RelocationSummary) -> dict[str, Any]:
    """Return the summary as it is stored."""
    return dataclasses.asdict(summary)


def summary_from_json(stored: Mapping[str, Any]) -> RelocationSummary:
    """Read a stored summary back."""
    stay = tuple(
        StayView(
            **{**each, "barcodes": tuple(each["barcodes"]), "filters": plan_states.filters_of(each)}
        )
        for each in stored["stay"]
    )
    considered = tuple(
        SortView(**{**each, "filters": plan_states.filters_of(each)})
        for each in stored["considered"]
    )
    lists = {key: tuple(stored[key]) for key in ("freed", "pinned_boxes")}
    return RelocationSummary(**{**stored, **lists, "stay": stay, "considered": considered})


def _full(principal: Principal) -> Select[RelocationPlan, JobState, str]:
    return (
        plan_states.visible(principal, RelocationPlan)
        .join(Job, Job.id == RelocationPlan.job_id)
        .join(StorageNode, StorageNode.id == RelocationPlan.unit_id)
        .add_columns(Job.state, StorageNode.label)
        .execution_options(populate_existing=True)
    )


def _moves(session: ReadSession, plan_id: RelocationPlanId) -> tuple[RelocationMoveView, ...]:
    source, target = aliased(StorageNode, name="source"), aliased(StorageNode, name="target")
    rack = aliased(StorageNode, name="rack")
    rows = session.execute(
        select(
            RelocationMove,
            Sample.barcode,
            Sample.material_type,
            source,
            target,
            rack.path,
        )
        .join(source, source.id == RelocationMove.from_box_id)
        .outerjoin(Sample, Sample.id == RelocationMove.sample_id)
        .outerjoin(target, target.id == RelocationMove.to_box_id)
        .outerjoin(rack, rack.id == RelocationMove.to_rack_id)
        .where(RelocationMove.plan_id == plan_id)
        .order_by(RelocationMove.step)
        .execution_options(populate_existing=True)
    )
    return tuple(
        RelocationMoveView(
            step=line.step,
            sample_id=None if line.sample_id is None else SampleId(line.sample_id),
            barcode=barcode or left.label,
            material_type=material_type,
            from_box_id=NodeId(line.from_box_id),
            from_path=left.path,
            from_position=_position(left, line.from_row, line.from_column),
            to_path=goal.path if goal else rack_path or "",
            to_position=_position(goal, line.to_row, line.to_column),
            tubes=line.tubes,
            reasons=tuple(line.reasons),
            outcome=line.outcome,
        )
        for line, barcode, material_type, left, goal, rack_path in rows
    )


def _position(box: StorageNode | None, row: int | None, column: int | None) -> Position | None:
    return None if box is None or row is None or column is None else box.shape.at(row, column)


def _view(
    plan: RelocationPlan,
    job_state: JobState,
    unit_label: str,
    moves: tuple[RelocationMoveView, ...] = (),
) -> RelocationPlanView:
    return RelocationPlanView(
        id=RelocationPlanId(plan.id),
        job_id=JobId(plan.job_id),
        kind=plan.kind,
        unit_id=NodeId(plan.unit_id),
        unit_label=unit_label,
        state=plan_states.state_of(plan, job_state),
        incident_id=plan.incident_id,
        requested_by_name=plan.requested_by_name,
        created_at=plan.created_at,
        ready_at=plan.ready_at,
        closed_at=plan.closed_at,
        objective_moves=plan.objective_moves,
        bound_moves=plan.bound_moves,
        summary=None if plan.summary is None else summary_from_json(plan.summary),
        pick_list_id=plan.pick_list_id,
        moves=moves,
    )

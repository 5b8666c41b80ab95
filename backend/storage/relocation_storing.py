"""Keeping what the planners found, for a person to answer. Exported by service.py."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from backend.core import clock
from backend.core.ids import new_ids
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples import queries as samples_queries
from backend.samples.models import Sample
from backend.storage import plan_states, relocation_queries
from backend.storage.ids import PlanState, RelocationPlanId
from backend.storage.models import StorageNode
from backend.storage.planning.consolidation import Consolidation, ConsolidationPlan
from backend.storage.planning.evacuation import Evacuation, EvacuationPlan, NoPlace
from backend.storage.planning.feasibility import FilterCount
from backend.storage.planning.relocation import Sort, TubeMove, openings
from backend.storage.relocation_events import RelocationReady
from backend.storage.relocation_models import RelocationMove, RelocationPlan
from backend.storage.relocation_views import RelocationSummary, SortView, StayView
from backend.storage.views import FilterView


def store_consolidation(
    session: WriteSession,
    principal: Principal,
    *,
    plan_id: RelocationPlanId,
    asked: Consolidation,
    plan: ConsolidationPlan,
    elapsed_s: float,
) -> None:
    """Keep a consolidation. Raises PlanNotOpen: cancelled meanwhile, or stored already."""
    principal.require(Permission.STORAGE_PLAN)
    row = plan_states.lock(session, principal, RelocationPlan, plan_id, PlanState.REQUESTED)
    paths = {box.key: box.label for box in asked.boxes}
    summary = RelocationSummary(
        tubes=len(asked.tubes),
        freed=tuple(paths[key] for key in plan.freed),
        wanted=asked.wanted,
        boxes_bound=plan.boxes_bound,
        is_proved=plan.is_proved,
        pinned_boxes=tuple(paths[key] for key in plan.pinned_boxes),
        stay=(),
        considered=_considered(plan.considered),
        **openings(asked.boxes, plan.moves),
        elapsed_s=round(elapsed_s, 3),
    )
    row.objective_moves, row.bound_moves = len(plan.moves), plan.moves_bound
    _store(session, principal, row, [_tube_line(move) for move in plan.moves], summary)


def store_evacuation(
    session: WriteSession,
    principal: Principal,
    *,
    plan_id: RelocationPlanId,
    asked: Evacuation,
    plan: EvacuationPlan,
    elapsed_s: float,
) -> None:
    """Keep an evacuation. Raises PlanNotOpen: cancelled meanwhile, or stored already."""
    principal.require(Permission.STORAGE_PLAN)
    row = plan_states.lock(session, principal, RelocationPlan, plan_id, PlanState.REQUESTED)
    boxes = [
        {
            "from_box_id": UUID(move.box),
            "to_rack_id": UUID(move.to_rack),
            "tubes": len(move.tubes),
            "reasons": list(move.reasons),
        }
        for move in plan.box_moves
    ]
    units = {rack.key: rack.unit for rack in asked.racks}
    summary = RelocationSummary(
        tubes=len(asked.tubes),
        freed=(),
        wanted=None,
        boxes_bound=None,
        is_proved=False,
        pinned_boxes=(),
        stay=_stay(session, principal, plan.no_place),
        considered=_considered(plan.considered),
        **openings(
            asked.boxes,
            plan.tube_moves,
            boxes_moved=[move.box for move in plan.box_moves],
            racks_to={move.to_rack: units[move.to_rack] for move in plan.box_moves},
        ),
        elapsed_s=round(elapsed_s, 3),
    )
    row.objective_moves = len(plan.box_moves) + len(plan.tube_moves)
    lines = boxes + [_tube_line(move) for move in plan.tube_moves]
    _store(session, principal, row, lines, summary)


def _store(
    session: WriteSession,
    principal: Principal,
    row: RelocationPlan,
    lines: Sequence[dict[str, Any]],
    summary: RelocationSummary,
) -> None:
    nothing = dict.fromkeys(
        ("sample_id", "from_row", "from_column", "to_box_id", "to_row", "to_column", "to_rack_id")
    )
    numbered = [
        nothing | line | {"id": key, "plan_id": row.id, "step": step}
        for step, (key, line) in enumerate(zip(new_ids(len(lines)), lines, strict=True), start=1)
    ]
    if numbered:
        session.execute(insert(RelocationMove), numbered)
    row.state, row.ready_at = PlanState.READY, clock.utc_now()
    row.summary = relocation_queries.summary_as_json(summary)
    session.flush()
    whole = sum("to_rack_id" in line for line in lines)
    ready = RelocationReady(
        aggregate_id=row.id,
        requested_by=row.requested_by,
        kind=row.kind.value,
        unit=session.scalars(select(StorageNode.label).where(StorageNode.id == row.unit_id)).one(),
        tubes=sum(int(line["tubes"]) for line in lines),
        boxes=whole or len(summary.freed),
        without_place=summary.without_place,
    )
    events_service.record(session, principal, ready)


def _tube_line(move: TubeMove) -> dict[str, Any]:
    return {
        "sample_id": UUID(move.tube),
        "from_box_id": UUID(move.from_box),
        "from_row": move.from_position.row,
        "from_column": move.from_position.column,
        "to_box_id": UUID(move.to_box),
        "to_row": move.to_position.row,
        "to_column": move.to_position.column,
        "tubes": 1,
        "reasons": list(move.reasons),
    }


def _considered(sorts: Iterable[Sort]) -> tuple[SortView, ...]:
    return tuple(
        SortView(
            material_type=sort.lot.sample_type,
            temperature_class=sort.lot.temperature_class,
            tubes=len(sort.tubes),
            boxes_allowed=len(sort.allowed),
            filters=_filters(sort.refusals),
        )
        for sort in sorts
    )


def _stay(
    session: WriteSession, principal: Principal, no_place: Sequence[NoPlace]
) -> tuple[StayView, ...]:
    keys = [UUID(key) for each in no_place for key in each.tubes]
    known = {
        str(sample.id): sample.barcode
        for sample in session.scalars(
            samples_queries.visible_samples(principal).where(Sample.id.in_(keys))
        )
    }
    return tuple(
        StayView(
            barcodes=tuple(known[key] for key in each.tubes if key in known),
            hidden=sum(key not in known for key in each.tubes),
            why=each.why,
            boxes_allowed=each.boxes_allowed,
            filters=_filters(each.refusals),
        )
        for each in no_place
    )


def _filters(counts: Iterable[FilterCount]) -> tuple[FilterView, ...]:
    return tuple(
        FilterView(rule=count.filter.value, boxes=count.boxes, positions=count.positions)
        for count in counts
    )

"""Accepting a consolidation or evacuation, and carrying its boxes. Exported by service.py.

The accepted tubes become a pick list with destinations; whole boxes are scanned off on the plan's
own page. Nothing is reserved while that goes on: each scan asks every rule again under lock.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select, update

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples.ids import SampleId
from backend.storage import (
    box_moving,
    box_queries,
    locking,
    pick_rules,
    picking,
    plan_states,
    queries,
)
from backend.storage.errors import (
    NodeNotFound,
    NotABox,
    NotOnTheList,
    PlanNotOpen,
    WrongDestination,
)
from backend.storage.ids import (
    NodeId,
    PickListId,
    PickPurpose,
    PlanState,
    RelocationKind,
    RelocationPlanId,
)
from backend.storage.locking import HeldSample
from backend.storage.models import StorageNode
from backend.storage.picking import PickWish
from backend.storage.place_kinds import HOLDERS
from backend.storage.relocation_events import RelocationAgreed
from backend.storage.relocation_models import RelocationMove, RelocationPlan
from backend.storage.relocation_views import RelocationAccepted
from backend.storage.rules import Position
from backend.storage.views import BoxView

LISTED, AGREED, MOVED, DECLINED = "listed", "agreed", "moved", "declined"
_TITLES = {RelocationKind.CONSOLIDATE: "Consolidate", RelocationKind.EVACUATE: "Evacuate"}
_PURPOSES = {
    RelocationKind.CONSOLIDATE: PickPurpose.MOVE,
    RelocationKind.EVACUATE: PickPurpose.EVACUATE,
}


@dataclass(slots=True)
class _Checked:
    """Lines that may still be done, and the sentence that refuses the others."""

    tubes: list[RelocationMove] = field(default_factory=list)
    boxes: list[RelocationMove] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


def accept_relocation(
    session: WriteSession,
    principal: Principal,
    *,
    plan_id: RelocationPlanId,
    steps: Collection[int] | None = None,
) -> RelocationAccepted:
    """Make the pick list of a plan: all lines, or the chosen ``steps``; the rest is declined.

    Every line is checked again under lock. A line that has become impossible is refused on its
    own, with the reason; the others go onto the list. No tube moves before it is scanned.

    Raises:
        PlanNotFound, PlanNotOpen: not visible, or not waiting for an answer.
    """
    principal.require(Permission.STORAGE_PLACE)
    plan = plan_states.lock(session, principal, RelocationPlan, plan_id, PlanState.READY)
    lines = _lines(session, plan_id)
    chosen = [line for line in lines if steps is None or line.step in set(steps)]
    checked = _check(session, principal, plan, chosen)
    list_id = _make_list(session, principal, plan, checked)
    picked = {line.step for line in chosen}
    declined = [line.step for line in lines if line.step not in picked]
    _mark(session, plan_id, declined, DECLINED)
    _mark(session, plan_id, [line.step for line in checked.tubes], LISTED)
    _mark(session, plan_id, [line.step for line in checked.boxes], AGREED)
    for step, sentence in checked.refused.items():
        _mark(session, plan_id, [step], sentence)
    plan.state, plan.closed_at = PlanState.ACCEPTED, clock.utc_now()
    plan.pick_list_id = list_id
    session.flush()
    agreed = RelocationAgreed(
        aggregate_id=plan_id,
        pick_list_id=list_id,
        tubes=len(checked.tubes),
        boxes=len(checked.boxes),
        declined=len(declined),
        refused=len(checked.refused),
    )
    events_service.record(session, principal, agreed)
    return RelocationAccepted(
        pick_list_id=list_id,
        tubes=len(checked.tubes),
        boxes=len(checked.boxes),
        refused=checked.refused,
    )


def carry_box(
    session: WriteSession,
    principal: Principal,
    *,
    plan_id: RelocationPlanId,
    code: str,
    rack_code: str | None = None,
) -> str:
    """Move the scanned box into the rack that an accepted plan names; return a sentence.

    ``rack_code`` is what was scanned where the box was put; None where nobody scans racks.

    Raises:
        PlanNotFound, PlanNotOpen: not visible, or not accepted.
        NodeNotFound, NotABox, NotOnTheList: nothing such, or not a box of this plan.
        WrongDestination: the box was put into another rack.
        Otherwise as `move_box`; then nothing has moved.
    """
    principal.require(Permission.STORAGE_PLACE)
    plan = plan_states.lock(session, principal, RelocationPlan, plan_id, PlanState.ACCEPTED)
    box = queries.find_node(session, principal, code)
    if box is None:
        raise NodeNotFound(f"There is no box “{code}”. Scan the label on its lid.")
    if box.kind not in HOLDERS:
        raise NotABox(f"{box.path} is not a box. Scan the label on its lid.")
    line = session.scalars(
        select(RelocationMove).where(
            RelocationMove.plan_id == plan_id,
            RelocationMove.from_box_id == box.id,
            RelocationMove.to_rack_id.is_not(None),
        )
    ).one_or_none()
    if line is None or line.to_rack_id is None:
        raise NotOnTheList(f"{box.path} is not to be moved by this plan. Put it back.")
    if line.outcome != AGREED:
        raise PlanNotOpen(f"{box.path}: {line.outcome}. Scan the next box.")
    if rack_code is not None:
        _require_rack(session, principal, NodeId(line.to_rack_id), box.label, rack_code)
    before = box.path
    after = box_moving.move_box(
        session,
        principal,
        box_id=NodeId(box.id),
        rack_id=NodeId(line.to_rack_id),
        plan_id=plan.id,
    )
    _mark(session, plan_id, [line.step], MOVED)
    return f"{before} stands in {after.path} now."


def carry_again(session: WriteSession, plan_id: UUID, box_id: NodeId) -> None:
    """Say of a box of a plan whose move was taken back that it is to be carried."""
    session.execute(
        update(RelocationMove)
        .where(
            RelocationMove.plan_id == plan_id,
            RelocationMove.from_box_id == box_id,
            RelocationMove.outcome == MOVED,
        )
        .values(outcome=AGREED)
        .execution_options(synchronize_session=False)
    )


def _require_rack(
    session: WriteSession, principal: Principal, rack_id: NodeId, label: str, code: str
) -> None:
    found = queries.find_node(session, principal, code)
    if found is None:
        raise NodeNotFound(f"There is no rack “{code}”. Scan its label.")
    if found.id != rack_id:
        goal = session.get_one(StorageNode, rack_id).path
        raise WrongDestination(f"{label} goes to {goal}, not to {found.path}. Carry it there.")


def _lines(session: WriteSession, plan_id: UUID) -> Sequence[RelocationMove]:
    return session.scalars(
        select(RelocationMove)
        .where(RelocationMove.plan_id == plan_id)
        .order_by(RelocationMove.step)
    ).all()


def _check(
    session: WriteSession,
    principal: Principal,
    plan: RelocationPlan,
    lines: Sequence[RelocationMove],
) -> _Checked:
    tubes = [line for line in lines if line.sample_id is not None]
    keys = [SampleId(line.sample_id) for line in tubes if line.sample_id is not None]
    held = locking.hold_visible_samples(session, principal, keys)
    goals = {NodeId(line.to_box_id) for line in tubes if line.to_box_id is not None}
    boxes = locking.hold_boxes(session, principal, sorted(goals))
    taken = box_queries.taken_in(session, list(boxes))
    kept_out = _kept_out(session, tubes, held, boxes)
    checked = _Checked()
    for line in tubes:
        sentence = _why_not(line, held, boxes, taken, kept_out)
        if not sentence and len(checked.tubes) >= pick_rules.MOST_LINES:
            sentence = f"A list holds {pick_rules.MOST_LINES:,} tubes. Ask for another plan after."
        if sentence:
            checked.refused[line.step] = sentence
        else:
            checked.tubes.append(line)
    _check_boxes(session, plan, [line for line in lines if line.sample_id is None], checked)
    return checked


def _kept_out(
    session: WriteSession,
    lines: Sequence[RelocationMove],
    held: Mapping[SampleId, HeldSample],
    boxes: Mapping[NodeId, BoxView],
) -> dict[tuple[UUID, str], str]:
    """Return the sentences of the rules that keep tubes out of boxes, by box and barcode."""
    going: dict[UUID, list[HeldSample]] = {}
    for line in lines:
        item = None if line.sample_id is None else held.get(SampleId(line.sample_id))
        if item is not None and line.to_box_id is not None:
            going.setdefault(line.to_box_id, []).append(item)
    return {
        (box_id, barcode): " ".join(sentences)
        for box_id, items in going.items()
        for barcode, sentences in locking.refusals(
            session, [item.needs for item in items], boxes[NodeId(box_id)]
        ).items()
    }


def _why_not(
    line: RelocationMove,
    held: Mapping[SampleId, HeldSample],
    boxes: Mapping[NodeId, BoxView],
    taken: Mapping[NodeId, frozenset[Position]],
    kept_out: Mapping[tuple[UUID, str], str],
) -> str:
    """Return why a line cannot be done any more, nothing while it can."""
    item = None if line.sample_id is None else held.get(SampleId(line.sample_id))
    if item is None or line.to_box_id is None or line.to_row is None or line.to_column is None:
        return "The sample is not there any more, or not yours to see."
    code, stay = item.needs.barcode, item.standing
    box = boxes[NodeId(line.to_box_id)]
    position = box.shape.at(line.to_row, line.to_column)
    if stay is None:
        return f"{code} was taken out meanwhile."
    if (stay.box_id, stay.row, stay.column) != (line.from_box_id, line.from_row, line.from_column):
        return f"{code} was moved meanwhile."
    if position in taken.get(box.id, frozenset()):
        return f"{position.label} of {box.path} has been filled meanwhile."
    return kept_out.get((box.id, code), "")


def _check_boxes(
    session: WriteSession,
    plan: RelocationPlan,
    lines: Sequence[RelocationMove],
    checked: _Checked,
) -> None:
    """Refuse boxes that stand elsewhere now; the rack is asked when the box is carried."""
    there = set(
        session.scalars(
            select(StorageNode.id).where(
                StorageNode.id.in_([line.from_box_id for line in lines]),
                StorageNode.unit_id == plan.unit_id,
            )
        )
    )
    for line in lines:
        if line.from_box_id in there:
            checked.boxes.append(line)
        else:
            checked.refused[line.step] = "The box was moved meanwhile."


def _make_list(
    session: WriteSession, principal: Principal, plan: RelocationPlan, checked: _Checked
) -> PickListId | None:
    if not checked.tubes:
        return None
    unit = session.scalars(select(StorageNode.label).where(StorageNode.id == plan.unit_id)).one()
    wishes = [
        PickWish(
            sample_id=SampleId(line.sample_id),
            to_box_id=None if line.to_box_id is None else NodeId(line.to_box_id),
            to_row=line.to_row,
            to_column=line.to_column,
            reason=", ".join(line.reasons)[:300],
        )
        for line in checked.tubes
        if line.sample_id is not None
    ]
    return picking.make_list(
        session,
        principal,
        title=f"{_TITLES[plan.kind]} {unit}",
        purpose=_PURPOSES[plan.kind],
        lines=wishes,
    )


def _mark(session: WriteSession, plan_id: UUID, steps: Collection[int], outcome: str) -> None:
    if steps:
        session.execute(
            update(RelocationMove)
            .where(RelocationMove.plan_id == plan_id, RelocationMove.step.in_(list(steps)))
            .values(outcome=outcome[:300])
            .execution_options(synchronize_session=False)
        )

"""Moving a whole box, plate or bag to another rack, with all in it. Exported by service.py.

What is said of a box is true of the others, too; a bag may also lie in a unit itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import func, select

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples.ids import SampleId
from backend.samples.models import Project
from backend.storage import box_queries, locking, places, placing
from backend.storage.errors import (
    BoxNotAllSeen,
    LabelTaken,
    NodeNotFound,
    RackFull,
    ScanOutdated,
)
from backend.storage.ids import NodeId
from backend.storage.models import Placement, StorageNode
from backend.storage.place_kinds import KINDS, TAKES_BOXES, goals_of
from backend.storage.relocation_events import BoxMoved
from backend.storage.relocation_models import BoxMove
from backend.storage.rules import closed_words
from backend.storage.views import BoxView


@dataclass(frozen=True, slots=True, kw_only=True)
class _Goal:
    """A held rack, or what boxes stand in, the unit, and what all around say of whom they take."""

    rack: StorageNode
    unit: StorageNode
    reserved_for: str | None
    allowed_types: frozenset[str]


def move_box(
    session: WriteSession,
    principal: Principal,
    *,
    box_id: NodeId,
    rack_id: NodeId,
    plan_id: UUID | None = None,
) -> BoxView:
    """Put a box into a free slot of another rack; every rule of placing is asked for its tubes.

    Its tubes are held first, then box and rack, as everybody does (locking.py). The tubes' stays
    go on, for they have not left the box; `BoxMove` keeps where it stood.

    Raises:
        NodeNotFound, NotABox: no such box or rack.
        BoxNotAllSeen: it holds tubes of projects that the person is not in.
        RackFull: no slot is free, or nobody has said how many there are.
        LabelTaken: the rack has a box of this label.
        PlacementRefused: rules keep a tube out; all of them are named.
        ScanOutdated: a tube was put in or taken out in this moment.
    """
    return put_box(session, principal, box_id=box_id, rack_id=rack_id, plan_id=plan_id)


def put_box(
    session: WriteSession,
    principal: Principal,
    *,
    box_id: NodeId,
    rack_id: NodeId,
    plan_id: UUID | None = None,
    back_to_order: int | None = None,
) -> BoxView:
    """As `move_box`. Whoever takes a move back says where in the rack the box stood.

    The rules of placing are not asked then: its tubes stood there before.
    """
    principal.require(Permission.STORAGE_PLACE)
    inside = set(_stays_in(session, box_id))
    held = locking.hold_visible_samples(session, principal, inside)
    box = _hold(session, box_id, rack_id)
    before = box_queries.get_box(session, principal, box_id)
    if before.is_closed:
        raise NodeNotFound(closed_words(before.path))
    stays = _stays_in(session, box_id)
    if stays.keys() != inside:
        raise ScanOutdated(f"{before.path} has just changed. Scan it again.")
    if len(held) < len(inside):
        raise BoxNotAllSeen(f"{before.path} holds tubes of projects that you are not in.")
    goal = _goal(session, rack_id, before)
    _require_slot(session, goal, before)
    after = _as_it_would_stand(session, box, before, goal)
    if back_to_order is None:
        locking.require_fit(session, [item.needs for item in held.values()], after)
    from_order = box.sort_order
    _put(session, box, after, goal)
    if back_to_order is not None:
        box.sort_order = back_to_order
    _keep(session, principal, before, after, from_order=from_order, plan_id=plan_id)
    _write_down(session, principal, stays, before, after)
    if before.unit_id != after.unit_id:
        placing.note_fullness(session, principal, after, before.used)
    return after


def _stays_in(session: WriteSession, box_id: NodeId) -> dict[SampleId, Placement]:
    rows = session.scalars(
        select(Placement)
        .where(Placement.box_id == box_id, Placement.removed_at.is_(None))
        .execution_options(populate_existing=True)
    )
    return {SampleId(stay.sample_id): stay for stay in rows}


def _hold(session: WriteSession, box_id: NodeId, rack_id: NodeId) -> StorageNode:
    """Lock box and rack in key order; the rack's row lock makes "a slot is free" stay true."""
    rows = session.scalars(
        select(StorageNode)
        .where(StorageNode.id.in_([box_id, rack_id]))
        .order_by(StorageNode.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        if row.id == box_id:
            return row
    raise NodeNotFound("There is no such box. Choose one in the tree, or scan its barcode.")


def _goal(session: WriteSession, rack_id: NodeId, box: BoxView) -> _Goal:
    rack = session.get(StorageNode, rack_id)
    if rack is None or rack.kind not in KINDS[box.kind].stands_in or rack.unit_id is None:
        raise NodeNotFound(f"There is no such {goals_of(box.kind)}. Choose one in the tree.")
    if rack.closed_at is not None:
        raise NodeNotFound(f"{rack.path} is closed. Choose another rack.")
    unit = session.get_one(StorageNode, rack.unit_id)
    around = [rack]
    while around[-1].id != unit.id:
        around.append(session.get_one(StorageNode, around[-1].parent_id))
    reserved = session.scalars(
        select(Project.code).where(
            Project.id
            == next((each.reserved_for_project_id for each in around if _is_kept(each)), None)
        )
    ).one_or_none()
    types = box_queries.allowed_types(*(each.allowed_material_types for each in around))
    return _Goal(rack=rack, unit=unit, reserved_for=reserved, allowed_types=types)


def _is_kept(node: StorageNode) -> bool:
    return node.reserved_for_project_id is not None


def _require_slot(session: WriteSession, goal: _Goal, box: BoxView) -> None:
    rack = goal.rack
    if rack.kind in TAKES_BOXES:  # beside its shelves and racks a unit has no slots
        _require_free_slot(session, rack)
    same = select(StorageNode.id).where(
        StorageNode.parent_id == rack.id, StorageNode.label == box.label
    )
    if session.scalars(same).first() is not None:
        raise LabelTaken(
            f"{rack.path} has a {KINDS[box.kind].word} {box.label} already. Choose another rack."
        )


def _require_free_slot(session: WriteSession, rack: StorageNode) -> None:
    if rack.box_slots is None:
        raise RackFull(f"Nobody has said how many boxes {rack.path} takes. Set its slots first.")
    held = places.boxes_held(session, rack.id)
    if held >= rack.box_slots:
        raise RackFull(f"{rack.path} holds {held} boxes and takes no more. Choose another rack.")


def _as_it_would_stand(
    session: WriteSession, box: StorageNode, before: BoxView, goal: _Goal
) -> BoxView:
    own = session.scalars(
        select(Project.code).where(Project.id == box.reserved_for_project_id)
    ).one_or_none()
    return replace(
        before,
        unit_id=NodeId(goal.unit.id),
        unit_label=goal.unit.label,
        rack_id=NodeId(goal.rack.id),
        path=f"{goal.rack.path}/{before.label}",
        temperature_class=goal.rack.temperature_class,
        biosafety_level=goal.rack.biosafety_level,
        status=goal.unit.status,
        reserved_for=own or goal.reserved_for,
        allowed_types=frozenset(box.allowed_material_types or goal.allowed_types),
    )


def _put(session: WriteSession, box: StorageNode, after: BoxView, goal: _Goal) -> None:
    last = session.scalars(
        select(func.max(StorageNode.sort_order)).where(StorageNode.parent_id == goal.rack.id)
    ).one()
    box.parent_id, box.unit_id, box.path = goal.rack.id, goal.unit.id, after.path
    box.temperature_class, box.biosafety_level = after.temperature_class, after.biosafety_level
    box.sort_order = 0 if last is None else last + 1
    session.flush()


def _keep(
    session: WriteSession,
    principal: Principal,
    before: BoxView,
    after: BoxView,
    *,
    from_order: int,
    plan_id: UUID | None,
) -> None:
    move = BoxMove(
        box_id=before.id,
        from_unit_id=before.unit_id,
        from_path=before.path,
        from_order=from_order,
        to_unit_id=after.unit_id,
        to_path=after.path,
        moved_at=clock.utc_now(),
        moved_by=principal.user_id,
        moved_by_name=principal.name,
        tubes=before.used,
        plan_id=plan_id,
    )
    session.add(move)
    session.flush()
    moved = BoxMoved(
        aggregate_id=before.id,
        from_path=before.path,
        path=after.path,
        tubes=before.used,
        plan_id=plan_id,
    )
    events_service.record(
        session, principal, moved, old={"path": before.path}, new={"path": after.path}
    )


def _write_down(
    session: WriteSession,
    principal: Principal,
    stays: Mapping[SampleId, Placement],
    before: BoxView,
    after: BoxView,
) -> None:
    """Give every tube its entry in the audit trail: its past is read from there."""
    for sample_id, stay in sorted(stays.items()):
        position = before.shape.at(stay.row, stay.column).label
        events_service.audit(
            session,
            principal,
            action="storage.sample_moved",
            entity="sample",
            entity_id=sample_id,
            old={"path": before.path, "position": position},
            new={"path": after.path, "position": position},
        )

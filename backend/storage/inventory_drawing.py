"""Which boxes a physical audit walks to, and in which order."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import aliased

from backend.core.sessions import ReadSession, WriteSession
from backend.storage import box_queries, inventory_rules
from backend.storage.ids import InventoryLevel, NodeId
from backend.storage.inventory_models import InventoryAudit, InventoryCheck
from backend.storage.models import StorageNode
from backend.storage.place_kinds import HOLDERS, INSIDE_UNITS
from backend.storage.rules import Position


@dataclass(frozen=True, slots=True)
class DrawnBox:
    """A box that may be looked at, and its place in the walk."""

    id: UUID
    unit_id: UUID
    rack_id: UUID | None
    unit_label: str
    is_loose: bool


def boxes_where(session: ReadSession, where: ColumnElement[bool]) -> list[DrawnBox]:
    """Return the boxes and loose places that hold something, in the order of a walk."""
    names = ("unit", "rack", "middle", "shelf")
    unit, rack, middle, shelf = (aliased(StorageNode, name=name) for name in names)
    # From outside in: what is on a shelf comes together, whether it stands in a rack or not.
    way = array([each.sort_order for each in (shelf, middle, rack, StorageNode)])
    rows = session.execute(
        select(
            StorageNode.id,
            StorageNode.unit_id,
            StorageNode.parent_id,
            unit.label,
            StorageNode.box_rows == 0,
        )
        .join(unit, unit.id == StorageNode.unit_id)
        .outerjoin(rack, and_(rack.id == StorageNode.parent_id, rack.kind.in_(INSIDE_UNITS)))
        .outerjoin(middle, and_(middle.id == rack.parent_id, middle.kind.in_(INSIDE_UNITS)))
        .outerjoin(shelf, and_(shelf.id == middle.parent_id, shelf.kind.in_(INSIDE_UNITS)))
        .where(
            StorageNode.kind.in_(HOLDERS),
            StorageNode.used > 0,
            where,
        )
        .order_by(unit.label, func.array_remove(way, None), StorageNode.path)
    )
    return [
        DrawnBox(key, unit_id or key, rack_id, label, is_loose)
        for key, unit_id, rack_id, label, is_loose in rows
    ]


def add_checks(
    session: WriteSession, audit: InventoryAudit, boxes: Sequence[DrawnBox], level: InventoryLevel
) -> None:
    """Put boxes at the end of an audit's walk; of drawn ones the tubes may be drawn too.

    Never those of a loose place: to find one of them somebody takes all of them in hand.
    """
    highest = session.scalars(
        select(func.max(InventoryCheck.step)).where(InventoryCheck.audit_id == audit.id)
    ).one()
    count = audit.tubes_per_box if level is InventoryLevel.BOX else None
    taken = box_queries.taken_in(session, [NodeId(box.id) for box in boxes]) if count else {}
    for step, box in enumerate(boxes, start=(highest or 0) + 1):
        drawn: tuple[Position, ...] | None = None
        spots = taken.get(NodeId(box.id), frozenset())
        if count is not None and len(spots) > count and not box.is_loose:
            drawn = inventory_rules.draw_positions(
                spots, count=count, box_id=box.id, seed=audit.seed
            )
        session.add(
            InventoryCheck(
                audit_id=audit.id,
                box_id=box.id,
                unit_id=box.unit_id,
                rack_id=box.rack_id,
                step=step,
                level=level if drawn is None else InventoryLevel.TUBES,
                positions=None if drawn is None else [spot.label for spot in drawn],
            )
        )
    session.flush()

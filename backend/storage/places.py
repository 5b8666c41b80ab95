"""The tree of places and the daily count. Exported by service.py."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples.ids import MaterialType, TemperatureClass
from backend.storage import queries
from backend.storage.describing import check_setpoint, kept_barcode
from backend.storage.errors import LabelTaken, NodeMisplaced, NodeNotFound, RackFull
from backend.storage.events import NodeCreated
from backend.storage.ids import NodeId, NodeKind, Numbering, UnitStatus
from backend.storage.models import OccupancySnapshot, StorageNode
from backend.storage.place_kinds import (
    HOLDERS,
    KINDS,
    TAKES_BOXES,
    placing_fault,
    shape_fault,
)
from backend.storage.rules import MOST_LOOSE, BoxShape, closed_words, loose_shape

_MOST_SLOTS = 200
_LONGEST_LABEL = 60


def create_node(
    session: WriteSession,
    principal: Principal,
    *,
    kind: NodeKind,
    label: str,
    parent_id: NodeId | None = None,
    barcode: str | None = None,
    temperature_class: TemperatureClass | None = None,
    setpoint_c: float | None = None,
    biosafety_level: int = 2,
    shape: BoxShape | None = None,
    capacity: int | None = None,
    reserved_for_project_id: UUID | None = None,
    allowed_material_types: Collection[MaterialType] | None = None,
    box_slots: int | None = None,
    sort_order: int | None = None,
) -> NodeId:
    """Add a place to the tree; shelves, racks and boxes are as cold as their unit.

    Where a kind stands and what it needs says place_kinds.py. A bag has no grid
    (rules.loose_shape); ``capacity`` is how many tubes it takes, None where nobody has said.

    Raises:
        NodeNotFound: no such parent.
        NodeMisplaced: the kind does not belong there, or lacks its temperature, grid or label.
        LabelTaken: a neighbour has the label, or another place the barcode.
        RackFull: no slot of the rack is free.
    """
    node = add_node(
        session,
        principal,
        kind=kind,
        label=label,
        parent_id=parent_id,
        barcode=barcode,
        temperature_class=temperature_class,
        setpoint_c=setpoint_c,
        biosafety_level=biosafety_level,
        shape=shape,
        capacity=capacity,
        reserved_for_project_id=reserved_for_project_id,
        allowed_material_types=allowed_material_types,
        box_slots=box_slots,
        sort_order=sort_order,
    )
    created = NodeCreated(aggregate_id=node.id, kind=kind.value, path=node.path)
    events_service.record(session, principal, created)
    return NodeId(node.id)


def add_node(
    session: WriteSession,
    principal: Principal,
    *,
    kind: NodeKind,
    label: str,
    parent_id: NodeId | None = None,
    barcode: str | None = None,
    temperature_class: TemperatureClass | None = None,
    setpoint_c: float | None = None,
    biosafety_level: int = 2,
    shape: BoxShape | None = None,
    capacity: int | None = None,
    reserved_for_project_id: UUID | None = None,
    allowed_material_types: Collection[MaterialType] | None = None,
    box_slots: int | None = None,
    sort_order: int | None = None,
) -> StorageNode:
    """Do what `create_node` does and tell nobody: the caller tells of many places at once."""
    principal.require(Permission.STORAGE_CONFIGURE)
    label = checked_label(label)
    parent = _parent(session, kind, parent_id)
    if kind is NodeKind.BAG and shape is None:
        shape = loose_shape(None)
    _check_needs(kind, temperature_class, shape)
    _check_zone(parent, temperature_class)
    check_setpoint(kind, setpoint_c)
    shape, capacity = _room(shape, capacity)
    _check_slots(kind, box_slots)
    check_room(session, kind, parent)
    path = label if parent is None or parent.unit_id is None else f"{parent.path}/{label}"
    _check_free(session, path)
    barcode = kept_barcode(session, barcode)
    node = StorageNode(
        parent_id=parent.id if parent else None,
        kind=kind,
        label=label,
        path=path,
        barcode=barcode,
        sort_order=_next_order(session, parent) if sort_order is None else sort_order,
        unit_id=parent.unit_id if parent else None,
        temperature_class=temperature_class or (parent.temperature_class if parent else None),
        setpoint_c=setpoint_c,
        biosafety_level=parent.biosafety_level if parent and parent.unit_id else biosafety_level,
        box_rows=shape.rows if shape else 0,
        box_columns=shape.columns if shape else 0,
        numbering=shape.numbering if shape else Numbering.LETTERS,
        capacity=capacity,
        box_slots=box_slots,
        reserved_for_project_id=reserved_for_project_id,
        allowed_material_types=sorted(allowed_material_types) if allowed_material_types else None,
    )
    if kind is NodeKind.UNIT:
        node.unit_id = node.id
    session.add(node)
    session.flush()
    return node


def set_box_slots(
    session: WriteSession, principal: Principal, *, rack_id: NodeId, box_slots: int | None
) -> None:
    """Say how many boxes a rack takes, None for unknown. Whole boxes move only where it is known.

    So with everything that boxes stand in: stacks, drawers, shelves.

    Raises:
        NodeNotFound: no such rack.
        NodeMisplaced: a number that cannot be, or fewer than the rack holds.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    rack = session.scalars(
        select(StorageNode)
        .where(StorageNode.id == rack_id, StorageNode.kind.in_(TAKES_BOXES))
        .with_for_update()
    ).one_or_none()
    if rack is None:
        raise NodeNotFound("There is no such rack. Choose one in the tree.")
    _check_slots(rack.kind, box_slots)
    held = boxes_held(session, rack_id)
    if box_slots is not None and box_slots < held:
        sentence = f"{rack.path} holds {held} boxes already. Give that many slots at least."
        raise NodeMisplaced(sentence, fields={"box_slots": sentence})
    before, rack.box_slots = rack.box_slots, box_slots
    session.flush()
    events_service.audit(
        session,
        principal,
        action="storage.rack_slots_set",
        entity="storage_node",
        entity_id=rack.id,
        old={"box_slots": before},
        new={"box_slots": box_slots},
    )


def snapshot_occupancy(session: WriteSession, principal: Principal, *, on: date) -> int:
    """Store how full every unit is as of a day, replacing an earlier count of that day.

    Returns the number of units. The forecast learns from these rows.
    """
    principal.require(Permission.STORAGE_VIEW)
    unit = aliased(StorageNode, name="unit")
    sums = (
        select(
            unit.id,
            literal(on),
            unit.temperature_class,
            func.sum(StorageNode.used),
            func.sum(StorageNode.capacity),
        )
        .join(unit, unit.id == StorageNode.unit_id)
        .where(
            queries.counted(),
            unit.temperature_class.is_not(None),
            unit.status != UnitStatus.RETIRED,
        )
        .group_by(unit.id, unit.temperature_class)
    )
    session.execute(delete(OccupancySnapshot).where(OccupancySnapshot.taken_on == on))
    columns = ["unit_id", "taken_on", "temperature_class", "used", "capacity"]
    stored = insert(OccupancySnapshot).from_select(columns, sums)
    return len(session.scalars(stored.returning(OccupancySnapshot.unit_id)).all())


def _parent(session: WriteSession, kind: NodeKind, parent_id: NodeId | None) -> StorageNode | None:
    parent = None if parent_id is None else _held(session, kind, parent_id)
    if parent_id is not None and parent is None:
        raise NodeNotFound("There is no such place to put it in.")
    if fault := placing_fault(kind, parent.kind if parent else None):
        raise NodeMisplaced(fault)
    if parent is not None and parent.closed_at is not None:
        raise NodeMisplaced(closed_words(parent.path))
    return parent


def checked_label(label: str) -> str:
    """Return the label as it is kept. A slash in it would read as the way to another place."""
    kept = " ".join(label.split())
    if not kept or len(kept) > _LONGEST_LABEL or "/" in kept:
        sentence = f"A label has 1 to {_LONGEST_LABEL} characters and no slash, not “{kept}”."
        raise NodeMisplaced(sentence, fields={"label": sentence})
    return kept


def _held(session: WriteSession, kind: NodeKind, parent_id: NodeId) -> StorageNode | None:
    """Return the place around a new one as it is now, neither renamed nor removed meanwhile.

    Where boxes stand it is held against others, too: two people do not both take the last slot.
    """
    # A foreign key to it takes the weaker of the two locks anyway.
    is_weak = kind not in HOLDERS
    return session.scalars(
        select(StorageNode)
        .where(StorageNode.id == parent_id)
        .with_for_update(read=is_weak, key_share=is_weak)
        .execution_options(populate_existing=True)
    ).one_or_none()


def _check_needs(
    kind: NodeKind, temperature_class: TemperatureClass | None, shape: BoxShape | None
) -> None:
    if kind is NodeKind.UNIT and temperature_class is None:
        raise NodeMisplaced(
            "A unit needs its temperature.", fields={"temperature_class": "Choose one."}
        )
    if fault := shape_fault(kind, shape):
        raise NodeMisplaced(fault, fields={"shape": fault})


def _check_zone(parent: StorageNode | None, temperature_class: TemperatureClass | None) -> None:
    if parent is None or parent.unit_id is None:
        return
    if temperature_class not in {None, parent.temperature_class}:
        sentence = f"A place in a unit is as cold as {parent.path}. Leave its temperature out."
        raise NodeMisplaced(sentence, fields={"temperature_class": sentence})


def _room(shape: BoxShape | None, capacity: int | None) -> tuple[BoxShape | None, int]:
    """Return the shape and the capacity that are kept; a loose place has as many as are said."""
    if shape is None or not shape.is_loose:
        if capacity is not None:
            sentence = "Only a loose place has a number of tubes; a box has rows and columns."
            raise NodeMisplaced(sentence, fields={"capacity": sentence})
        return shape, shape.capacity if shape else 0
    if capacity is not None and not 1 <= capacity <= MOST_LOOSE:
        sentence = f"A loose place takes 1 to {MOST_LOOSE:,} tubes, or nobody says how many."
        raise NodeMisplaced(sentence, fields={"capacity": sentence})
    return loose_shape(capacity), capacity or 0


def _check_slots(kind: NodeKind, box_slots: int | None) -> None:
    if box_slots is None:
        return
    if kind not in TAKES_BOXES or not 1 <= box_slots <= _MOST_SLOTS:
        names = ", ".join(KINDS[each].words for each in TAKES_BOXES)
        sentence = f"Only what boxes stand in ({names}) has slots for them, 1 to {_MOST_SLOTS}."
        raise NodeMisplaced(sentence, fields={"box_slots": sentence})


def check_room(session: WriteSession, kind: NodeKind, parent: StorageNode | None) -> None:
    """Raise RackFull unless one more place of this kind has a slot around it."""
    if kind not in HOLDERS or parent is None:
        return
    # Held, so that two people do not both take the last slot (box_moving).
    slots = session.scalars(
        select(StorageNode.box_slots).where(StorageNode.id == parent.id).with_for_update()
    ).one()
    if slots is not None and boxes_held(session, parent.id) >= slots:
        raise RackFull(
            f"{parent.path} takes {slots} boxes and holds as many. Choose another "
            "rack, or give it more slots."
        )


def boxes_held(session: WriteSession, place_id: UUID) -> int:
    """Return how many boxes, plates and bags stand directly in a place; closed ones do not."""
    return session.scalars(
        select(func.count())
        .select_from(StorageNode)
        .where(
            StorageNode.parent_id == place_id,
            StorageNode.kind.in_(HOLDERS),
            StorageNode.closed_at.is_(None),
        )
    ).one()


def _check_free(session: WriteSession, path: str) -> None:
    there = session.scalars(select(StorageNode).where(StorageNode.path == path)).first()
    if there is not None:
        raise LabelTaken(taken_words(there))


def taken_words(there: StorageNode) -> str:
    """Say that a place is called so already; a closed one is not seen in the tree."""
    if there.closed_at is None:
        return f"There is a place {there.path} already. Choose another label."
    return f"{there.path} is there and closed. Open it again, or choose another label."


def _next_order(session: WriteSession, parent: StorageNode | None) -> int:
    parent_id = parent.id if parent else None
    highest = session.scalars(
        select(func.max(StorageNode.sort_order)).where(StorageNode.parent_id == parent_id)
    ).one()
    return 0 if highest is None else highest + 1

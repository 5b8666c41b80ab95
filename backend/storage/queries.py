"""Reading places: how full they are, what stands in them, where a sample is and was.

Places are nobody's secret to whoever may see storage. What a tube *is* follows the sample's own
visibility: of a sample that the reader may not see, a box shows only that the position is taken.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import Float, Row, Select, cast, func, or_, select
from sqlalchemy.orm import aliased

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples import queries as samples_queries
from backend.samples.ids import Custody, Lifecycle, SampleId, TemperatureClass
from backend.samples.models import Project, Sample
from backend.storage.errors import NodeNotFound, NotABox
from backend.storage.ids import NodeId, NodeKind, PlacementId, UnitStatus
from backend.storage.models import BlockedPosition, OccupancySnapshot, Placement, StorageNode
from backend.storage.rules import BoxShape, Position
from backend.storage.views import (
    BlockedView,
    BoxContents,
    BoxView,
    DayOccupancy,
    LocationView,
    NodeView,
    PlacementView,
    TubeView,
    UnitOccupancy,
    UnplacedSample,
    ZoneOccupancy,
)

GONE = (
    Lifecycle.DEPLETED,
    Lifecycle.DISPOSED,
    Lifecycle.RETURNED,
    Lifecycle.LOST,
    Lifecycle.DESTROYED,
)
"""Lifecycles after which there is no tube."""

_NOT_HERE = (*GONE, Lifecycle.IN_TRANSIT, Lifecycle.REJECTED)

Unit = aliased(StorageNode, name="unit")


def occupancy_by_zone(session: ReadSession, principal: Principal) -> list[ZoneOccupancy]:
    """Return the temperature classes that have boxes, coldest first; retired units do not count."""
    principal.require(Permission.STORAGE_VIEW)
    rows = session.execute(
        select(
            StorageNode.temperature_class,
            func.sum(StorageNode.used),
            func.sum(StorageNode.capacity),
            func.count(StorageNode.unit_id.distinct()),
        )
        .join(Unit, Unit.id == StorageNode.unit_id)
        .where(
            StorageNode.kind == NodeKind.BOX,
            StorageNode.temperature_class.is_not(None),
            Unit.status != UnitStatus.RETIRED,
        )
        .group_by(StorageNode.temperature_class)
    ).all()
    zones = [
        ZoneOccupancy(temperature_class=zone, used=int(used), capacity=int(capacity), units=units)
        for zone, used, capacity, units in rows
        if zone is not None
    ]
    coldest_first = list(TemperatureClass)
    return sorted(zones, key=lambda zone: coldest_first.index(zone.temperature_class))


def occupancy_by_unit(session: ReadSession, principal: Principal) -> list[UnitOccupancy]:
    """Return every unit with its sum of boxes, by label."""
    principal.require(Permission.STORAGE_VIEW)
    box = aliased(StorageNode, name="box")
    rows = session.execute(
        select(
            Unit.id,
            Unit.label,
            Unit.temperature_class,
            Unit.status,
            func.coalesce(func.sum(box.used), 0),
            func.coalesce(func.sum(box.capacity), 0),
        )
        .outerjoin(box, (box.unit_id == Unit.id) & (box.kind == NodeKind.BOX))
        .where(Unit.kind == NodeKind.UNIT)
        .group_by(Unit.id, Unit.label, Unit.temperature_class, Unit.status)
        .order_by(Unit.label)
    ).all()
    return [
        UnitOccupancy(
            unit_id=NodeId(unit_id),
            label=label,
            temperature_class=zone,
            status=status,
            used=int(used),
            capacity=int(capacity),
        )
        for unit_id, label, zone, status, used, capacity in rows
    ]


def occupancy_history(session: ReadSession, principal: Principal, days: int) -> list[DayOccupancy]:
    """Return the stored daily sums per zone, oldest first; days without a snapshot are absent."""
    principal.require(Permission.STORAGE_VIEW)
    since = clock.utc_now().date() - timedelta(days=days)
    rows = session.execute(
        select(
            OccupancySnapshot.taken_on,
            OccupancySnapshot.temperature_class,
            func.sum(OccupancySnapshot.used),
            func.sum(OccupancySnapshot.capacity),
        )
        .where(OccupancySnapshot.taken_on > since)
        .group_by(OccupancySnapshot.taken_on, OccupancySnapshot.temperature_class)
        .order_by(OccupancySnapshot.taken_on, OccupancySnapshot.temperature_class)
    ).all()
    return [
        DayOccupancy(day=day, temperature_class=zone, used=int(used), capacity=int(capacity))
        for day, zone, used, capacity in rows
    ]


def tree(session: ReadSession, principal: Principal) -> tuple[NodeView, ...]:
    """Return sites with rooms, units, shelves and racks below, each with the sum of its boxes.

    Two queries, whatever the size; boxes themselves come from `boxes_in`.
    """
    principal.require(Permission.STORAGE_VIEW)
    sums = {
        parent: (int(used), int(capacity))
        for parent, used, capacity in session.execute(
            select(
                StorageNode.parent_id, func.sum(StorageNode.used), func.sum(StorageNode.capacity)
            )
            .where(StorageNode.kind == NodeKind.BOX)
            .group_by(StorageNode.parent_id)
        )
    }
    nodes = session.scalars(
        select(StorageNode)
        .where(StorageNode.kind != NodeKind.BOX)
        .order_by(StorageNode.sort_order, StorageNode.label)
    ).all()
    below: dict[Any, list[StorageNode]] = {}
    for node in nodes:
        below.setdefault(node.parent_id, []).append(node)
    return tuple(_grown(node, below, sums) for node in below.get(None, []))


def find_node(session: ReadSession, principal: Principal, code: str) -> StorageNode | None:
    """Return the place with this barcode or path (ULT-03/2/C/B-0418), None when there is none."""
    principal.require(Permission.STORAGE_VIEW)
    wanted = code.strip().strip("/").upper()
    return session.scalars(
        select(StorageNode)
        .where(
            or_(
                func.upper(StorageNode.barcode) == wanted,
                func.upper(StorageNode.path) == wanted,
            )
        )
        .order_by(StorageNode.path)
        .limit(1)
    ).one_or_none()


def boxes_in(session: ReadSession, principal: Principal, parent_id: NodeId) -> list[BoxView]:
    """Return the boxes that stand directly in a place, in their order."""
    principal.require(Permission.STORAGE_VIEW)
    rows = session.execute(
        _boxes()
        .where(StorageNode.parent_id == parent_id)
        .order_by(StorageNode.sort_order, StorageNode.label)
    ).all()
    return [_box_view(row) for row in rows]


def get_box(session: ReadSession, principal: Principal, box_id: NodeId) -> BoxView:
    """Return a box from outside.

    Raises:
        NodeNotFound: no such place.
        NotABox: a shelf or rack.
    """
    principal.require(Permission.STORAGE_VIEW)
    row = session.execute(
        _boxes(any_kind=True)
        .where(StorageNode.id == box_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NodeNotFound("There is no such box. Choose one in the tree, or scan its barcode.")
    if row[0].kind is not NodeKind.BOX:
        raise NotABox(f"{row[0].path} is not a box. Choose a box inside it.")
    return _box_view(row)


def box_contents(session: ReadSession, principal: Principal, box_id: NodeId) -> BoxContents:
    """Return a box with its tubes and blocked positions. Same errors as `get_box`."""
    box = get_box(session, principal, box_id)
    visible = samples_queries.visible_samples(principal).subquery()
    shown = aliased(Sample, visible)
    rows = session.execute(
        select(Placement, shown, Project.code)
        .outerjoin(shown, shown.id == Placement.sample_id)
        .outerjoin(Project, Project.id == shown.project_id)
        .where(Placement.box_id == box_id, Placement.removed_at.is_(None))
        .order_by(Placement.row, Placement.column)
    ).all()
    blocked = session.scalars(
        select(BlockedPosition)
        .where(BlockedPosition.box_id == box_id)
        .order_by(BlockedPosition.row, BlockedPosition.column)
    ).all()
    return BoxContents(
        box=box,
        tubes=tuple(_tube_view(*row) for row in rows),
        blocked=tuple(
            BlockedView(
                position=Position(spot.row, spot.column),
                reason=spot.reason,
                reserved_until=spot.reserved_until,
            )
            for spot in blocked
        ),
    )


def taken_positions(session: ReadSession, box_id: NodeId) -> frozenset[Position]:
    """Return the positions of a box where nothing can be put: occupied or blocked."""
    return taken_in(session, [box_id]).get(box_id, frozenset())


def taken_in(
    session: ReadSession, box_ids: Collection[NodeId]
) -> dict[NodeId, frozenset[Position]]:
    """Return the taken positions of many boxes; boxes with none are absent."""
    occupied = select(Placement.box_id, Placement.row, Placement.column).where(
        Placement.box_id.in_(list(box_ids)), Placement.removed_at.is_(None)
    )
    blocked = select(BlockedPosition.box_id, BlockedPosition.row, BlockedPosition.column).where(
        BlockedPosition.box_id.in_(list(box_ids))
    )
    taken: dict[NodeId, set[Position]] = {}
    for box_id, row, column in session.execute(occupied.union_all(blocked)):
        taken.setdefault(NodeId(box_id), set()).add(Position(row, column))
    return {box_id: frozenset(positions) for box_id, positions in taken.items()}


def locations_of(
    session: ReadSession, principal: Principal, sample_ids: Collection[SampleId]
) -> dict[SampleId, LocationView]:
    """Return where samples stand; those that stand nowhere, or are not visible, are absent."""
    principal.require(Permission.SAMPLES_VIEW)
    visible = samples_queries.visible_samples(principal).with_only_columns(Sample.id)
    rows = session.execute(
        select(Placement, StorageNode.path, Unit.id, Unit.label)
        .join(StorageNode, StorageNode.id == Placement.box_id)
        .join(Unit, Unit.id == StorageNode.unit_id)
        .where(
            Placement.removed_at.is_(None),
            Placement.sample_id.in_(visible.where(Sample.id.in_(list(sample_ids)))),
        )
    ).all()
    return {
        SampleId(placement.sample_id): LocationView(
            path=path,
            position=Position(placement.row, placement.column).label,
            unit_id=NodeId(unit_id),
            unit_label=unit_label,
        )
        for placement, path, unit_id, unit_label in rows
    }


def custody_history(
    session: ReadSession, principal: Principal, sample_id: SampleId
) -> list[PlacementView]:
    """Return every stay of a sample, latest first; empty for one that is not visible."""
    principal.require(Permission.SAMPLES_VIEW)
    visible = samples_queries.visible_samples(principal).with_only_columns(Sample.id)
    rows = session.execute(
        select(Placement, StorageNode.path)
        .join(StorageNode, StorageNode.id == Placement.box_id)
        .where(Placement.sample_id.in_(visible.where(Sample.id == sample_id)))
        .order_by(Placement.placed_at.desc(), Placement.id.desc())
    ).all()
    return [placement_view(placement, path) for placement, path in rows]


def unplaced(principal: Principal) -> Select[Sample]:
    """Select the visible samples that are here and stand nowhere."""
    return samples_queries.visible_samples(principal).where(
        Sample.custody == Custody.NOT_PLACED, Sample.lifecycle.not_in(_NOT_HERE)
    )


def unplaced_count(session: ReadSession, principal: Principal) -> int:
    """Return how many visible samples wait for a place."""
    principal.require(Permission.STORAGE_VIEW)
    waiting = unplaced(principal).with_only_columns(Sample.id).subquery()
    return session.execute(select(func.count()).select_from(waiting)).scalar_one()


def list_unplaced(
    session: ReadSession, principal: Principal, limit: int = 50
) -> list[UnplacedSample]:
    """Return the samples that have waited longest for a place."""
    principal.require(Permission.STORAGE_VIEW)
    rows = session.execute(
        unplaced(principal)
        .join(Project, Project.id == Sample.project_id)
        .add_columns(Project.code)
        .order_by(Sample.created_at, Sample.id)
        .limit(limit)
    ).all()
    return [
        UnplacedSample(
            id=SampleId(sample.id),
            barcode=sample.barcode,
            name=sample.name,
            project_code=code,
            material_type=sample.material_type,
            temperature_class=sample.temperature_class,
            custody=sample.custody,
        )
        for sample, code in rows
    ]


def boxes_with_shelves() -> Select[StorageNode, StorageNode, str, int, float]:
    """Select every box in working order with its unit, its shelf's order and the middle shelf's.

    Columns: StorageNode, unit, reserved_for (project code), shelf_order, middle_shelf.
    """
    rack = aliased(StorageNode, name="rack")
    shelf = aliased(StorageNode, name="shelf")
    shelves = (
        select(StorageNode.unit_id, func.avg(StorageNode.sort_order).label("middle"))
        .where(StorageNode.kind == NodeKind.SHELF)
        .group_by(StorageNode.unit_id)
        .subquery()
    )
    reserved = func.coalesce(StorageNode.reserved_for_project_id, Unit.reserved_for_project_id)
    return (
        select(
            StorageNode,
            Unit,
            Project.code.label("reserved_for"),
            shelf.sort_order.label("shelf_order"),
            cast(shelves.c.middle, Float).label("middle_shelf"),
        )
        .join(Unit, Unit.id == StorageNode.unit_id)
        .join(rack, rack.id == StorageNode.parent_id)
        .join(shelf, shelf.id == rack.parent_id)
        .join(shelves, shelves.c.unit_id == StorageNode.unit_id)
        .outerjoin(Project, Project.id == reserved)
        .where(StorageNode.kind == NodeKind.BOX)
        .order_by(Unit.label, shelf.sort_order, rack.sort_order, StorageNode.sort_order)
    )


def placement_view(placement: Placement, path: str) -> PlacementView:
    """Return a stay as readers see it; ``path`` is its box's."""
    return PlacementView(
        id=PlacementId(placement.id),
        sample_id=SampleId(placement.sample_id),
        box_id=NodeId(placement.box_id),
        path=path,
        position=Position(placement.row, placement.column).label,
        source=placement.source.value,
        placed_at=placement.placed_at,
        placed_by=placement.placed_by_name,
        removed_at=placement.removed_at,
        removed_by=placement.removed_by_name,
        removal_reason=placement.removal_reason,
    )


def _boxes(*, any_kind: bool = False) -> Select[StorageNode, StorageNode, str]:
    """Select boxes with their unit and the project that either of them is reserved for."""
    reserved = func.coalesce(StorageNode.reserved_for_project_id, Unit.reserved_for_project_id)
    boxes = (
        select(StorageNode, Unit, Project.code)
        .outerjoin(Unit, Unit.id == StorageNode.unit_id)
        .outerjoin(Project, Project.id == reserved)
    )
    return boxes if any_kind else boxes.where(StorageNode.kind == NodeKind.BOX)


def _box_view(row: Row[StorageNode, StorageNode, str]) -> BoxView:
    box, unit, reserved_for = row
    return BoxView(
        id=NodeId(box.id),
        unit_id=NodeId(unit.id),
        unit_label=unit.label,
        rack_id=None if box.parent_id is None else NodeId(box.parent_id),
        label=box.label,
        path=box.path,
        barcode=box.barcode,
        shape=BoxShape(box.box_rows, box.box_columns),
        used=box.used,
        capacity=box.capacity,
        temperature_class=box.temperature_class,
        biosafety_level=unit.biosafety_level,
        status=unit.status,
        reserved_for=reserved_for,
        allowed_types=frozenset(box.allowed_material_types or unit.allowed_material_types or ()),
    )


def _tube_view(placement: Placement, sample: Sample | None, project_code: str | None) -> TubeView:
    return TubeView(
        position=Position(placement.row, placement.column),
        placement_id=PlacementId(placement.id),
        placed_at=placement.placed_at,
        sample_id=None if sample is None else SampleId(sample.id),
        barcode=None if sample is None else sample.barcode,
        name=None if sample is None else sample.name,
        project_code=project_code,
        material_type=None if sample is None else sample.material_type,
        volume_ul=None if sample is None or sample.volume_ul is None else float(sample.volume_ul),
        qc_verdict=None if sample is None else sample.qc_verdict,
        created_at=None if sample is None else sample.created_at,
        subject_code=None if sample is None else sample.subject_code,
        thaws=None if sample is None else sample.freeze_thaw_count,
    )


def _grown(
    node: StorageNode,
    below: dict[Any, list[StorageNode]],
    sums: dict[Any, tuple[int, int]],
) -> NodeView:
    children = tuple(_grown(child, below, sums) for child in below.get(node.id, []))
    used, capacity = sums.get(node.id, (0, 0))
    return NodeView(
        id=NodeId(node.id),
        parent_id=NodeId(node.parent_id) if node.parent_id else None,
        kind=node.kind,
        label=node.label,
        path=node.path,
        temperature_class=node.temperature_class,
        status=node.status,
        setpoint_c=node.setpoint_c,
        used=used + sum(child.used for child in children),
        capacity=capacity + sum(child.capacity for child in children),
        children=children,
    )

"""Reading places: how full they are, where a sample is and was, and what waits for a place.

Places are nobody's secret to whoever may see storage; samples follow their own visibility. What is
in a box: box_queries.py; plans: plan_queries.py.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Select, and_, bindparam, cast, func, or_, select
from sqlalchemy.orm import aliased

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples import custody_blocks
from backend.samples import queries as samples_queries
from backend.samples.ids import Custody, Lifecycle, SampleId, TemperatureClass
from backend.samples.models import Project, Sample
from backend.storage import former_paths
from backend.storage.ids import NodeId, NodeKind, PlacementId, UnitStatus
from backend.storage.models import OccupancySnapshot, Placement, StorageNode, StorageTally
from backend.storage.place_kinds import HOLDERS
from backend.storage.relocation_models import BoxMove
from backend.storage.rules import BoxShape
from backend.storage.views import (
    DayOccupancy,
    Fullness,
    LocationView,
    NodeView,
    PlacementView,
    UnitOccupancy,
    UnplacedSample,
    ZoneOccupancy,
)
from backend.telemetry.alarm_models import Alarm
from backend.telemetry.ids import AlarmKind, AlarmSeverity
from backend.telemetry.models import Sensor

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


def _sum(column: Any) -> ColumnElement[int]:
    # PostgreSQL sums bigint as numeric; positions are whole numbers.
    return cast(func.coalesce(func.sum(column), 0), BigInteger)


# A row per unit and temperature of its boxes, one at least.
_OCCUPANCY = (
    select(
        Unit.id,
        Unit.label,
        Unit.temperature_class.label("unit_class"),
        Unit.status,
        Unit.status_reason,
        Unit.move_back_on,
        StorageTally.temperature_class.label("box_class"),
        _sum(StorageTally.boxes).label("boxes"),
        _sum(StorageTally.used).label("used"),
        _sum(StorageTally.capacity).label("capacity"),
        _sum(StorageTally.loose).label("loose"),
    )
    .outerjoin(StorageTally, StorageTally.unit_id == Unit.id)
    .where(Unit.kind == NodeKind.UNIT, Unit.closed_at.is_(None))
    .group_by(Unit.id, StorageTally.temperature_class)
    .order_by(Unit.label)
)
_HISTORY = (
    select(
        OccupancySnapshot.taken_on,
        OccupancySnapshot.temperature_class,
        _sum(OccupancySnapshot.used),
        _sum(OccupancySnapshot.capacity),
    )
    .where(OccupancySnapshot.taken_on > bindparam("since"))
    .group_by(OccupancySnapshot.taken_on, OccupancySnapshot.temperature_class)
    .order_by(OccupancySnapshot.taken_on, OccupancySnapshot.temperature_class)
)


def counted() -> ColumnElement[bool]:
    """Say that a node counts where positions are added up, as `storage_counts` in SQL has it.

    Boxes, and loose places for which somebody has said how many tubes they take.
    """
    has_room = (StorageNode.box_rows > 0) | (StorageNode.capacity > 0)
    return and_(StorageNode.kind.in_(HOLDERS), StorageNode.closed_at.is_(None), has_room)


def occupancy_by_zone(session: ReadSession, principal: Principal) -> list[ZoneOccupancy]:
    """Return the temperature classes that have boxes, coldest first; retired units do not count."""
    return fullness(session, principal).zones


def occupancy_by_unit(session: ReadSession, principal: Principal) -> list[UnitOccupancy]:
    """Return every unit with its sum of boxes, by label."""
    return fullness(session, principal).units


def fullness(session: ReadSession, principal: Principal) -> Fullness:
    """Return how full units and zones are, from one query over some dozens of sums."""
    principal.require(Permission.STORAGE_VIEW)
    units: dict[UUID, UnitOccupancy] = {}
    zones: dict[TemperatureClass, ZoneOccupancy] = {}
    for row in session.execute(_OCCUPANCY):
        before = units.get(row.id)
        units[row.id] = UnitOccupancy(
            unit_id=NodeId(row.id),
            label=row.label,
            temperature_class=row.unit_class,
            status=row.status,
            status_reason=row.status_reason or "",
            move_back_on=row.move_back_on,
            used=row.used + (before.used if before else 0),
            capacity=row.capacity + (before.capacity if before else 0),
            loose=row.loose + (before.loose if before else 0),
        )
        if row.boxes and row.box_class is not None and row.status != UnitStatus.RETIRED:
            zone = zones.get(row.box_class)
            zones[row.box_class] = ZoneOccupancy(
                temperature_class=row.box_class,
                used=row.used + (zone.used if zone else 0),
                capacity=row.capacity + (zone.capacity if zone else 0),
                units=1 + (zone.units if zone else 0),
            )
    coldest_first = [zones[zone] for zone in TemperatureClass if zone in zones]
    return Fullness(units=list(units.values()), zones=coldest_first)


def occupancy_history(session: ReadSession, principal: Principal, days: int) -> list[DayOccupancy]:
    """Return the stored daily sums per zone, oldest first; days without a snapshot are absent."""
    principal.require(Permission.STORAGE_VIEW)
    since = clock.utc_now().date() - timedelta(days=days)
    rows = session.execute(_HISTORY, {"since": since})
    return [
        DayOccupancy(day=day, temperature_class=zone, used=used, capacity=capacity)
        for day, zone, used, capacity in rows
    ]


def tree(session: ReadSession, principal: Principal) -> tuple[NodeView, ...]:
    """Return sites with rooms, units, shelves and racks below, each with the sum of its boxes.

    Three queries, whatever the size; boxes themselves come from `box_queries.boxes_in`.
    """
    principal.require(Permission.STORAGE_VIEW)
    used = func.coalesce(func.sum(StorageNode.used).filter(counted()), 0)
    capacity = func.coalesce(func.sum(StorageNode.capacity).filter(counted()), 0)
    sums = {
        parent: (int(its_used), int(its_capacity), int(its_all) - int(its_used))
        for parent, its_used, its_capacity, its_all in session.execute(
            select(StorageNode.parent_id, used, capacity, func.sum(StorageNode.used))
            .where(StorageNode.kind.in_(HOLDERS), StorageNode.closed_at.is_(None))
            .group_by(StorageNode.parent_id)
        )
    }
    nodes = session.scalars(
        select(StorageNode)
        .where(StorageNode.kind.not_in(HOLDERS), StorageNode.closed_at.is_(None))
        .order_by(StorageNode.sort_order, StorageNode.label)
    ).all()
    below: dict[Any, list[StorageNode]] = {}
    for node in nodes:
        below.setdefault(node.parent_id, []).append(node)
    alarmed = units_in_alarm(session)
    return tuple(_grown(node, below, sums, alarmed) for node in below.get(None, []))


def units_in_alarm(session: ReadSession) -> frozenset[UUID]:
    """Return the units with an open alarm, in maintenance or not; a short silence is none yet."""
    is_serious = (Alarm.kind != AlarmKind.NO_DATA) | (Alarm.severity == AlarmSeverity.CRITICAL)
    rows = session.scalars(
        select(Sensor.unit_id)
        .join(Alarm, Alarm.sensor_id == Sensor.id)
        .where(Alarm.closed_at.is_(None), is_serious)
    )
    return frozenset(rows)


def find_node(session: ReadSession, principal: Principal, code: str) -> StorageNode | None:
    """Return the place with this barcode or path (ULT-03/2/C/B-0418), None when there is none.

    A path by which it was called before it, or a place around it, was renamed finds it, too.
    """
    principal.require(Permission.STORAGE_VIEW)
    wanted = code.strip().strip("/")
    found = _called(session, wanted)
    if found is None and (now := former_paths.path_now(session, wanted)) is not None:
        return _called(session, now)
    return found


def locations_of(
    session: ReadSession, principal: Principal, sample_ids: Collection[SampleId]
) -> dict[SampleId, LocationView]:
    """Return where samples stand; those that stand nowhere, or are not visible, are absent."""
    principal.require(Permission.SAMPLES_VIEW)
    visible = samples_queries.visible_samples(principal).with_only_columns(Sample.id)
    rows = session.execute(
        select(Placement, StorageNode, Unit.id, Unit.label)
        .join(StorageNode, StorageNode.id == Placement.box_id)
        .join(Unit, Unit.id == StorageNode.unit_id)
        .where(
            Placement.removed_at.is_(None),
            Placement.sample_id.in_(visible.where(Sample.id.in_(list(sample_ids)))),
        )
    ).all()
    return {
        SampleId(placement.sample_id): LocationView(
            path=box.path,
            position=box.shape.at(placement.row, placement.column).label,
            unit_id=NodeId(unit_id),
            unit_label=unit_label,
        )
        for placement, box, unit_id, unit_label in rows
    }


def custody_history(
    session: ReadSession, principal: Principal, sample_id: SampleId
) -> list[PlacementView]:
    """Return every stay of a sample, latest first; empty for one that is not visible."""
    principal.require(Permission.SAMPLES_VIEW)
    visible = samples_queries.visible_samples(principal).with_only_columns(Sample.id)
    # Where the box stood when the tube left it; boxes move, too.
    stood = (
        select(BoxMove.from_path)
        .where(BoxMove.box_id == Placement.box_id, BoxMove.moved_at >= Placement.removed_at)
        .order_by(BoxMove.moved_at)
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Placement, StorageNode, func.coalesce(stood, StorageNode.path))
        .join(StorageNode, StorageNode.id == Placement.box_id)
        .where(Placement.sample_id.in_(visible.where(Sample.id == sample_id)))
        .order_by(Placement.placed_at.desc(), Placement.id.desc())
    ).all()
    return [placement_view(placement, path, box.shape) for placement, box, path in rows]


def unplaced(principal: Principal) -> Select[Sample]:
    """Select the visible samples that are here and stand nowhere."""
    return samples_queries.visible_samples(principal).where(
        Sample.custody == Custody.NOT_PLACED, Sample.lifecycle.not_in(_NOT_HERE)
    )


def plannable(principal: Principal) -> Select[Sample]:
    """Select those of them that a plan may place: nobody is to answer for them first."""
    return unplaced(principal).where(Sample.id.not_in(custody_blocks.promised()))


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


def placement_view(placement: Placement, path: str, shape: BoxShape) -> PlacementView:
    """Return a stay as readers see it; ``path`` and ``shape`` are its box's."""
    return PlacementView(
        id=PlacementId(placement.id),
        sample_id=SampleId(placement.sample_id),
        box_id=NodeId(placement.box_id),
        path=path,
        position=shape.at(placement.row, placement.column).label,
        source=placement.source.value,
        placed_at=placement.placed_at,
        placed_by=placement.placed_by_name,
        removed_at=placement.removed_at,
        removed_by=placement.removed_by_name,
        removal_reason=placement.removal_reason,
    )


def _called(session: ReadSession, code: str) -> StorageNode | None:
    wanted = code.upper()
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


def _grown(
    node: StorageNode,
    below: dict[Any, list[StorageNode]],
    sums: dict[Any, tuple[int, int, int]],
    alarmed: frozenset[UUID],
) -> NodeView:
    children = tuple(_grown(child, below, sums, alarmed) for child in below.get(node.id, []))
    used, capacity, loose = sums.get(node.id, (0, 0, 0))
    return NodeView(
        id=NodeId(node.id),
        parent_id=NodeId(node.parent_id) if node.parent_id else None,
        kind=node.kind,
        label=node.label,
        path=node.path,
        temperature_class=node.temperature_class,
        status=node.status,
        setpoint_c=node.setpoint_c,
        status_reason=node.status_reason or "",
        move_back_on=node.move_back_on,
        in_alarm=node.id in alarmed,
        used=used + sum(child.used for child in children),
        capacity=capacity + sum(child.capacity for child in children),
        loose=loose + sum(child.loose for child in children),
        children=children,
    )

"""Reading a consolidation or an evacuation out of the tables, in one short session.

Keys of samples, boxes and racks are their UUIDs as text, so that a plan leads straight back to
rows; a tube that the person may not see is known by its placement only, and stays.
"""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples import queries as samples_queries
from backend.samples.custody_models import CustodyBlock
from backend.samples.ids import TemperatureClass
from backend.samples.models import Project, Sample
from backend.storage import (
    box_queries,
    plan_problem,
    queries,
    relocation_worth,
    rules,
    spelling,
)
from backend.storage.ids import NodeId, NodeKind, UnitStatus
from backend.storage.models import Placement, StorageNode
from backend.storage.place_kinds import HOLDERS, INSIDE_UNITS
from backend.storage.planning.consolidation import Consolidation
from backend.storage.planning.evacuation import Evacuation, Near, Rack
from backend.storage.planning.problem import Box
from backend.storage.planning.relocation import Tube
from backend.storage.rules import BoxShape

_NOT_YOURS = "Belongs to a project that you are not in."
_GONE = "Its lifecycle has ended; there is nothing left to save."
_SHELTERS = (UnitStatus.ACTIVE, UnitStatus.BACKUP)
Unit = aliased(StorageNode, name="unit")


def load_consolidation(
    session: ReadSession, principal: Principal, unit_id: NodeId, scope: Mapping[str, Any]
) -> Consolidation:
    """Return the boxes that may be freed, the tubes in them, and the boxes that may be filled.

    ``scope`` is what `relocating.request_consolidation` wrote. Within a unit its other boxes are
    filled; for other units those at its temperature, never the unit itself. A loose place is freed
    only where it was named, and never filled.
    """
    principal.require(Permission.STORAGE_PLAN)
    boxes = _boxes(session, unit_id, (UnitStatus.ACTIVE,))
    own = [box for box in boxes if box.unit == str(unit_id)]
    named = frozenset(scope["box_ids"])
    loose = _loose(session, unit_id)
    candidates = frozenset(
        box.key for box in own if box.key in named or (not named and box.key not in loose)
    )
    targets = {box.key for box in own}
    if scope["to_other_units"]:
        targets = {box.key for box in boxes} - targets
    return Consolidation(
        boxes=boxes,
        tubes=_tubes(session, principal, candidates),
        candidates=candidates,
        targets=frozenset(targets),
        wanted=scope["boxes_to_free"],
        conflicts=rules.APART,
    )


def load_evacuation(session: ReadSession, principal: Principal, unit_id: NodeId) -> Evacuation:
    """Return what stands in a failing unit, what it is worth, and where there may be room."""
    principal.require(Permission.STORAGE_PLAN)
    boxes = _boxes(session, unit_id, _SHELTERS)
    own = [box for box in boxes if box.unit == str(unit_id)]
    tubes = _tubes(session, principal, [box.key for box in own])
    return Evacuation(
        unit=str(unit_id),
        boxes=boxes,
        tubes=tubes,
        worth=relocation_worth.worth_of(session, unit_id),
        racks=_racks(session, unit_id, boxes),
        nearness=_nearness(session, unit_id),
        box_names={box.key: box.label.rpartition("/")[2] for box in own},
        loose=_loose(session, unit_id),
        conflicts=rules.APART,
    )


def _boxes(
    session: ReadSession, unit_id: NodeId, open_units: Collection[UnitStatus]
) -> tuple[Box, ...]:
    zones = frozenset(
        session.scalars(
            select(Sample.temperature_class)
            .join(Placement, Placement.sample_id == Sample.id)
            .join(StorageNode, StorageNode.id == Placement.box_id)
            .where(StorageNode.unit_id == unit_id, Placement.removed_at.is_(None))
            .distinct()
        )
    )
    boxes = plan_problem.read_boxes(session, zones, (), open_units, with_loose=True)
    # Boxes at other temperatures are refused anyway; counting them would only hide the others. A
    # tube may stand in a unit that is not at the temperature it needs, and is saved into one.
    wanted = {box.temperature_class for box in boxes if box.unit == str(unit_id)}
    wanted |= {zone.value for zone in zones}
    return tuple(box for box in boxes if box.temperature_class in wanted)


def _loose(session: ReadSession, unit_id: NodeId) -> frozenset[str]:
    keys = session.scalars(
        select(StorageNode.id).where(
            StorageNode.unit_id == unit_id,
            StorageNode.kind.in_(HOLDERS),
            StorageNode.box_rows == 0,
        )
    )
    return frozenset(str(key) for key in keys)


def _tubes(session: ReadSession, principal: Principal, boxes: Collection[str]) -> tuple[Tube, ...]:
    visible = samples_queries.visible_samples(principal).with_only_columns(Sample.id)
    rows = session.execute(
        select(Placement, Sample, Project.code, CustodyBlock.reason, Sample.id.in_(visible))
        .join(Sample, Sample.id == Placement.sample_id)
        .join(Project, Project.id == Sample.project_id)
        .outerjoin(CustodyBlock, CustodyBlock.sample_id == Sample.id)
        .where(Placement.box_id.in_([UUID(key) for key in boxes]), Placement.removed_at.is_(None))
        .order_by(Placement.box_id, Placement.row, Placement.column)
    )
    shapes = spelling.shapes_of(session, [UUID(key) for key in boxes])
    return tuple(
        _tube(stay, shapes[stay.box_id], sample, code, promised or "", is_seen=is_seen)
        for stay, sample, code, promised, is_seen in rows
    )


def _tube(
    stay: Placement,
    shape: BoxShape,
    sample: Sample,
    project: str,
    promised: str,
    *,
    is_seen: bool,
) -> Tube:
    gone = _GONE if sample.lifecycle in queries.GONE else ""
    return Tube(
        key=str(sample.id),
        box=str(stay.box_id),
        position=shape.at(stay.row, stay.column),
        project=project,
        sample_type=sample.material_type.value,
        temperature_class=sample.temperature_class.value,
        biosafety_level=sample.biosafety_level,
        segregation=rules.segregation_class(sample.biosafety_level),
        pinned=(promised or gone) if is_seen else _NOT_YOURS,
    )


def _racks(session: ReadSession, unit_id: NodeId, boxes: Collection[Box]) -> tuple[Rack, ...]:
    """Return the racks of other units; how many slots are free only where it is known."""
    held = _held(session)
    alarmed = queries.units_in_alarm(session)
    zones = {TemperatureClass(box.temperature_class) for box in boxes}
    around, shelf = box_queries.Middle, box_queries.Shelf
    reserved = func.coalesce(
        StorageNode.reserved_for_project_id,
        around.reserved_for_project_id,
        shelf.reserved_for_project_id,
        Unit.reserved_for_project_id,
    )
    rows = session.execute(
        select(
            StorageNode,
            Unit,
            Project.code,
            around.allowed_material_types,
            shelf.allowed_material_types,
        )
        .join(Unit, Unit.id == StorageNode.unit_id)
        .join(around, around.id == StorageNode.parent_id)
        .outerjoin(shelf, (shelf.id == around.parent_id) & shelf.kind.in_(INSIDE_UNITS))
        .outerjoin(Project, Project.id == reserved)
        .where(
            # Of what may hold racks as well as boxes, only where boxes are meant to stand.
            (StorageNode.kind == NodeKind.RACK) | StorageNode.box_slots.is_not(None),
            StorageNode.closed_at.is_(None),
            StorageNode.unit_id != unit_id,
            StorageNode.temperature_class.in_(zones),
        )
        .order_by(Unit.label, StorageNode.path)
    )
    racks = []
    for rack, unit, reserved_for, *types in rows:
        labels, standing = held.get(rack.id, (frozenset(), 0))
        free = None if rack.box_slots is None else max(rack.box_slots - standing, 0)
        racks.append(
            Rack(
                key=str(rack.id),
                label=rack.path,
                unit=str(unit.id),
                temperature_class=str(rack.temperature_class),
                biosafety_level=rack.biosafety_level,
                free_slots=free,
                box_labels=labels,
                reserved_for=reserved_for,
                allowed_types=box_queries.allowed_types(
                    rack.allowed_material_types, *types, unit.allowed_material_types
                ),
                unit_active=unit.status in _SHELTERS,
                unit_in_alarm=unit.id in alarmed,
            )
        )
    return tuple(racks)


def _held(session: ReadSession) -> dict[UUID, tuple[frozenset[str], int]]:
    """Return by rack the labels of its boxes and how many stand there.

    A closed box has gone, and its slot is free; its label stays its own.
    """
    rows = session.execute(
        select(
            StorageNode.parent_id,
            func.array_agg(StorageNode.label),
            func.count().filter(StorageNode.closed_at.is_(None)),
        )
        .where(StorageNode.kind.in_(HOLDERS))
        .group_by(StorageNode.parent_id)
    )
    return {
        rack_id: (frozenset(labels), standing)
        for rack_id, labels, standing in rows
        if rack_id is not None
    }


def _nearness(session: ReadSession, unit_id: NodeId) -> dict[str, Near]:
    """Say how near the other units are: same room, same site, elsewhere; backup units first."""
    room = aliased(StorageNode, name="room")
    rows = session.execute(
        select(Unit.id, Unit.label, Unit.status, Unit.parent_id, room.parent_id)
        .outerjoin(room, room.id == Unit.parent_id)
        .where(Unit.kind == NodeKind.UNIT)
        .order_by(Unit.label)
    ).all()
    places = {key: (room_id, site_id or room_id) for key, _, _, room_id, site_id in rows}
    own_room, own_site = places[unit_id]

    def distance(key: UUID) -> int:
        its_room, its_site = places[key]
        if its_room is not None and its_room == own_room:
            return 0
        return 1 if its_site is not None and its_site == own_site else 2

    words = ("same room", "same site", "another site")
    order = sorted(
        (distance(key), status is not UnitStatus.BACKUP, label, key)
        for key, label, status, _, _ in rows
        if key != unit_id
    )
    return {
        str(key): Near(rank, words[far] + ("" if is_other else ", backup unit"))
        for rank, (far, is_other, _, key) in enumerate(order)
    }

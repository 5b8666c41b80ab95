"""Reading a placement problem out of the tables, in one short session.

Keys of samples and boxes are their UUIDs as text, so that a plan leads straight back to rows.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples.ids import TemperatureClass
from backend.samples.models import Project, Sample
from backend.storage import box_queries, queries, rules
from backend.storage.ids import NodeId, UnitStatus
from backend.storage.models import Placement, StorageNode
from backend.storage.planning.problem import Box, Group, Lot, Problem
from backend.storage.rules import BoxShape, Position

RETRIEVALS_PER_SAMPLE = 1.0
"""What is stored is fetched once; real frequencies are not known yet."""
SHELF_REACH_S = 3.0
"""Seconds per shelf above or below the middle one; this and the next from the storage-synth set."""
RACK_DEPTH_S = 4.0
"""Seconds per box that stands before this one in its rack."""


def load_problem(session: ReadSession, principal: Principal, scope: Mapping[str, Any]) -> Problem:
    """Return the unplaced samples of a scope as lots, and every box with what it holds.

    ``scope`` is ``{"sample_ids": [...]}`` or ``{"all_unplaced": true}``. Samples that have found a
    place since, or are promised to somebody who has not answered, are left out.
    """
    principal.require(Permission.STORAGE_PLAN)
    samples = _samples(session, principal, scope)
    zones = {sample.temperature_class for sample, _ in samples}
    families = {sample.family_id for sample, _ in samples if sample.family_id is not None}
    boxes = read_boxes(session, zones, families)
    return Problem(lots=_lots(samples), boxes=boxes, conflicts=rules.APART)


def _samples(
    session: ReadSession, principal: Principal, scope: Mapping[str, Any]
) -> Sequence[tuple[Sample, str]]:
    waiting = (
        queries.plannable(principal)
        .join(Project, Project.id == Sample.project_id)
        .add_columns(Project.code)
        .order_by(Sample.barcode)
    )
    if not scope.get("all_unplaced"):
        waiting = waiting.where(Sample.id.in_([UUID(key) for key in scope["sample_ids"]]))
    return [(sample, code) for sample, code in session.execute(waiting)]


def _lots(samples: Sequence[tuple[Sample, str]]) -> tuple[Lot, ...]:
    """Group samples that are interchangeable, in the order of their first barcode."""
    alike: dict[tuple[object, ...], list[tuple[Sample, str]]] = {}
    for sample, code in samples:
        needs = sample.material_type, sample.temperature_class, sample.biosafety_level
        family = sample.family_id or sample.id
        alike.setdefault((family, sample.is_backup, code, *needs), []).append((sample, code))
    return tuple(
        Lot(
            key=str(number),
            samples=tuple(str(sample.id) for sample, _ in members),
            group=_group(members[0][0]),
            project=members[0][1],
            sample_type=members[0][0].material_type.value,
            temperature_class=members[0][0].temperature_class.value,
            biosafety_level=members[0][0].biosafety_level,
            segregation=rules.segregation_class(members[0][0].biosafety_level),
            retrievals_per_sample=RETRIEVALS_PER_SAMPLE,
        )
        for number, members in enumerate(alike.values())
    )


def _group(sample: Sample) -> Group:
    return Group(family=str(sample.family_id or sample.id), is_backup=sample.is_backup)


def read_boxes(
    session: ReadSession,
    zones: Collection[TemperatureClass],
    families: Collection[UUID] = (),
    open_units: Collection[UnitStatus] = (UnitStatus.ACTIVE,),
    *,
    with_loose: bool = False,
) -> tuple[Box, ...]:
    """Return every box in working order with what it holds, as planners see it.

    ``zones`` are the temperatures at which free positions are of interest, ``families`` those
    whose tubes are to be known, ``open_units`` the statuses in which a unit takes samples.
    Loose places come only ``with_loose``, and without a free position: no plan puts anything there.
    """
    rows = session.execute(box_queries.boxes_with_shelves(with_loose=with_loose)).all()
    in_zone = [NodeId(row.StorageNode.id) for row in rows if row.unit.temperature_class in zones]
    taken = box_queries.taken_in(session, in_zone)
    projects = _projects(session, in_zone)
    contained = _contained(session)
    groups = _groups(session, set(families))
    alarmed = queries.units_in_alarm(session)
    depth: dict[UUID, int] = {}
    boxes = []
    for row in rows:
        box, unit = row.StorageNode, row.unit
        depth[box.parent_id] = depth.get(box.parent_id, -1) + 1
        boxes.append(
            Box(
                key=str(box.id),
                label=box.path,
                unit=str(unit.id),
                rack=str(box.parent_id),
                temperature_class=str(box.temperature_class),
                biosafety_level=box.biosafety_level,
                free_positions=_free(box, taken.get(NodeId(box.id), frozenset())),
                used=box.used,
                projects=projects.get(box.id, frozenset()),
                groups=groups.get(box.id, frozenset()),
                segregations=_segregations(box, contained.get(box.id, 0)),
                reserved_for=row.reserved_for,
                allowed_types=box_queries.allowed_types(
                    box.allowed_material_types,
                    row.rack_types,
                    row.shelf_types,
                    unit.allowed_material_types,
                ),
                unit_active=unit.status in open_units,
                unit_in_alarm=unit.id in alarmed,
                access_s=RACK_DEPTH_S * depth[box.parent_id]
                + SHELF_REACH_S * abs(row.shelf_order - row.middle_shelf),
            )
        )
    return tuple(boxes)


def _free(box: StorageNode, taken: frozenset[Position]) -> tuple[Position, ...]:
    if box.used >= box.capacity or box.box_rows == 0:
        return ()
    return rules.free_positions(BoxShape(box.box_rows, box.box_columns), taken=taken)


def _segregations(box: StorageNode, contained: int) -> frozenset[str]:
    held = {rules.CONTAINED} if contained else set()
    return frozenset(held | ({rules.GENERAL} if box.used > contained else set()))


def _projects(session: ReadSession, box_ids: list[NodeId]) -> dict[UUID, frozenset[str]]:
    held = (
        select(Placement.box_id, Sample.project_id)
        .join(Sample, Sample.id == Placement.sample_id)
        .where(Placement.removed_at.is_(None), Placement.box_id.in_(box_ids))
        .distinct()
        .subquery()
    )
    rows = session.execute(
        select(held.c.box_id, func.array_agg(Project.code))
        .join(Project, Project.id == held.c.project_id)
        .group_by(held.c.box_id)
    )
    return {box_id: frozenset(codes) for box_id, codes in rows}


def _contained(session: ReadSession) -> dict[UUID, int]:
    rows = session.execute(
        select(Placement.box_id, func.count())
        .join(Sample, Sample.id == Placement.sample_id)
        .where(Placement.removed_at.is_(None), Sample.biosafety_level >= rules.CONTAINED_FROM)
        .group_by(Placement.box_id)
    )
    return {box_id: count for box_id, count in rows}  # noqa: C416 rows are no pairs to mypy


def _groups(session: ReadSession, families: set[UUID]) -> dict[UUID, frozenset[Group]]:
    rows = session.execute(
        select(Placement.box_id, Sample.family_id, Sample.is_backup)
        .join(Sample, Sample.id == Placement.sample_id)
        .where(Placement.removed_at.is_(None), Sample.family_id.in_(families))
        .distinct()
    )
    held: dict[UUID, set[Group]] = {}
    for box_id, family, is_backup in rows:
        held.setdefault(box_id, set()).add(Group(family=str(family), is_backup=is_backup))
    return {box_id: frozenset(groups) for box_id, groups in held.items()}

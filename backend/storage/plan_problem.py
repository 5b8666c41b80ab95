"""Reading a placement problem out of the tables, in one short session.

Keys of samples and boxes are their UUIDs as text, so that a plan leads straight back to rows.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, true

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples.ids import TemperatureClass
from backend.samples.models import Project, Sample
from backend.storage import box_queries, queries, rules
from backend.storage.ids import NodeId, UnitStatus
from backend.storage.models import Placement, StorageNode
from backend.storage.planning.problem import Box, Group, Lot, Problem
from backend.storage.rules import Position

RETRIEVALS_PER_SAMPLE = 1.0
"""What is stored is fetched once; real frequencies are not known yet."""
SHELF_REACH_S = 3.0
"""Seconds per shelf above or below the middle one; this and the next from the storage-synth set."""
RACK_DEPTH_S = 4.0
"""Seconds per box that stands before this one in its rack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inside:
    """What boxes hold, by their keys; of a box without ``taken`` only numbers are of interest."""

    taken: Mapping[NodeId, frozenset[Position]]
    projects: Mapping[UUID, frozenset[str]]
    contained: Mapping[UUID, int]
    groups: Mapping[UUID, Mapping[Group, tuple[Position, ...]]]
    alarmed: frozenset[UUID]


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
    return _boxes(
        rows,
        _Inside(
            taken={box_id: taken.get(box_id, frozenset()) for box_id in in_zone},
            projects=_projects(session, in_zone),
            contained=_contained(session),
            groups=_groups(session, set(families)),
            alarmed=queries.units_in_alarm(session),
        ),
        open_units,
    )


def problem_of_one(session: ReadSession, sample: Sample, project_code: str) -> Problem:
    """Return one sample as a lot, wherever it stands, and every box with what matters to it.

    Light enough to be asked while somebody waits: of a box only the number of free positions is
    read, of its projects only whether the sample's own is among them, and only of its family, which
    it may stand beside, the positions. What the sample itself is in its box does not count.
    """
    rows = session.execute(box_queries.boxes_with_shelves()).all()
    cleared = [
        row.StorageNode.id
        for row in rows
        if row.StorageNode.biosafety_level >= rules.CONTAINED_FROM
    ]
    mine = frozenset({project_code})
    families = set() if sample.family_id is None else {sample.family_id}
    groups = _groups(session, families, but=sample.id)
    homes = [NodeId(box_id) for box_id in groups]
    taken = box_queries.taken_in(session, homes)
    inside = _Inside(
        taken={box_id: taken.get(box_id, frozenset()) for box_id in homes},
        projects=dict.fromkeys(_boxes_of_project(session, sample.project_id), mine),
        contained=_contained(session, cleared),
        groups=groups,
        alarmed=queries.units_in_alarm(session),
    )
    lots = _lots([(sample, project_code)])
    boxes = _boxes(rows, inside, (UnitStatus.ACTIVE,))
    return Problem(lots=lots, boxes=boxes, conflicts=rules.APART)


def _boxes(
    rows: Sequence[Any], inside: _Inside, open_units: Collection[UnitStatus]
) -> tuple[Box, ...]:
    """Return rows of `box_queries.boxes_with_shelves` as planners see them."""
    depth: dict[UUID, int] = {}
    boxes = []
    for row in rows:
        box, unit = row.StorageNode, row.unit
        depth[box.parent_id] = depth.get(box.parent_id, -1) + 1
        taken = inside.taken.get(NodeId(box.id))
        boxes.append(
            Box(
                key=str(box.id),
                label=box.path,
                unit=str(unit.id),
                rack=str(box.parent_id),
                temperature_class=str(box.temperature_class),
                biosafety_level=box.biosafety_level,
                free_positions=() if taken is None else _free(box, taken),
                columns=box.box_columns,
                free_count=_number_free(box) if taken is None else None,
                used=box.used,
                projects=inside.projects.get(box.id, frozenset()),
                groups=frozenset(inside.groups.get(box.id, ())),
                standing=inside.groups.get(box.id, {}),
                segregations=_segregations(box, inside.contained.get(box.id, 0)),
                reserved_for=row.reserved_for,
                allowed_types=box_queries.allowed_types(
                    box.allowed_material_types,
                    row.rack_types,
                    row.middle_types,
                    row.shelf_types,
                    unit.allowed_material_types,
                ),
                unit_active=unit.status in open_units,
                unit_in_alarm=unit.id in inside.alarmed,
                access_s=RACK_DEPTH_S * depth[box.parent_id]
                + SHELF_REACH_S * abs(row.shelf_order - row.middle_shelf),
            )
        )
    return tuple(boxes)


def _free(box: StorageNode, taken: frozenset[Position]) -> tuple[Position, ...]:
    if not _number_free(box):
        return ()
    return rules.free_positions(box.shape, taken=taken)


def _number_free(box: StorageNode) -> int:
    """Return how many positions are free; none of a loose place, which no plan fills."""
    return max(box.capacity - box.used, 0) if box.box_rows else 0


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


def _boxes_of_project(session: ReadSession, project_id: UUID) -> Sequence[UUID]:
    return session.scalars(
        select(Placement.box_id)
        .join(Sample, Sample.id == Placement.sample_id)
        .where(Placement.removed_at.is_(None), Sample.project_id == project_id)
        .distinct()
    ).all()


def _contained(session: ReadSession, box_ids: Collection[UUID] | None = None) -> dict[UUID, int]:
    """Return how many contained samples boxes hold; without ``box_ids`` of all that hold any."""
    rows = session.execute(
        select(Placement.box_id, func.count())
        .join(Sample, Sample.id == Placement.sample_id)
        .where(
            Placement.removed_at.is_(None),
            Sample.biosafety_level >= rules.CONTAINED_FROM,
            true() if box_ids is None else Placement.box_id.in_(list(box_ids)),
        )
        .group_by(Placement.box_id)
    )
    return {box_id: count for box_id, count in rows}  # noqa: C416 rows are no pairs to mypy


def _groups(
    session: ReadSession, families: Collection[UUID], *, but: UUID | None = None
) -> dict[UUID, dict[Group, tuple[Position, ...]]]:
    """Return where boxes hold tubes of families, the sample ``but`` left out."""
    rows = session.execute(
        select(
            Placement.box_id,
            Placement.row,
            Placement.column,
            Sample.family_id,
            Sample.is_backup,
        )
        .join(Sample, Sample.id == Placement.sample_id)
        .where(
            Placement.removed_at.is_(None),
            Sample.family_id.in_(families),
            true() if but is None else Sample.id != but,
        )
        .order_by(Placement.box_id, Placement.row, Placement.column)
    )
    held: dict[UUID, dict[Group, tuple[Position, ...]]] = {}
    for box_id, row, column, family, is_backup in rows:
        groups = held.setdefault(box_id, {})
        group = Group(family=str(family), is_backup=is_backup)
        groups[group] = (*groups.get(group, ()), Position(row, column))
    return held

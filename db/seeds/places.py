"""Lays out the demonstration's freezers to fit its samples, and gives samples their positions."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from backend.core import ids
from backend.samples.ids import TemperatureClass
from backend.storage.ids import NodeKind
from db.seeds.world import SITE, UNIT_KINDS, UnitKind

# How full the units of a zone end up, from the fullest: the forecast has something to see.
ZONE_FILL = {
    TemperatureClass.MINUS_80: 0.83,
    TemperatureClass.MINUS_20: 0.72,
    TemperatureClass.PLUS_4: 0.52,
}
COLD_UNITS = 12
NEARLY_FULL = "ULT-04"
NEARLY_FULL_WEIGHT = 1.7
"""The unit that everybody opens first is past the line at which intake stops."""
SPARE_SLOTS = 1
"""Slots that no rack of a −80 °C unit fills; nobody has counted those of the others."""
SAMPLES_PER_UNIT = 20_000
"""Beyond the default laboratory, one more unit for so many samples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoNode:
    """One row of the storage tree."""

    id: UUID
    parent_id: UUID | None
    unit_id: UUID | None
    kind: NodeKind
    label: str
    path: str
    sort_order: int
    temperature_class: TemperatureClass | None = None
    setpoint_c: float | None = None
    rows: int = 0
    columns: int = 0
    box_slots: int | None = None


@dataclass(slots=True)
class DemoUnit:
    """A unit, its boxes in filling order, and how many positions were handed out."""

    node: DemoNode
    kind: UnitKind
    boxes: list[DemoNode] = field(default_factory=list)
    weight: float = 1.0
    handed_out: int = 0

    @property
    def capacity(self) -> int:
        return sum(box.rows * box.columns for box in self.boxes)


def lay_out(
    wanted: dict[TemperatureClass, int], total: int, rng: np.random.Generator
) -> tuple[list[DemoNode], list[DemoUnit]]:
    """Return the tree and its units, so that ``wanted`` placements fill zones as ZONE_FILL says."""
    site = _node(None, NodeKind.SITE, SITE, 0)
    nodes = [site]
    units: list[DemoUnit] = []
    count = max(COLD_UNITS, math.ceil(total / SAMPLES_PER_UNIT))
    rooms: dict[str, DemoNode] = {}
    for kind in UNIT_KINDS:
        if kind.room not in rooms:
            rooms[kind.room] = _node(site, NodeKind.ROOM, kind.room, len(rooms))
            nodes.append(rooms[kind.room])
        number = max(1, round(count * kind.per_twelve / COLD_UNITS))
        positions = wanted.get(kind.temperature_class, 0) / ZONE_FILL[kind.temperature_class]
        boxes = max(4, math.ceil(positions / (kind.box_rows * kind.box_columns) / number))
        for index in range(1, number + 1):
            unit = _unit(kind, rooms[kind.room], index, boxes, nodes)
            nearly_full = unit.node.label == NEARLY_FULL
            unit.weight = NEARLY_FULL_WEIGHT if nearly_full else float(rng.uniform(0.75, 1.25))
            units.append(unit)
    return nodes, units


def _unit(
    kind: UnitKind, room: DemoNode, index: int, boxes: int, nodes: list[DemoNode]
) -> DemoUnit:
    label = f"{kind.prefix}-{index:02d}"
    unit_id = ids.new_id()
    node = DemoNode(
        id=unit_id,
        parent_id=room.id,
        unit_id=unit_id,
        kind=NodeKind.UNIT,
        label=label,
        path=label,
        sort_order=index,
        temperature_class=kind.temperature_class,
        setpoint_c=kind.setpoint_c,
    )
    nodes.append(node)
    unit = DemoUnit(node=node, kind=kind)
    shelves = 2 if boxes <= 12 else 5  # noqa: PLR2004 a small chest or an upright
    racks = 2 if boxes <= 12 else 6  # noqa: PLR2004
    standing: list[DemoNode] = []
    slots = math.ceil(boxes / (shelves * racks)) + SPARE_SLOTS
    for shelf_number in range(1, shelves + 1):
        shelf = _inside(node, node, NodeKind.SHELF, str(shelf_number), shelf_number)
        nodes.append(shelf)
        for rack_number in range(racks):
            rack = _inside(node, shelf, NodeKind.RACK, "ABCDEF"[rack_number], rack_number)
            if kind.temperature_class is TemperatureClass.MINUS_80:
                rack = replace(rack, box_slots=slots)
            nodes.append(rack)
            standing.append(rack)
    for number in range(boxes):
        rack = standing[number * len(standing) // boxes]
        box = _inside(node, rack, NodeKind.BOX, f"B-{number + 1:03d}", number, geometry=kind)
        nodes.append(box)
        unit.boxes.append(box)
    return unit


def _inside(
    unit: DemoNode,
    parent: DemoNode,
    kind: NodeKind,
    label: str,
    order: int,
    *,
    geometry: UnitKind | None = None,
) -> DemoNode:
    return DemoNode(
        id=ids.new_id(),
        parent_id=parent.id,
        unit_id=unit.id,
        kind=kind,
        label=label,
        path=f"{parent.path}/{label}",
        sort_order=order,
        temperature_class=unit.temperature_class,
        rows=geometry.box_rows if geometry else 0,
        columns=geometry.box_columns if geometry else 0,
    )


def _node(parent: DemoNode | None, kind: NodeKind, label: str, order: int) -> DemoNode:
    return DemoNode(
        id=ids.new_id(),
        parent_id=parent.id if parent else None,
        unit_id=None,
        kind=kind,
        label=label,
        path=label,
        sort_order=order,
    )


@dataclass(slots=True)
class _Zone:
    """The units of a zone that still have room, and where each one's share of the chances ends."""

    units: list[DemoUnit]
    ends: NDArray[np.float64]

    @classmethod
    def of(cls, units: Iterable[DemoUnit]) -> "_Zone":
        roomy = [unit for unit in units if unit.handed_out < unit.capacity]
        weights = np.array([unit.weight for unit in roomy])
        return cls(roomy, weights.cumsum() / weights.sum())


class Shelver:
    """Hands out positions: a zone's units fill side by side by weight, each box by box."""

    def __init__(self, units: Sequence[DemoUnit], rng: np.random.Generator) -> None:
        self._rng = rng
        by_zone: dict[TemperatureClass, list[DemoUnit]] = defaultdict(list)
        for unit in units:
            by_zone[unit.kind.temperature_class].append(unit)
        self._zones = {zone: _Zone.of(those) for zone, those in by_zone.items()}
        self._room = {unit.node.id: unit.capacity for unit in units}
        self._places = {unit.node.id: _positions(unit.boxes) for unit in units}

    def next_position(self, zone: TemperatureClass) -> tuple[UUID, int, int] | None:
        """Return (box id, row, column) of the next free position, None when the zone is full."""
        found = self._zones.get(zone)
        if found is None or not found.units:
            return None
        unit = found.units[int(np.searchsorted(found.ends, self._rng.random()))]
        unit.handed_out += 1
        if unit.handed_out >= self._room[unit.node.id]:
            self._zones[zone] = _Zone.of(found.units)
        return next(self._places[unit.node.id])


def _positions(boxes: Sequence[DemoNode]) -> Iterator[tuple[UUID, int, int]]:
    for box in boxes:
        for row in range(1, box.rows + 1):
            for column in range(1, box.columns + 1):
                yield box.id, row, column

"""Freezers, boxes and samples for tests of storage, straight into the tables."""

from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.ids import new_id
from backend.samples.ids import Lifecycle, MaterialType, SampleId, TemperatureClass
from backend.samples.models import Project, Sample
from backend.storage.ids import NodeId, NodeKind, PlacementSource
from backend.storage.models import Placement, StorageNode
from backend.storage.rules import loose_shape

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Freezer:
    """A unit with one shelf, one rack and some boxes."""

    unit_id: NodeId
    label: str
    rack_id: NodeId
    box_ids: tuple[NodeId, ...]

    @property
    def box_id(self) -> NodeId:
        """The first box."""
        return self.box_ids[0]


def make_freezer(
    session: Session,
    *,
    boxes: int = 1,
    rows: int = 9,
    columns: int = 9,
    zone: TemperatureClass = TemperatureClass.MINUS_80,
    label: str = "",
    **facts: Any,
) -> Freezer:
    """Add a freezer; ``facts`` are columns of the unit, such as ``status``."""
    label = label or f"ULT-{next(_numbers):02d}"
    unit_id = new_id()
    unit = _node(None, unit_id, NodeKind.UNIT, label, zone, id=unit_id, **facts)
    session.add(unit)
    session.flush()
    cleared = {"biosafety_level": unit.biosafety_level}
    shelf = _node(unit, unit_id, NodeKind.SHELF, "1", zone, **cleared)
    session.add(shelf)
    session.flush()
    rack = _node(shelf, unit_id, NodeKind.RACK, "A", zone, **cleared)
    session.add(rack)
    session.flush()
    grid = {"box_rows": rows, "box_columns": columns, "capacity": rows * columns} | cleared
    inside = [
        _node(rack, unit_id, NodeKind.BOX, f"B-{number}", zone, sort_order=number, **grid)
        for number in range(1, boxes + 1)
    ]
    session.add_all(inside)
    session.flush()
    return Freezer(NodeId(unit_id), label, NodeId(rack.id), tuple(NodeId(box.id) for box in inside))


def make_loose(
    session: Session, parent_id: NodeId, *, label: str = "Bag", capacity: int | None = None
) -> NodeId:
    """Add a loose place to a unit, shelf or rack; without a capacity nobody has said how many."""
    parent = session.get_one(StorageNode, parent_id)
    shape = loose_shape(capacity)
    bag = StorageNode(
        parent_id=parent.id,
        unit_id=parent.unit_id,
        kind=NodeKind.BAG,
        label=label,
        path=f"{parent.path}/{label}",
        temperature_class=parent.temperature_class,
        biosafety_level=parent.biosafety_level,
        box_rows=shape.rows,
        box_columns=shape.columns,
        capacity=capacity or 0,
    )
    session.add(bag)
    session.flush()
    return NodeId(bag.id)


def make_plate(session: Session, rack_id: NodeId, *, label: str = "P-1") -> NodeId:
    """Add a plate of 96 wells to a rack."""
    rack = session.get_one(StorageNode, rack_id)
    assert rack.unit_id is not None
    plate = _node(
        rack,
        rack.unit_id,
        NodeKind.PLATE,
        label,
        rack.temperature_class or TemperatureClass.MINUS_80,
        biosafety_level=rack.biosafety_level,
        box_rows=8,
        box_columns=12,
        capacity=96,
    )
    session.add(plate)
    session.flush()
    return NodeId(plate.id)


def make_tube(session: Session, project: Project, **fields: Any) -> SampleId:
    """Add an accepted gDNA sample for −80 °C that stands nowhere."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "barcode": f"DNA-{number:06d}",
        "name": f"Sample {number}",
        "material_type": MaterialType.GDNA,
        "temperature_class": TemperatureClass.MINUS_80,
        "lifecycle": Lifecycle.ACCEPTED,
    }
    sample = Sample(project_id=project.id, **(values | fields))
    session.add(sample)
    session.flush()
    return SampleId(sample.id)


def stand(
    session: Session,
    sample_id: SampleId,
    box_id: NodeId,
    row: int,
    column: int,
    *,
    placed_at: datetime | None = None,
) -> UUID:
    """Put a sample into a position without asking anybody but the database, now or long ago."""
    placement = Placement(
        sample_id=sample_id,
        box_id=box_id,
        row=row,
        column=column,
        source=PlacementSource.MANUAL,
        placed_at=placed_at or clock.utc_now(),
        placed_by=None,
        placed_by_name="Test",
    )
    session.add(placement)
    session.flush()
    return placement.id


def _node(
    parent: StorageNode | None,
    unit_id: UUID,
    kind: NodeKind,
    label: str,
    zone: TemperatureClass,
    **facts: Any,
) -> StorageNode:
    return StorageNode(
        parent_id=parent.id if parent else None,
        unit_id=unit_id,
        kind=kind,
        label=label,
        path=f"{parent.path}/{label}" if parent else label,
        temperature_class=zone,
        **facts,
    )

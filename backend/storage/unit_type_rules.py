"""What a unit made from a type consists of. No I/O."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from backend.storage.ids import LooseIn, NodeKind, RackLabels
from backend.storage.rules import BoxShape, row_letters

MOST_SHELVES, MOST_RACKS, MOST_SLOTS = 30, 60, 200
MOST_PLACES = 5_000
"""Shelves, racks and boxes that one unit may be made with; a mistyped number stops here."""
MOST_ROWS, MOST_COLUMNS = 32, 48
"""Rows and columns of the largest plate that is sold (1,536 wells)."""

LOOSE_LABEL = "Loose"
"""What a loose place is called that a unit comes with; people rename it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitGeometry:
    """How a unit is divided; ``box`` is the shape of the boxes it comes with, None of none."""

    shelves: int
    racks_per_shelf: int
    box_slots: int
    """Boxes that a rack takes."""
    rack_labels: RackLabels
    box: BoxShape | None = None
    loose: LooseIn = LooseIn.NOWHERE
    """Where a unit comes with a loose place: a drawer on each shelf, a bag in each rack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCounts:
    """How many places a unit consists of.

    ``boxes``, ``positions`` and ``loose`` places are those made with it.
    """

    shelves: int
    racks: int
    slots: int
    boxes: int
    positions: int
    loose: int = 0

    @property
    def places(self) -> int:
        """Rows that are made, the unit itself left out."""
        return self.shelves + self.racks + self.boxes + self.loose


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPlace:
    """A place to be made; ``parent`` is the path of the place around it."""

    kind: NodeKind
    label: str
    path: str
    parent: str
    sort_order: int
    is_loose: bool = False


def counts(geometry: UnitGeometry) -> UnitCounts:
    """Return how many places the geometry gives."""
    racks = geometry.shelves * geometry.racks_per_shelf
    slots = racks * geometry.box_slots
    boxes = slots if geometry.box else 0
    return UnitCounts(
        shelves=geometry.shelves,
        racks=racks,
        slots=slots,
        boxes=boxes,
        positions=boxes * geometry.box.capacity if geometry.box else 0,
        loose=_loose_places(geometry),
    )


def lay_out(geometry: UnitGeometry, unit: str) -> Iterator[PlannedPlace]:
    """Yield the places of a unit called ``unit``, each after the place that it stands in."""
    number = 0
    for shelf_index in range(geometry.shelves):
        shelf = _inside(unit, NodeKind.SHELF, str(shelf_index + 1), shelf_index)
        yield shelf
        if geometry.loose is LooseIn.SHELF:
            # Behind the racks, as a drawer is looked for last.
            yield _loose(shelf.path, geometry.racks_per_shelf)
        for rack_index in range(geometry.racks_per_shelf):
            label = rack_label(geometry.rack_labels, rack_index)
            rack = _inside(shelf.path, NodeKind.RACK, label, rack_index)
            yield rack
            for slot in range(geometry.box_slots if geometry.box else 0):
                number += 1
                yield _inside(rack.path, NodeKind.BOX, f"B-{number:03d}", slot)
            if geometry.loose is LooseIn.RACK:
                yield _loose(rack.path, geometry.box_slots)


def first_and_last(geometry: UnitGeometry, unit: str) -> tuple[str, str]:
    """Return the addresses of the first and the last place that is inmost."""
    made = counts(geometry)
    first = f"{unit}/1/{rack_label(geometry.rack_labels, 0)}"
    last_rack = rack_label(geometry.rack_labels, geometry.racks_per_shelf - 1)
    last = f"{unit}/{geometry.shelves}/{last_rack}"
    return (f"{first}/B-001", f"{last}/B-{made.boxes:03d}") if made.boxes else (first, last)


def rack_label(scheme: RackLabels, index: int) -> str:
    """Return what the rack with this index on its shelf is called: A and on, or 1 and on."""
    match scheme:
        case RackLabels.LETTERS:
            return row_letters(index + 1)
        case RackLabels.NUMBERS:
            return str(index + 1)


def faults(geometry: UnitGeometry) -> Mapping[str, str]:
    """Return by field what cannot be built, as sentences; empty when it can."""
    limits = (
        ("shelves", "shelves", geometry.shelves, MOST_SHELVES),
        ("racks_per_shelf", "racks on a shelf", geometry.racks_per_shelf, MOST_RACKS),
        ("box_slots", "boxes in a rack", geometry.box_slots, MOST_SLOTS),
    )
    found = {
        field: f"A unit has 1 to {most} {words}, not {number}."
        for field, words, number, most in limits
        if not 1 <= number <= most
    }
    if geometry.loose is LooseIn.RACK and geometry.box:
        found["loose"] = (
            "Boxes take every slot of a rack. Make the unit without boxes, or put its loose places "
            "on the shelves."
        )
    shape = geometry.box
    if shape and not (1 <= shape.rows <= MOST_ROWS and 1 <= shape.columns <= MOST_COLUMNS):
        found["box"] = (
            f"A box has 1 to {MOST_ROWS} rows and 1 to {MOST_COLUMNS} columns, "
            f"not {shape.rows} and {shape.columns}."
        )
    if not found and (places := counts(geometry).places) > MOST_PLACES:
        found["shelves"] = (
            f"That makes {places:,} places; {MOST_PLACES:,} is the most for one unit. "
            "Use fewer shelves, racks or boxes, or make the unit without boxes."
        )
    return found


def _loose_places(geometry: UnitGeometry) -> int:
    match geometry.loose:
        case LooseIn.NOWHERE:
            return 0
        case LooseIn.SHELF:
            return geometry.shelves
        case LooseIn.RACK:
            return geometry.shelves * geometry.racks_per_shelf


def _loose(parent: str, order: int) -> PlannedPlace:
    return replace(_inside(parent, NodeKind.BOX, LOOSE_LABEL, order), is_loose=True)


def _inside(parent: str, kind: NodeKind, label: str, order: int) -> PlannedPlace:
    return PlannedPlace(
        kind=kind, label=label, path=f"{parent}/{label}", parent=parent, sort_order=order
    )

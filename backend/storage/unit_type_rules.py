"""What a unit made from a type consists of. No I/O."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count, pairwise

from backend.storage.ids import LooseIn, NodeKind, PlaceLabels
from backend.storage.place_kinds import GRIDS, KINDS, placing_fault, shape_fault, with_article
from backend.storage.rules import BoxShape, row_letters

MOST_LEVELS = 3
"""Places between a unit and a box: shelf, rack, drawer."""
MOST_IN_ONE, MOST_SLOTS = 60, 200
MOST_PLACES = 5_000
"""Shelves, racks and boxes that one unit may be made with; a mistyped number stops here."""

LOOSE_LABEL = "Loose"
"""What a loose place is called that a unit comes with; people rename it."""
_BOX_LABELS: Mapping[NodeKind, str] = {NodeKind.BOX: "B", NodeKind.PLATE: "P"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One division: ``number`` places of a kind in each place around them."""

    kind: NodeKind
    number: int
    labels: PlaceLabels = PlaceLabels.NUMBERS


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitGeometry:
    """How a unit is divided, from outside in.

    ``box`` is the shape of the boxes, or plates, that it comes with, None of none.
    """

    levels: tuple[Level, ...]
    box_slots: int
    """Boxes that one of the innermost places takes."""
    box_kind: NodeKind = NodeKind.BOX
    box: BoxShape | None = None
    loose: LooseIn = LooseIn.NOWHERE
    """Where a unit comes with a loose place: a drawer on each shelf, a bag in each rack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCounts:
    """How many places a unit consists of: the divisions from outside in, and what is in them.

    ``boxes``, ``positions`` and ``loose`` places are those made with it.
    """

    levels: tuple[tuple[NodeKind, int], ...]
    slots: int
    box_kind: NodeKind
    boxes: int
    positions: int
    loose: int = 0

    @property
    def places(self) -> int:
        """Rows that are made, the unit itself left out."""
        return sum(number for _, number in self.levels) + self.boxes + self.loose

    @property
    def by_kind(self) -> Mapping[NodeKind, int]:
        """How many of each kind are made."""
        every = (*self.levels, (self.box_kind, self.boxes), (NodeKind.BAG, self.loose))
        return {kind: number for kind, number in every if number}

    @property
    def words(self) -> str:
        """Say the divisions: ``5 shelves, 30 racks``."""
        return ", ".join(counted(kind, number) for kind, number in self.levels)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPlace:
    """A place to be made; ``parent`` is the path of the place around it."""

    kind: NodeKind
    label: str
    path: str
    parent: str
    sort_order: int
    takes_boxes: bool = False
    """Whether it is one of the innermost, in which boxes stand."""


def counted(kind: NodeKind, number: int) -> str:
    """Say how many places of a kind there are: ``1 stack``, ``30 racks``."""
    about = KINDS[kind]
    return f"{number:,} {about.word if number == 1 else about.words}"


def counts(geometry: UnitGeometry) -> UnitCounts:
    """Return how many places the geometry gives."""
    total, levels = 1, []
    for level in geometry.levels:
        total *= level.number
        levels.append((level.kind, total))
    slots = total * geometry.box_slots
    boxes = slots if geometry.box else 0
    loose = {
        LooseIn.NOWHERE: 0,
        LooseIn.OUTERMOST: levels[0][1] if levels else 0,
        LooseIn.INNERMOST: total,
    }
    return UnitCounts(
        levels=tuple(levels),
        slots=slots,
        box_kind=geometry.box_kind,
        boxes=boxes,
        positions=boxes * geometry.box.capacity if geometry.box else 0,
        loose=loose[geometry.loose],
    )


def lay_out(geometry: UnitGeometry, unit: str) -> Iterator[PlannedPlace]:
    """Yield the places of a unit called ``unit``, each after the place that it stands in."""
    yield from _divided(geometry, unit, 0, count(1))


def first_and_last(geometry: UnitGeometry, unit: str) -> tuple[str, str]:
    """Return the addresses of the first and the last place that is inmost."""
    made = counts(geometry)
    first = "/".join([unit, *(label_of(each.labels, 0) for each in geometry.levels)])
    last = "/".join([unit, *(label_of(each.labels, each.number - 1) for each in geometry.levels)])
    if not made.boxes:
        return first, last
    return (
        f"{first}/{_box_label(geometry, 1)}",
        f"{last}/{_box_label(geometry, made.boxes)}",
    )


def label_of(scheme: PlaceLabels, index: int) -> str:
    """Return what the place with this index among alike ones is called: A and on, or 1 and on."""
    match scheme:
        case PlaceLabels.LETTERS:
            return row_letters(index + 1)
        case PlaceLabels.NUMBERS:
            return str(index + 1)


def faults(geometry: UnitGeometry) -> Mapping[str, str]:
    """Return by field what cannot be built, as sentences; empty when it can."""
    found = {"levels": sentence} if (sentence := _division_fault(geometry)) else {}
    if not 1 <= geometry.box_slots <= MOST_SLOTS:
        found["box_slots"] = f"1 to {MOST_SLOTS} boxes stand together, not {geometry.box_slots}."
    if geometry.box and _stands_with_boxes(geometry):
        found["loose"] = "Boxes take every slot. Make the unit without boxes" + (
            ", or put its loose places into its outermost places."
            if len(geometry.levels) > 1
            else " or without loose places."
        )
    if sentence := _box_fault(geometry):
        found["box"] = sentence
    if not found and (places := counts(geometry).places) > MOST_PLACES:
        found["levels"] = (
            f"That makes {places:,} places; {MOST_PLACES:,} is the most for one unit. "
            "Use fewer shelves, racks or boxes, or make the unit without boxes."
        )
    return found


def _stands_with_boxes(geometry: UnitGeometry) -> bool:
    """Say whether loose places stand where boxes do; of one division outermost is innermost."""
    is_one = len(geometry.levels) == 1
    return geometry.loose is LooseIn.INNERMOST or (geometry.loose is LooseIn.OUTERMOST and is_one)


def _division_fault(geometry: UnitGeometry) -> str:
    if not 1 <= len(geometry.levels) <= MOST_LEVELS:
        return f"A unit is divided 1 to {MOST_LEVELS} times: into shelves, racks, drawers."
    for level in geometry.levels:
        if not 1 <= level.number <= MOST_IN_ONE:
            words = KINDS[level.kind].words
            return f"1 to {MOST_IN_ONE} {words} stand side by side, not {level.number}."
    kinds = (NodeKind.UNIT, *(level.kind for level in geometry.levels))
    wrong = (placing_fault(inner, outer) for outer, inner in pairwise(kinds))
    if sentence := next(filter(None, wrong), ""):
        return sentence
    return placing_fault(geometry.box_kind, kinds[-1])


def _box_fault(geometry: UnitGeometry) -> str:
    if geometry.box_kind not in GRIDS:
        return f"A unit comes with boxes or plates, not with {with_article(geometry.box_kind)}."
    return shape_fault(geometry.box_kind, geometry.box) if geometry.box else ""


def _divided(
    geometry: UnitGeometry, parent: str, depth: int, numbers: Iterator[int]
) -> Iterator[PlannedPlace]:
    """Yield what stands in a place of this depth; boxes are numbered through the whole unit."""
    level, is_innermost = geometry.levels[depth], depth + 1 == len(geometry.levels)
    for index in range(level.number):
        label = label_of(level.labels, index)
        place = PlannedPlace(
            kind=level.kind,
            label=label,
            path=f"{parent}/{label}",
            parent=parent,
            sort_order=index,
            takes_boxes=is_innermost,
        )
        yield place
        if geometry.loose is LooseIn.OUTERMOST and depth == 0:
            # Behind the others, as a drawer is looked for last.
            yield _inside(place.path, NodeKind.BAG, LOOSE_LABEL, _widest(geometry))
        if not is_innermost:
            yield from _divided(geometry, place.path, depth + 1, numbers)
            continue
        for slot in range(geometry.box_slots if geometry.box else 0):
            box = _box_label(geometry, next(numbers))
            yield _inside(place.path, geometry.box_kind, box, slot)
        if geometry.loose is LooseIn.INNERMOST:
            yield _inside(place.path, NodeKind.BAG, LOOSE_LABEL, geometry.box_slots)


def _widest(geometry: UnitGeometry) -> int:
    return max(geometry.box_slots, *(level.number for level in geometry.levels))


def _box_label(geometry: UnitGeometry, number: int) -> str:
    return f"{_BOX_LABELS[geometry.box_kind]}-{number:03d}"


def _inside(parent: str, kind: NodeKind, label: str, order: int) -> PlannedPlace:
    return PlannedPlace(
        kind=kind, label=label, path=f"{parent}/{label}", parent=parent, sort_order=order
    )

"""Kinds of places: what each may stand in, what it holds, what people call it. No I/O.

One table, read by the rules, the tables in the database, files, API and pages. The kinds are those
of the storage_node of DOMAIN 2a. At most three places are between a unit and what holds tubes
(shelf, rack, drawer): restrictions are looked up that far (box_queries).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from backend.storage.ids import NodeKind
from backend.storage.rules import BoxShape


class Tubes(StrEnum):
    """How tubes stand in a place of a kind."""

    NONE = "none"
    GRID = "grid"
    """In rows and columns."""
    LOOSE = "loose"
    """Without positions; they are numbered as they come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceKind:
    """What is said of all places of a kind."""

    word: str
    words: str
    stands_in: tuple[NodeKind, ...]
    """Empty for the outermost kind."""
    is_named: bool = False
    """Whether its label is a name by itself: ULT-03, where a rack's is only C."""
    takes_boxes: bool = False
    """Whether boxes, plates and the like stand in it, in slots that may be counted."""
    tubes: Tubes = Tubes.NONE


_IN_UNITS = (NodeKind.UNIT, NodeKind.SHELF, NodeKind.RACK)
_AROUND_BOXES = (NodeKind.SHELF, NodeKind.RACK, NodeKind.STACK, NodeKind.DRAWER)

KINDS: Final[Mapping[NodeKind, PlaceKind]] = {
    NodeKind.SITE: PlaceKind(word="site", words="sites", stands_in=(), is_named=True),
    NodeKind.ROOM: PlaceKind(word="room", words="rooms", stands_in=(NodeKind.SITE,), is_named=True),
    NodeKind.UNIT: PlaceKind(
        word="unit",
        words="units",
        stands_in=(NodeKind.ROOM, NodeKind.SITE),
        is_named=True,
    ),
    NodeKind.SHELF: PlaceKind(
        word="shelf",
        words="shelves",
        stands_in=(NodeKind.UNIT,),
        takes_boxes=True,
    ),
    NodeKind.RACK: PlaceKind(
        word="rack",
        words="racks",
        stands_in=(NodeKind.UNIT, NodeKind.SHELF),
        takes_boxes=True,
    ),
    NodeKind.STACK: PlaceKind(word="stack", words="stacks", stands_in=_IN_UNITS, takes_boxes=True),
    NodeKind.DRAWER: PlaceKind(
        word="drawer", words="drawers", stands_in=_IN_UNITS, takes_boxes=True
    ),
    NodeKind.BOX: PlaceKind(word="box", words="boxes", stands_in=_AROUND_BOXES, tubes=Tubes.GRID),
    NodeKind.PLATE: PlaceKind(
        word="plate", words="plates", stands_in=_AROUND_BOXES, tubes=Tubes.GRID
    ),
    NodeKind.BAG: PlaceKind(
        word="bag",
        words="bags",
        stands_in=(NodeKind.UNIT, *_AROUND_BOXES),
        is_named=True,
        tubes=Tubes.LOOSE,
    ),
}

GROUND: Final = (NodeKind.SITE, NodeKind.ROOM)
"""Around the units: they are added by hand, and nobody restricts them."""
HOLDERS: Final = tuple(kind for kind, about in KINDS.items() if about.tubes is not Tubes.NONE)
"""What tubes stand in."""
GRIDS: Final = tuple(kind for kind, about in KINDS.items() if about.tubes is Tubes.GRID)
TAKES_BOXES: Final = tuple(kind for kind, about in KINDS.items() if about.takes_boxes)
INSIDE_UNITS: Final = tuple(kind for kind in KINDS if kind not in (*GROUND, NodeKind.UNIT))

PLATES: Final = (
    *(BoxShape(2, 3), BoxShape(3, 4), BoxShape(4, 6), BoxShape(6, 8)),
    *(BoxShape(8, 12), BoxShape(16, 24), BoxShape(32, 48)),
)
"""Plates as they are sold, 6 to 1,536 wells (well positions: ANSI SLAS 4-2004 for 96 to 1,536)."""

MOST_ROWS, MOST_COLUMNS = 32, 48
"""Rows and columns of the largest plate that is sold (1,536 wells); no box has more."""


def inside_of(kind: NodeKind) -> tuple[NodeKind, ...]:
    """Return the kinds that may stand directly in a place of this one."""
    return tuple(each for each, about in KINDS.items() if kind in about.stands_in)


def place_name(kind: NodeKind, label: str) -> str:
    """Say a place as people do: ULT-03, Shelf 2, Rack C."""
    about = KINDS[kind]
    return label if about.is_named else f"{about.word.capitalize()} {label}"


def goals_of(kind: NodeKind) -> str:
    """Name what a box, plate or bag is carried to: a rack, stack, drawer or shelf."""
    outermost, *others = KINDS[kind].stands_in
    *most, last = (KINDS[each].word for each in (*others, outermost))
    return f"{', '.join(most)} or {last}"


def with_article(kind: NodeKind) -> str:
    """Name a kind in a sentence: a rack."""
    return f"a {KINDS[kind].word}"


def placing_fault(kind: NodeKind, parent: NodeKind | None) -> str:
    """Say why a place of a kind cannot stand in one of another; empty where it can."""
    wanted = KINDS[kind].stands_in
    if parent in wanted or (parent is None and not wanted):
        return ""
    what = with_article(kind).capitalize()
    if not wanted:
        return f"{what} is the outermost place and stands in none."
    names = " or ".join(with_article(each) for each in wanted)
    if parent is None:
        return f"{what} stands in {names}. Name it."
    return f"{what} does not stand in {with_article(parent)}, but in {names}."


def shape_fault(kind: NodeKind, shape: BoxShape | None) -> str:
    """Say why places of a kind cannot have a shape, or lack one; empty where it fits."""
    about = KINDS[kind]
    what = with_article(kind).capitalize()
    if about.tubes is Tubes.NONE:
        return f"{what} has no rows and columns. Leave them out." if shape else ""
    if about.tubes is Tubes.LOOSE:
        return "" if shape and shape.is_loose else f"{what} has no rows and columns."
    if shape is None or shape.is_loose:
        return f"{what} has rows and columns. Give both."
    if kind is NodeKind.PLATE and shape not in PLATES:
        known = ", ".join(f"{each.capacity:,}" for each in PLATES)
        return f"{what} has {known} wells, not {shape.words}. 96 wells are 8 × 12."
    if not (1 <= shape.rows <= MOST_ROWS and 1 <= shape.columns <= MOST_COLUMNS):
        sides = f"1 to {MOST_ROWS} rows and 1 to {MOST_COLUMNS} columns"
        return f"{what} has {sides}, not {shape.rows} and {shape.columns}."
    return ""

"""Evacuation: where the contents of a failing unit go, what is worth most first.

Whole boxes go first, as they are, into racks that are known to have a free slot: one act for a
boxful. The other tubes follow one by one in the order of evacuation_order.py, the nearest unit
first. A tube only stays behind when no place can be made for it by sending an earlier one to
another box; so as many are saved as can be, and none gives way to one that is worth less. Where
classes may not share a rack, only the second holds: a rack that one tube needs may have held more
of another class, and the tube that is worth more has it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from backend.storage.planning.evacuation_fill import Fill
from backend.storage.planning.evacuation_order import Key, Worth, key_of, reasons_of
from backend.storage.planning.feasibility import FilterCount, rack_segregations, refusal
from backend.storage.planning.problem import NO_CONFLICTS, Box, Problem
from backend.storage.planning.relocation import (
    Conflicts,
    RackCompany,
    Sort,
    Tube,
    TubeMove,
    lot_of,
    sort_tubes,
)
from backend.storage.rules import Position

_SLOT = (Position(1, 1),)
_NOWHERE = "No box may take it."
_FULL = "Every box that may take it is full, or gets tubes that are worth more."


@dataclass(frozen=True, slots=True)
class Rack:
    """A rack outside the failing unit. ``free_slots`` is None where nobody said how many fit."""

    key: str
    label: str
    unit: str
    temperature_class: str
    biosafety_level: int
    free_slots: int | None
    box_labels: frozenset[str] = frozenset()
    """Labels of its boxes; two of one rack may not be called alike."""
    reserved_for: str | None = None
    allowed_types: frozenset[str] = frozenset()
    unit_active: bool = True
    unit_in_alarm: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """How near a unit is: the smaller the nearer, and in words."""

    rank: int
    words: str = ""


FAR = Near(10**6)


@dataclass(frozen=True, slots=True)
class Evacuation:
    """``boxes`` are all in working order; ``tubes`` are those of the unit, ``worth`` by their key.

    ``nearness`` is by unit; units absent from it come last.
    """

    unit: str
    boxes: tuple[Box, ...]
    tubes: tuple[Tube, ...]
    worth: Mapping[str, Worth]
    racks: tuple[Rack, ...] = ()
    nearness: Mapping[str, Near] = field(default_factory=dict)
    box_names: Mapping[str, str] = field(default_factory=dict)
    """Short label of every box of the unit, as its neighbours in a rack know it."""
    loose: frozenset[str] = frozenset()
    """Places of the unit that are no boxes and stay: their tubes go one by one."""
    conflicts: Conflicts = NO_CONFLICTS


@dataclass(frozen=True, slots=True)
class BoxMove:
    """A box with all its tubes into a free slot of a rack."""

    box: str
    to_rack: str
    tubes: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoPlace:
    """Tubes that stay: pinned, with the sentence; or without a place, with what the rules took."""

    tubes: tuple[str, ...]
    why: str
    refusals: tuple[FilterCount, ...] = ()
    boxes_allowed: int = 0


@dataclass(frozen=True, slots=True)
class EvacuationPlan:
    """Moves in the order in which they are to be done: whole boxes, then tubes."""

    box_moves: tuple[BoxMove, ...]
    tube_moves: tuple[TubeMove, ...]
    no_place: tuple[NoPlace, ...]
    considered: tuple[Sort, ...]


def plan_evacuation(asked: Evacuation) -> EvacuationPlan:
    """Return where everything goes; the same for the same laboratory."""
    box_moves = _move_boxes(asked)
    gone = {move.box for move in box_moves}
    left = tuple(tube for tube in asked.tubes if tube.box not in gone)
    boxes = _with_boxes_moved(asked, box_moves)
    targets = {box.key for box in boxes if box.unit != asked.unit and box.key not in gone}
    sorts = sort_tubes(left, boxes, targets, asked.conflicts)
    fill = Fill(boxes, sorts, _by_nearness(asked, boxes), asked.conflicts)
    order = sorted(
        ((key_of(asked.worth[left[tube].key]), number, tube) for number, tube in _members(sorts)),
        key=lambda item: (item[0], left[item[2]].box, left[item[2]].position),
    )
    saved = [(number, tube) for _, number, tube in order if fill.admit(number)]
    return EvacuationPlan(
        box_moves=box_moves,
        tube_moves=_lay_out(asked, left, boxes, saved, fill),
        no_place=_stay(left, sorts, {tube for _, tube in saved}),
        considered=tuple(sort_tubes(asked.tubes, asked.boxes, targets, asked.conflicts)),
    )


def _move_boxes(asked: Evacuation) -> tuple[BoxMove, ...]:
    """Send whole boxes off, that with the most precious tube first, while slots last."""
    inside: dict[str, list[Tube]] = {}
    for tube in asked.tubes:
        inside.setdefault(tube.box, []).append(tube)
    whole = [key for key, tubes in inside.items() if _can_go(asked, key, tubes)]
    whole.sort(key=lambda key: (_best(asked, inside[key]), -len(inside[key]), key))
    slots = _Slots(asked)
    moves: list[BoxMove] = []
    for key in whole:
        rack = slots.take(key, inside[key])
        if rack is not None:
            moves.append(_box_move(asked, key, rack, inside[key]))
    return tuple(moves)


def _can_go(asked: Evacuation, box: str, tubes: Sequence[Tube]) -> bool:
    return box not in asked.loose and not any(tube.pinned for tube in tubes)


class _Slots:
    """Free slots of racks, nearest first, as boxes take them."""

    def __init__(self, asked: Evacuation) -> None:
        self._asked = asked
        self._near = sorted(
            (rack for rack in asked.racks if rack.unit != asked.unit),
            key=lambda rack: asked.nearness.get(rack.unit, FAR).rank,
        )
        self._free = {rack.key: rack.free_slots or 0 for rack in self._near}
        self._labels = {rack.key: set(rack.box_labels) for rack in self._near}
        self._boxes = {box.key: box for box in asked.boxes}
        self._problem = Problem(lots=(), boxes=asked.boxes, conflicts=asked.conflicts)
        self._held = rack_segregations(self._problem)
        self._company = RackCompany(asked.conflicts)

    def take(self, key: str, tubes: Sequence[Tube]) -> Rack | None:
        """Give a box the nearest slot that the rules allow; None where there is none."""
        name = self._asked.box_names.get(key, key)
        for rack in self._near:
            if self._free[rack.key] <= 0 or name in self._labels[rack.key]:
                continue
            if not self._takes(rack, self._boxes[key], tubes):
                continue
            self._free[rack.key] -= 1
            self._labels[rack.key].add(name)
            for tube in tubes:
                self._company.enter(rack.key, tube.segregation)
            return rack
        return None

    def _takes(self, rack: Rack, box: Box, tubes: Iterable[Tube]) -> bool:
        """Say whether the rules of placing let every tube of a box stand in the rack."""
        if box.temperature_class != rack.temperature_class:
            return False
        slot = replace(
            box,
            rack=rack.key,
            biosafety_level=rack.biosafety_level,
            free_positions=_SLOT,
            reserved_for=rack.reserved_for,
            allowed_types=rack.allowed_types,
            unit_active=rack.unit_active,
            unit_in_alarm=rack.unit_in_alarm,
        )
        in_rack = self._held.get(rack.key, frozenset())
        return all(
            refusal(self._problem, lot_of(tube), slot, in_rack) is None
            and self._company.admits(rack.key, tube.segregation)
            for tube in tubes
        )


def _best(asked: Evacuation, tubes: Iterable[Tube]) -> Key:
    return min(key_of(asked.worth[tube.key]) for tube in tubes)


def _box_move(asked: Evacuation, key: str, rack: Rack, tubes: Sequence[Tube]) -> BoxMove:
    first = min(tubes, key=lambda tube: (key_of(asked.worth[tube.key]), tube.position))
    words = asked.nearness.get(rack.unit, FAR).words
    reasons = (*reasons_of(asked.worth[first.key]), words)
    kept = tuple(tube.key for tube in sorted(tubes, key=lambda tube: tube.position))
    return BoxMove(key, rack.key, kept, tuple(reason for reason in reasons if reason))


def _with_boxes_moved(asked: Evacuation, moves: Sequence[BoxMove]) -> tuple[Box, ...]:
    """Return the boxes as they stand then: what moved decides who may share its new rack."""
    unit_of = {rack.key: rack.unit for rack in asked.racks}
    to = {move.box: move.to_rack for move in moves}
    return tuple(
        replace(box, rack=to[box.key], unit=unit_of[to[box.key]]) if box.key in to else box
        for box in asked.boxes
    )


def _by_nearness(asked: Evacuation, boxes: Sequence[Box]) -> list[int]:
    ranks = [asked.nearness.get(box.unit, FAR).rank for box in boxes]
    return sorted(range(len(boxes)), key=lambda index: (ranks[index], index))


def _members(sorts: Sequence[Sort]) -> list[tuple[int, int]]:
    return [(number, tube) for number, sort in enumerate(sorts) for tube in sort.tubes]


def _lay_out(
    asked: Evacuation,
    tubes: Sequence[Tube],
    boxes: Sequence[Box],
    saved: Sequence[tuple[int, int]],
    fill: Fill,
) -> tuple[TubeMove, ...]:
    """Give the saved tubes positions, in the order in which they are saved."""
    places = {number: iter(fill.boxes_of(number)) for number in {number for number, _ in saved}}
    next_free: dict[int, int] = {}
    moves = []
    for number, index in saved:
        tube, box = tubes[index], next(places[number])
        nth = next_free.get(box, 0)
        next_free[box] = nth + 1
        words = asked.nearness.get(boxes[box].unit, FAR).words
        reasons = (*reasons_of(asked.worth[tube.key]), words)
        moves.append(
            TubeMove(
                tube=tube.key,
                from_box=tube.box,
                from_position=tube.position,
                to_box=boxes[box].key,
                to_position=boxes[box].free_positions[nth],
                reasons=tuple(reason for reason in reasons if reason),
            )
        )
    return tuple(moves)


def _stay(tubes: Sequence[Tube], sorts: Sequence[Sort], saved: set[int]) -> tuple[NoPlace, ...]:
    """Gather what stays behind: by the sentence that pins it, then by sort."""
    pinned: dict[str, list[str]] = {}
    for tube in tubes:
        if tube.pinned:
            pinned.setdefault(tube.pinned, []).append(tube.key)
    stay = [NoPlace(tuple(keys), why) for why, keys in pinned.items()]
    for sort in sorts:
        keys = tuple(tubes[index].key for index in sort.tubes if index not in saved)
        if keys:
            why = _FULL if sort.allowed else _NOWHERE
            stay.append(NoPlace(keys, why, sort.refusals, len(sort.allowed)))
    return tuple(stay)

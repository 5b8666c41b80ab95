"""What plans that move stored tubes have in common: consolidation and evacuation.

Tubes that the rules cannot tell apart form a sort; only how many of a sort go into which box has
to be decided. The rules are those of placing (`feasibility`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from backend.storage.planning.feasibility import (
    BoxKind,
    Filter,
    FilterCount,
    box_kinds,
    clashes,
    refusal,
)
from backend.storage.planning.problem import NO_CONFLICTS, Box, Group, Lot, Problem
from backend.storage.rules import Position

Conflicts = frozenset[frozenset[str]]
_NOBODY = Group(family="", is_backup=False)


@dataclass(frozen=True, slots=True)
class Tube:
    """A tube where it stands. ``pinned`` says why it may not be moved; empty where it may."""

    key: str
    box: str
    position: Position
    project: str
    sample_type: str
    temperature_class: str
    biosafety_level: int
    segregation: str | None = None
    pinned: str = ""


@dataclass(frozen=True, slots=True)
class TubeMove:
    """One tube from where it stands into a free position of another box."""

    tube: str
    from_box: str
    from_position: Position
    to_box: str
    to_position: Position
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sort:
    """Movable tubes that may go into the same boxes, as numbers into the lists given.

    ``allowed`` are the boxes in their working order, ``refusals`` what each rule took of the rest.
    """

    lot: Lot
    tubes: tuple[int, ...]
    allowed: tuple[int, ...]
    refusals: tuple[FilterCount, ...]

    @property
    def segregation(self) -> str | None:
        return self.lot.segregation


def lot_of(tube: Tube) -> Lot:
    """Return what the rules of placing ask about a tube."""
    return Lot(
        key=tube.key,
        samples=(tube.key,),
        group=_NOBODY,
        project=tube.project,
        sample_type=tube.sample_type,
        temperature_class=tube.temperature_class,
        biosafety_level=tube.biosafety_level,
        segregation=tube.segregation,
    )


def sort_tubes(
    tubes: Sequence[Tube],
    boxes: Sequence[Box],
    targets: Collection[str],
    conflicts: Conflicts = NO_CONFLICTS,
) -> list[Sort]:
    """Gather movable tubes by what the rules ask of them; ``boxes`` holds more than the targets.

    What stands in a box that is no target still decides who may share its rack.
    """
    problem = Problem(lots=(), boxes=tuple(boxes), conflicts=conflicts)
    kinds = [
        (kind, [index for index in kind.boxes if boxes[index].key in targets])
        for kind in box_kinds(problem)
    ]
    alike: dict[tuple[object, ...], list[int]] = {}
    for index, tube in enumerate(tubes):
        if not tube.pinned:
            needs = tube.temperature_class, tube.biosafety_level, tube.segregation
            alike.setdefault((*needs, tube.project, tube.sample_type), []).append(index)
    return [_sort(problem, kinds, tubes, members) for members in alike.values()]


def _sort(
    problem: Problem,
    kinds: Iterable[tuple[BoxKind, list[int]]],
    tubes: Sequence[Tube],
    members: list[int],
) -> Sort:
    lot = lot_of(tubes[members[0]])
    allowed: list[int] = []
    taken: dict[Filter, list[int]] = {}
    for kind, indices in kinds:
        rule = refusal(problem, lot, kind.example, kind.in_rack)
        (allowed if rule is None else taken.setdefault(rule, [])).extend(indices)
    refusals = tuple(
        FilterCount(rule, len(taken[rule]), sum(problem.boxes[index].free for index in taken[rule]))
        for rule in Filter
        if taken.get(rule)
    )
    return Sort(lot, tuple(members), tuple(sorted(allowed)), refusals)


def openings(
    boxes: Iterable[Box],
    moves: Iterable[TubeMove],
    *,
    boxes_moved: Iterable[str] = (),
    racks_to: Mapping[str, str] | None = None,
) -> dict[str, int]:
    """Count the units and racks that a person has to open, on both ends."""
    by_key = {box.key: box for box in boxes}
    touched = {key for move in moves for key in (move.from_box, move.to_box)} | set(boxes_moved)
    to = racks_to or {}
    units = {by_key[key].unit for key in touched} | set(to.values())
    racks = {by_key[key].rack for key in touched} | set(to)
    return {"doors": len(units), "racks": len(racks)}


class RackCompany:
    """Which segregation classes a plan brings into racks: two that clash never meet."""

    def __init__(self, conflicts: Conflicts) -> None:
        self._conflicts = conflicts
        self._brought: dict[str, dict[str, int]] = {}

    def admits(self, rack: str, segregation: str | None) -> bool:
        """Say whether the plan has brought nothing into the rack that clashes with a class."""
        return not clashes(segregation, frozenset(self._brought.get(rack, {})), self._conflicts)

    def enter(self, rack: str, segregation: str | None, count: int = 1) -> None:
        """Note that tubes of a class go into the rack, or with a negative count leave it again."""
        if segregation is None:
            return
        brought = self._brought.setdefault(rack, {})
        brought[segregation] = brought.get(segregation, 0) + count
        if brought[segregation] <= 0:
            del brought[segregation]

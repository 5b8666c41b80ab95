"""Which boxes a lot may go into at all, and which rule refuses the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from backend.storage.planning.problem import Box, Lot, Problem


class Filter(StrEnum):
    """The hard rules, in the order in which they are asked."""

    TEMPERATURE = "temperature"
    UNIT_CLOSED = "unit_closed"
    UNIT_ALARM = "unit_alarm"
    BIOSAFETY = "biosafety"
    RESERVED = "reserved"
    RESTRICTED = "restricted"
    SEGREGATION = "segregation"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class FilterCount:
    """How many boxes, and free positions in them, one rule took away from a lot."""

    filter: Filter
    boxes: int
    positions: int


def rack_segregations(problem: Problem) -> Mapping[str, frozenset[str]]:
    """Return the segregation classes that every rack holds already."""
    held: dict[str, set[str]] = {}
    for box in problem.boxes:
        held.setdefault(box.rack, set()).update(box.segregations)
    return {rack: frozenset(classes) for rack, classes in held.items()}


def clashes(
    segregation: str | None, others: frozenset[str], conflicts: frozenset[frozenset[str]]
) -> bool:
    """Say whether a class may not stand in a rack beside the others."""
    if segregation is None:
        return False
    return any(frozenset((segregation, other)) in conflicts for other in others)


def must_part(lot: Lot, box: Box, alone: frozenset[str]) -> bool:
    """Say whether lot and box content may not meet because one of them stays among its own."""
    if lot.segregation in alone:
        return box.used > 0 and box.segregations != {lot.segregation}
    return not alone.isdisjoint(box.segregations)


def refusal(problem: Problem, lot: Lot, box: Box, in_rack: frozenset[str]) -> Filter | None:
    """Return the first rule that keeps the lot out of the box, None when it may go in."""
    clash = clashes(lot.segregation, in_rack, problem.conflicts)
    checks = (
        (Filter.TEMPERATURE, box.temperature_class != lot.temperature_class),
        (Filter.UNIT_CLOSED, not box.unit_active),
        (Filter.UNIT_ALARM, box.unit_in_alarm),
        (Filter.BIOSAFETY, box.biosafety_level < lot.biosafety_level),
        (Filter.RESERVED, box.reserved_for not in (None, lot.project)),
        (Filter.RESTRICTED, bool(box.allowed_types) and lot.sample_type not in box.allowed_types),
        (Filter.SEGREGATION, clash or must_part(lot, box, problem.alone)),
        (Filter.FULL, box.free == 0),
    )
    return next((rule for rule, refused in checks if refused), None)


@dataclass(frozen=True, slots=True)
class BoxKind:
    """Boxes that every rule treats alike, whatever the lot."""

    example: Box
    in_rack: frozenset[str]
    boxes: tuple[int, ...]
    positions: int


def box_kinds(problem: Problem) -> tuple[BoxKind, ...]:
    """Gather the boxes that the rules cannot tell apart: a few kinds even in a large laboratory."""
    held = rack_segregations(problem)
    alike: dict[object, list[int]] = {}
    for index, box in enumerate(problem.boxes):
        signature = (
            *(box.temperature_class, box.biosafety_level, box.reserved_for, box.allowed_types),
            *(box.unit_active, box.unit_in_alarm, held[box.rack], box.free == 0),
            *((box.used > 0, box.segregations) if problem.alone else ()),
        )
        alike.setdefault(signature, []).append(index)
    return tuple(_kind(problem, held, indices) for indices in alike.values())


def count_refusals(
    problem: Problem, kinds: tuple[BoxKind, ...], lot: Lot
) -> tuple[FilterCount, ...]:
    """Return what each rule took away, in their order; rules that took nothing are absent."""
    boxes: dict[Filter, int] = {}
    positions: dict[Filter, int] = {}
    for kind in kinds:
        rule = refusal(problem, lot, kind.example, kind.in_rack)
        if rule is not None:
            boxes[rule] = boxes.get(rule, 0) + len(kind.boxes)
            positions[rule] = positions.get(rule, 0) + kind.positions
    return tuple(
        FilterCount(rule, boxes[rule], positions[rule]) for rule in Filter if rule in boxes
    )


def _kind(problem: Problem, held: Mapping[str, frozenset[str]], indices: list[int]) -> BoxKind:
    boxes = [problem.boxes[index] for index in indices]
    return BoxKind(
        example=boxes[0],
        in_rack=held[boxes[0].rack],
        boxes=tuple(indices),
        positions=sum(box.free for box in boxes),
    )

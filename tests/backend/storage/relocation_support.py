"""Laboratories to consolidate and to evacuate, made up by Hypothesis."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations

from hypothesis import strategies as st

from backend.storage.planning.consolidation import Consolidation
from backend.storage.planning.evacuation import Evacuation, Near, Rack
from backend.storage.planning.evacuation_order import Worth
from backend.storage.planning.problem import Box
from backend.storage.planning.relocation import Tube
from backend.storage.rules import BoxShape
from tests.backend.storage.planning_support import CONFLICTS, make_box

CAPACITY = 9


def make_tubes(box: str, count: int, **facts: object) -> tuple[Tube, ...]:
    """Tubes of DNA for −80 °C in the first positions of a box of nine."""
    known: dict[str, object] = {
        "project": "P1",
        "sample_type": "dna",
        "temperature_class": "minus_80",
        "biosafety_level": 1,
    }
    positions = tuple(BoxShape(3, 3).positions())
    return tuple(
        Tube(f"{box}#{number}", box, positions[number], **(known | facts))
        for number in range(count)
    )


def plain(fills: list[int], wanted: int | None) -> Consolidation:
    """Boxes of one rack that only differ in how full they are; each may be emptied or filled."""
    boxes = tuple(make_box(f"B{number}", free=CAPACITY - n) for number, n in enumerate(fills))
    tubes = tuple(
        tube for box, n in zip(boxes, fills, strict=True) for tube in make_tubes(box.key, n)
    )
    keys = frozenset(box.key for box in boxes)
    return Consolidation(boxes, tubes, candidates=keys, targets=keys, wanted=wanted)


@st.composite
def laboratories(draw: st.DrawFn) -> tuple[tuple[Box, ...], tuple[Tube, ...]]:
    """Boxes and all their tubes: reservations, types, alarms, classes, promised tubes."""
    units = {
        f"U{number}": {
            "biosafety_level": draw(st.integers(1, 3)),
            "unit_active": draw(st.integers(0, 5)) > 0,
            "unit_in_alarm": draw(st.integers(0, 5)) == 0,
        }
        for number in range(draw(st.integers(1, 3)))
    }
    boxes: list[Box] = []
    tubes: list[Tube] = []
    for number in range(draw(st.integers(2, 6))):
        unit = draw(st.sampled_from(sorted(units)))
        count = draw(st.integers(0, 5))
        held = draw(st.sampled_from([None, "acid", "base"]))
        inside = make_tubes(
            f"B{number}",
            count,
            project=draw(st.sampled_from(["P1", "P2"])),
            sample_type=draw(st.sampled_from(["dna", "rna"])),
            biosafety_level=draw(st.integers(1, 3)),
            segregation=held,
        )
        if inside and draw(st.integers(0, 6)) == 0:
            inside = (replace(inside[0], pinned="offered to somebody"), *inside[1:])
        tubes.extend(inside)
        boxes.append(
            make_box(
                f"B{number}",
                free=draw(st.integers(0, 4)),
                unit=unit,
                rack=f"{unit}/R{draw(st.integers(0, 1))}",
                used=count,
                segregations=frozenset({held}) if held and count else frozenset(),
                reserved_for=draw(st.sampled_from([None, None, "P1"])),
                allowed_types=draw(st.sampled_from([frozenset(), frozenset(), frozenset({"dna"})])),
                **units[unit],
            )
        )
    return tuple(boxes), tuple(tubes)


@st.composite
def consolidations(draw: st.DrawFn) -> Consolidation:
    """Any box may be emptied or filled, or only some; a number is wanted, or as many as can be."""
    boxes, tubes = draw(laboratories())
    keys = [box.key for box in boxes]
    candidates = frozenset(draw(st.lists(st.sampled_from(keys), min_size=1, unique=True)))
    inside = tuple(tube for tube in tubes if tube.box in candidates)
    wanted = draw(st.sampled_from([None, 1, 2, 3]))
    return Consolidation(boxes, inside, candidates, frozenset(keys), wanted, CONFLICTS)


@st.composite
def evacuations(draw: st.DrawFn) -> Evacuation:
    """A failing unit U0 with racks elsewhere, some of which are known to have free slots."""
    boxes, tubes = draw(laboratories())
    inside = tuple(tube for tube in tubes if tube.box in {b.key for b in boxes if b.unit == "U0"})
    racks = []
    for key in sorted({box.rack for box in boxes}):
        there = [box for box in boxes if box.rack == key]
        racks.append(
            Rack(
                key=key,
                label=key,
                unit=there[0].unit,
                temperature_class=there[0].temperature_class,
                biosafety_level=there[0].biosafety_level,
                free_slots=draw(st.sampled_from([None, 0, 1, 2])),
                box_labels=frozenset(box.key for box in there),
                unit_active=there[0].unit_active,
                unit_in_alarm=there[0].unit_in_alarm,
            )
        )
    worth = {
        tube.key: Worth(
            material_type=tube.sample_type,
            elsewhere=draw(st.integers(0, 1)),
            thaws_left=draw(st.sampled_from([None, 0, 2])),
            volume_ul=draw(st.sampled_from([None, 10.0, 50.0])),
            spoiled=draw(st.sampled_from(["", "", "QC failed"])),
        )
        for tube in inside
    }
    near = {"U1": Near(0, "same room"), "U2": Near(1, "same site")}
    return Evacuation("U0", boxes, inside, worth, tuple(racks), near, conflicts=CONFLICTS)


def brute_force(asked: Consolidation) -> tuple[int, int]:
    """Try everything: return the most boxes that can be freed, and the fewest moves for that."""
    held: dict[str, list[Tube]] = {}
    for tube in asked.tubes:
        held.setdefault(tube.box, []).append(tube)
    able = [k for k in held if k in asked.candidates and not any(t.pinned for t in held[k])]
    most = len(able) if asked.wanted is None else min(asked.wanted, len(able))
    for count in range(most, 0, -1):
        moves = [
            sum(len(held[key]) for key in freed)
            for freed in combinations(able, count)
            if _fits(asked, set(freed), [tube for key in freed for tube in held[key]])
        ]
        if moves:
            return count, min(moves)
    return 0, 0


def _fits(asked: Consolidation, freed: set[str], tubes: list[Tube]) -> bool:
    targets = [b for b in asked.boxes if b.key in asked.targets and b.key not in freed]
    before = {box.rack: set() for box in asked.boxes}  # type: dict[str, set[str]]
    for box in asked.boxes:
        before[box.rack] |= box.segregations
    free = {box.key: box.free for box in targets}
    return _place(tubes, targets, free, before, set())


def _place(
    tubes: list[Tube],
    targets: list[Box],
    free: dict[str, int],
    racks: dict[str, set[str]],
    dead: set[object],
) -> bool:
    state = len(tubes), tuple(free.values()), str({k: sorted(v) for k, v in racks.items()})
    if not tubes or state in dead:
        return not tubes
    tube, rest = tubes[0], tubes[1:]
    for box in targets:
        if free[box.key] and _may(tube, box, racks[box.rack]):
            free[box.key] -= 1
            added = {tube.segregation} - {None} - racks[box.rack]
            racks[box.rack] |= added
            found = _place(rest, targets, free, racks, dead)
            racks[box.rack] -= added
            free[box.key] += 1
            if found:
                return True
    dead.add(state)
    return False


def _may(tube: Tube, box: Box, company: Iterable[str]) -> bool:
    return (
        tube.temperature_class == box.temperature_class
        and box.unit_active
        and not box.unit_in_alarm
        and tube.biosafety_level <= box.biosafety_level
        and box.reserved_for in (None, tube.project)
        and (not box.allowed_types or tube.sample_type in box.allowed_types)
        and not any(frozenset((tube.segregation, other)) in CONFLICTS for other in company)
    )

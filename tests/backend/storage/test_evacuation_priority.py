"""No tube of a failing unit gives way to one that is worth less: found by trying every way."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from backend.storage.planning.evacuation import Evacuation, EvacuationPlan, Near, plan_evacuation
from backend.storage.planning.evacuation_order import Worth, key_of
from backend.storage.planning.problem import Box
from backend.storage.planning.relocation import Tube
from tests.backend.storage.planning_support import CONFLICTS, make_box
from tests.backend.storage.relocation_support import make_tubes

LABORATORIES = 800
Held = dict[str, set[str]]


def test_where_classes_may_not_share_a_rack_the_tube_that_is_worth_more_has_it() -> None:
    """One tube of each class, one rack: both fit only while they need not share it."""
    boxes = (
        make_box("S0", free=0, unit="U0", rack="U0/R"),
        make_box("NEAR", free=1, unit="U1", rack="R1"),
        make_box("BESIDE", free=1, unit="U1", rack="R1"),
    )
    poor, rich = make_tubes("S0", 2)
    poor, rich = replace(poor, segregation="acid"), replace(rich, segregation="base")
    worth = {
        poor.key: Worth(material_type="dna", elsewhere=1),
        rich.key: Worth(material_type="dna", elsewhere=0),
    }

    plan = plan_evacuation(Evacuation("U0", boxes, (poor, rich), worth, conflicts=CONFLICTS))

    assert [move.tube for move in plan.tube_moves] == [rich.key]
    assert [left.tubes for left in plan.no_place] == [(poor.key,)]


def test_a_rack_changes_hands_where_that_saves_a_tube_of_another_class() -> None:
    """The first tube takes the near rack, which is the only one that the second may use."""
    boxes = (
        make_box("S0", free=0, unit="U0", rack="U0/R"),
        make_box("NEAR", free=1, unit="U1", rack="R1"),
        make_box("FAR", free=1, unit="U2", rack="R2", allowed_types=frozenset({"dna"})),
    )
    first, second = make_tubes("S0", 2)
    first = replace(first, segregation="acid")
    second = replace(second, segregation="base", sample_type="rna")
    worth = {
        first.key: Worth(material_type="dna", elsewhere=0),
        second.key: Worth(material_type="rna", elsewhere=1),
    }
    near = {"U1": Near(0), "U2": Near(1)}
    asked = Evacuation("U0", boxes, (first, second), worth, nearness=near, conflicts=CONFLICTS)

    plan = plan_evacuation(asked)

    assert {move.tube: move.to_box for move in plan.tube_moves} == {
        first.key: "FAR",
        second.key: "NEAR",
    }


def test_no_tube_is_left_for_which_there_is_room_beside_all_that_are_worth_as_much() -> None:
    wronged = {
        seed: given_way
        for seed in range(LABORATORIES)
        if (given_way := _given_way(laboratory(Random(seed))))  # noqa: S311 -- no secret
    }

    assert wronged == {}


def laboratory(lot: Random) -> Evacuation:
    """A failing unit with tubes of classes that may not share a rack, and few places elsewhere."""
    boxes: list[Box] = []
    tubes: list[Tube] = []
    for number in range(lot.randint(1, 2)):
        inside = [
            replace(
                tube,
                segregation=lot.choice(["acid", "base", None]),
                project=lot.choice(["P1", "P2"]),
                sample_type=lot.choice(["dna", "rna"]),
            )
            for tube in make_tubes(f"S{number}", lot.randint(2, 5))
        ]
        tubes += inside
        held = frozenset(tube.segregation for tube in inside if tube.segregation)
        boxes.append(make_box(f"S{number}", free=0, unit="U0", rack="U0/R", segregations=held))
    boxes += [
        make_box(
            f"T{number}",
            free=lot.randint(0, 2),
            unit=lot.choice(["U1", "U2"]),
            rack=f"R{lot.randint(0, 2)}",
            segregations=lot.choice([frozenset[str]()] * 3 + [frozenset({"acid"})]),
            reserved_for=lot.choice([None, None, "P1"]),
            allowed_types=lot.choice([frozenset[str](), frozenset({"dna"})]),
        )
        for number in range(lot.randint(2, 5))
    ]
    worth = {tube.key: _worth(lot, tube) for tube in tubes}
    near = {"U1": Near(0, "same room"), "U2": Near(1, "same site")}
    return Evacuation("U0", tuple(boxes), tuple(tubes), worth, nearness=near, conflicts=CONFLICTS)


def _worth(lot: Random, tube: Tube) -> Worth:
    return Worth(
        material_type=tube.sample_type,
        elsewhere=lot.randint(0, 1),
        thaws_left=lot.choice([None, 0, 2]),
        volume_ul=lot.choice([None, 10.0, 50.0]),
        spoiled=lot.choice(["", "", "QC failed"]),
    )


def _given_way(asked: Evacuation) -> list[str]:
    plan = plan_evacuation(asked)
    saved = {move.tube for move in plan.tube_moves}
    worth = {tube.key: key_of(asked.worth[tube.key]) for tube in asked.tubes}
    assert _fit(asked, plan, saved)
    return [
        key
        for left in plan.no_place
        for key in left.tubes
        if _fit(asked, plan, {each for each in saved if worth[each] <= worth[key]} | {key})
    ]


def _fit(asked: Evacuation, plan: EvacuationPlan, keys: set[str]) -> bool:
    """Say whether the tubes can stand outside the unit at once; no box moves as a whole here."""
    assert plan.box_moves == ()
    held: Held = {}
    for box in asked.boxes:
        held.setdefault(box.rack, set()).update(box.segregations)
    room = {box.key: box.free for box in asked.boxes if box.unit != asked.unit}
    goals = [box for box in asked.boxes if box.key in room]
    return _stand([t for t in asked.tubes if t.key in keys], goals, room, held, dead=set())


def _stand(
    tubes: Sequence[Tube],
    goals: Sequence[Box],
    room: dict[str, int],
    held: Held,
    *,
    dead: set[object],
) -> bool:
    state = len(tubes), tuple(room.values()), str({k: sorted(v) for k, v in held.items()})
    if not tubes or state in dead:
        return not tubes
    tube, *rest = tubes
    for box in goals:
        if not room[box.key] or not _may(tube, box, held[box.rack]):
            continue
        room[box.key] -= 1
        added = {tube.segregation} if tube.segregation else set[str]()
        added -= held[box.rack]
        held[box.rack] |= added
        fits = _stand(rest, goals, room, held, dead=dead)
        held[box.rack] -= added
        room[box.key] += 1
        if fits:
            return True
    dead.add(state)
    return False


def _may(tube: Tube, box: Box, company: set[str]) -> bool:
    return (
        box.reserved_for in (None, tube.project)
        and (not box.allowed_types or tube.sample_type in box.allowed_types)
        and not any(frozenset((tube.segregation, other)) in CONFLICTS for other in company)
    )

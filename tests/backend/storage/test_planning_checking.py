"""The checker finds every broken rule: it is shown plans that no planner would make."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from backend.storage.planning.checking import violations
from backend.storage.planning.plan import Plan
from backend.storage.planning.planner import plan_placement
from backend.storage.planning.problem import Box, Lot, Problem
from backend.storage.rules import Position
from tests.backend.storage.planning_support import (
    ANY_TIME,
    CONFLICTS,
    QUICK,
    make_box,
    make_lot,
)


def _planned(lots: list[Lot], boxes: list[Box]) -> tuple[Problem, Plan]:
    problem = Problem(tuple(lots), tuple(boxes), CONFLICTS)
    return problem, plan_placement(problem, ANY_TIME, QUICK)


_SPOILT: dict[str, Callable[[Box], Box]] = {
    "wrong temperature": lambda box: replace(box, temperature_class="minus_20"),
    "unit is closed": lambda box: replace(box, unit_in_alarm=True),
    "biosafety level": lambda box: replace(box, biosafety_level=0),
    "reserved box": lambda box: replace(box, reserved_for="P2"),
    "box takes other samples": lambda box: replace(box, allowed_types=frozenset({"rna"})),
    "position is not free": lambda box: replace(box, free_positions=()),
}


@pytest.mark.parametrize("rule", _SPOILT)
def test_a_rule_that_a_move_breaks_is_named(rule: str) -> None:
    problem, plan = _planned([make_lot("F1", 1)], [make_box("B1", free=5)])
    assert violations(problem, plan) == []

    spoilt = replace(problem, boxes=(_SPOILT[rule](problem.boxes[0]),))

    assert violations(spoilt, plan) == [f"F1#0: {rule}"]


def test_two_tubes_in_one_position_are_found() -> None:
    problem, plan = _planned([make_lot("F1", 2)], [make_box("B1")])
    first, second = plan.moves

    doubled = replace(plan, moves=(first, replace(second, position=first.position)))

    assert violations(problem, doubled) == [f"{('B1', first.position)} twice"]


def test_a_lost_sample_is_found() -> None:
    problem, plan = _planned([make_lot("F1", 2)], [make_box("B1")])

    assert violations(problem, replace(plan, moves=plan.moves[:1])) == ["samples lost or made up"]


def test_classes_that_may_not_share_a_rack_are_found() -> None:
    lots = [make_lot("F1", 1, segregation="acid"), make_lot("F2", 1, segregation="base")]
    problem, plan = _planned(lots, [make_box("B1"), make_box("B2", rack="U1/R2")])
    assert violations(problem, plan) == []

    together = replace(problem, boxes=tuple(replace(box, rack="U1/R1") for box in problem.boxes))

    assert sorted(violations(together, plan)) == [
        "U1/R1: acid beside base",
        "U1/R1: base beside acid",
    ]


def test_company_of_a_class_that_stays_among_its_own_is_found() -> None:
    lots = [make_lot("F1", 1, segregation="acid"), make_lot("F2", 1)]
    problem, plan = _planned(lots, [make_box("B1")])
    assert violations(problem, plan) == []

    assert violations(replace(problem, alone=frozenset({"acid"})), plan) == [
        "B1: acid is not alone"
    ]


def test_an_unknown_content_is_company_too() -> None:
    problem, plan = _planned([make_lot("F1", 1, segregation="acid")], [make_box("B1", free=3)])

    assert violations(replace(problem, alone=frozenset({"acid"})), plan) == [
        "B1: acid is not alone"
    ]


def test_positions_are_compared_not_their_names() -> None:
    problem, plan = _planned([make_lot("F1", 1)], [make_box("B1")])
    (move,) = plan.moves

    elsewhere = replace(plan, moves=(replace(move, position=Position(4, 1)),))

    assert violations(problem, elsewhere) == ["F1#0: position is not free"]

"""The best places for one tube: by the planner's own objective, allowed by every hard rule."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from backend.storage.planning.checking import violations
from backend.storage.planning.cost import evaluate
from backend.storage.planning.feasibility import Filter
from backend.storage.planning.plan import Plan
from backend.storage.planning.planner import plan_placement
from backend.storage.planning.positions import side_by_side
from backend.storage.planning.problem import Box, Group, Lot, Problem, Weights
from backend.storage.planning.reasons import Reason
from backend.storage.planning.suggesting import Suggested, suggest
from backend.storage.rules import Position
from tests.backend.storage.planning_support import (
    ANY_TIME,
    CONFLICTS,
    QUICK,
    make_box,
    make_lot,
    problems,
)

P1 = frozenset({"P1"})


def alone(problem: Problem) -> Problem | None:
    """Return the problem with the first tube of its first lot and nothing else to place."""
    if not problem.lots:
        return None
    first = problem.lots[0]
    return replace(problem, lots=(replace(first, samples=first.samples[:1]),))


def suggested(lot: Lot, *boxes: Box, most: int = 5) -> Suggested:
    return suggest(Problem((lot,), boxes, CONFLICTS), most=most)


def order(found: Suggested) -> list[str]:
    return [place.box for place in found.places]


@settings(max_examples=150, deadline=None)
@given(problem=problems())
def test_the_boxes_are_all_that_are_allowed_and_the_cheapest_come_first(problem: Problem) -> None:
    one = alone(problem)
    if one is None:
        return

    found = suggest(one, most=len(one.boxes))

    costs = [place.cost.handling_s for place in found.places]
    assert costs == sorted(costs)
    assert len(found.places) == found.considered.boxes_allowed
    index = {box.key: number for number, box in enumerate(one.boxes)}
    for place in found.places:
        alone_in = {(0, index[place.box]): 1}
        assert place.cost == evaluate(one, alone_in, side_by_side(one, alone_in))


@settings(max_examples=80, deadline=None)
@given(problem=problems())
def test_the_first_is_as_good_as_the_plan_for_that_tube_alone(problem: Problem) -> None:
    one = alone(problem)
    if one is None:
        return

    found, plan = suggest(one, most=1), plan_placement(one, ANY_TIME, QUICK)

    assert bool(found.places) is bool(plan.moves)
    if found.places:
        assert found.places[0].cost.handling_s == pytest.approx(plan.cost.handling_s)
        assert violations(one, put(plan, found.places[0].box, one)) == []


def put(plan: Plan, key: str, problem: Problem) -> Plan:
    """Return the plan with its only move into the first free position of a box."""
    box = next(box for box in problem.boxes if box.key == key)
    return replace(plan, moves=(replace(plan.moves[0], box=key, position=box.free_positions[0]),))


def test_a_box_of_the_project_is_preferred_and_says_so() -> None:
    found = suggested(
        make_lot("F1", 1),
        make_box("EMPTY"),
        make_box("OTHERS", free=4, projects=frozenset({"P2"})),
        make_box("OURS", free=4, projects=P1),
    )

    assert order(found) == ["OURS", "OTHERS", "EMPTY"]
    assert [place.cost.handling_s for place in found.places] == [75.0, 81.0, 95.0]
    assert found.places[0].reasons == (Reason.SAME_PROJECT_BOX,)
    assert found.places[2].reasons == (Reason.OPENS_EMPTY_BOX,)


def test_a_backup_goes_to_another_unit_than_its_working_tubes() -> None:
    working = frozenset({Group("F1", is_backup=False)})
    found = suggested(
        make_lot("F1", 1, is_backup=True),
        make_box("BESIDE", free=4, projects=P1, groups=working),
        make_box("AWAY", unit="U2"),
    )

    assert order(found) == ["AWAY", "BESIDE"]
    assert Reason.BACKUP_ELSEWHERE in found.places[0].reasons
    assert Reason.SHARED_UNIT in found.places[1].reasons


def test_of_boxes_that_cost_the_same_the_fullest_comes_first() -> None:
    found = suggested(
        make_lot("F1", 1),
        make_box("HALF", free=5, projects=P1),
        make_box("NEARLY", free=1, projects=P1),
        make_box("THIRD", free=6, projects=P1),
        most=2,
    )

    assert order(found) == ["NEARLY", "HALF"]
    assert Reason.FILLS_BOX in found.places[0].reasons


def test_what_the_rules_take_away_is_counted_and_never_suggested() -> None:
    found = suggested(
        make_lot("F1", 1),
        make_box("FITS"),
        make_box("WARM", temperature_class="minus_20"),
        make_box("ALARM", free=3, unit="U2", unit_in_alarm=True),
        make_box("FULL", free=0),
    )

    assert order(found) == ["FITS"]
    assert [(each.filter, each.boxes, each.positions) for each in found.considered.refusals] == [
        (Filter.TEMPERATURE, 1, 9),
        (Filter.UNIT_ALARM, 1, 3),
        (Filter.FULL, 1, 0),
    ]


def test_beside_its_family_a_tube_stands_before_the_first_free_place() -> None:
    group = Group("F1", is_backup=False)
    box = make_box(
        "B1",
        free=5,
        free_positions=tuple(Position(*at) for at in ((1, 1), (1, 2), (2, 3), (3, 1), (3, 3))),
        groups=frozenset({group}),
        standing={group: (Position(3, 2),)},
    )

    (place,) = suggested(make_lot("F1", 1), box).places

    assert place.position == Position(3, 1)
    assert place.cost.breaks_s == 0


def test_a_family_box_without_a_place_beside_it_costs_a_break() -> None:
    group = Group("F1", is_backup=False)
    far = make_box("FAR", free=1, groups=frozenset({group}), standing={group: (Position(1, 1),)})
    near = make_box("NEAR", free=1, groups=frozenset({group}), standing={group: (Position(3, 2),)})

    found = suggested(make_lot("F1", 1), far, near)

    assert order(found) == ["NEAR", "FAR"]
    assert [place.cost.breaks_s for place in found.places] == [0.0, Weights().break_s]
    assert Reason.BROKEN in found.places[1].reasons


def test_the_box_in_which_it_stands_is_left_out() -> None:
    problem = Problem((make_lot("F1", 1),), (make_box("HERE", free=4, projects=P1), make_box("B")))

    assert order(suggest(problem, most=5, without=["HERE"])) == ["B"]


def test_a_box_of_which_only_the_number_is_known_counts_like_any_other() -> None:
    known = make_box("B1", free=4, projects=P1)
    counted = replace(known, free_positions=(), free_count=4)

    (by_number,) = suggested(make_lot("F1", 1), counted).places
    (by_places,) = suggested(make_lot("F1", 1), known).places
    assert by_number == replace(by_places, position=None)

"""What holds for every plan, whatever the laboratory looks like."""

import pytest
from hypothesis import HealthCheck, given, settings

from backend.storage.planning.checking import violations
from backend.storage.planning.cost import evaluate
from backend.storage.planning.heuristics import first_fit, greedy
from backend.storage.planning.improve import improve
from backend.storage.planning.layout import build_layout
from backend.storage.planning.planner import plan_placement
from backend.storage.planning.positions import breaks, in_turn, side_by_side
from backend.storage.planning.problem import Allocation, Box, Problem
from tests.backend.storage.planning_support import ANY_TIME, QUICK, problems

searched = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@searched
@given(problem=problems())
def test_a_plan_breaks_no_hard_rule_and_loses_no_sample(problem: Problem) -> None:
    plan = plan_placement(problem, ANY_TIME, QUICK)

    assert violations(problem, plan) == []


@searched
@given(problem=problems())
def test_a_plan_is_never_worse_than_first_fit(problem: Problem) -> None:
    plan = plan_placement(problem, ANY_TIME, QUICK)

    assert plan.cost.rank <= plan.first_fit.rank


@searched
@given(problem=problems())
def test_a_bound_is_never_above_any_plan_that_places_as_many(problem: Problem) -> None:
    plan = plan_placement(problem, ANY_TIME, QUICK)

    assert plan.bound is not None or not problem.lots
    if plan.bound is not None:
        assert plan.bound.handling_s <= plan.cost.handling_s + 1e-3
        if plan.first_fit.unplaced == plan.cost.unplaced:
            assert plan.bound.handling_s <= plan.first_fit.handling_s + 1e-3


@searched
@given(problem=problems())
def test_families_side_by_side_stand_in_no_more_runs_than_in_turn(problem: Problem) -> None:
    allocation = first_fit(build_layout(problem)).allocation

    beside, turn = side_by_side(problem, allocation), in_turn(problem, allocation)

    assert sum(breaks(problem, beside).values()) <= sum(breaks(problem, turn).values())
    for places in (beside, turn):
        assert {pair: len(own) for pair, own in places.items()} == allocation
        for index, box in enumerate(problem.boxes):
            filled = [at for (_, of), own in places.items() if of == index for at in own]
            assert len(filled) == len(set(filled))
            assert set(filled) <= set(box.free_positions)


@settings(searched, max_examples=20)
@given(problem=problems())
def test_the_same_problem_gives_the_same_plan(problem: Problem) -> None:
    first = plan_placement(problem, ANY_TIME, QUICK)
    second = plan_placement(problem, ANY_TIME, QUICK)

    assert first == second


@searched
@given(problem=problems())
def test_the_running_cost_is_the_cost_counted_from_scratch(problem: Problem) -> None:
    layout = build_layout(problem)

    for fill in (first_fit(layout), greedy(layout)):
        improve(fill, QUICK, ANY_TIME)

        places = side_by_side(problem, fill.allocation)
        cost = evaluate(problem, fill.allocation, places)
        # Positions come afterwards: until then a lot counts what it cannot avoid by itself.
        unavoidable_s = problem.weights.break_s * unavoidable(problem, fill.allocation)
        assert unavoidable_s <= cost.breaks_s
        assert fill.cost_s == pytest.approx(cost.total_s - cost.breaks_s + unavoidable_s, abs=1e-4)


def unavoidable(problem: Problem, allocation: Allocation) -> int:
    """Count the runs after the first that each lot needs of its box, the longest taken first."""
    further = 0
    for (lot, box), count in allocation.items():
        if problem.lots[lot].group in problem.boxes[box].groups:
            continue  # beside its own it breaks nothing
        lengths = run_lengths(problem.boxes[box])
        further += next(n for n in range(len(lengths)) if sum(lengths[: n + 1]) >= count)
    return further


def run_lengths(box: Box) -> list[int]:
    """Lengths of the free runs, the longest first, read off a row of marks."""
    numbers = [3 * (at.row - 1) + at.column - 1 for at in box.free_positions]
    marks = "".join(".x"[number in numbers] for number in range(9))
    return sorted(map(len, marks.replace(".", " ").split()), reverse=True)

"""What holds for every plan, whatever the laboratory looks like."""

import pytest
from hypothesis import HealthCheck, given, settings

from backend.storage.planning.checking import violations
from backend.storage.planning.cost import evaluate
from backend.storage.planning.heuristics import first_fit, greedy
from backend.storage.planning.improve import improve
from backend.storage.planning.layout import build_layout
from backend.storage.planning.planner import plan_placement
from backend.storage.planning.problem import Problem
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

        assert fill.cost_s == pytest.approx(evaluate(problem, fill.allocation).total_s, abs=1e-4)

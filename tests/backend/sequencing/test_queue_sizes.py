"""Sizes of flow cell: the planner takes the right one, run by run, and its bound still holds."""

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from backend.sequencing.planning.checking import cost, violations
from backend.sequencing.planning.control import Control, Effort
from backend.sequencing.planning.layout import build_layout
from backend.sequencing.planning.loading import OUT, Loading, loaded, may_stand
from backend.sequencing.planning.pinning import Wish, pin_libraries
from backend.sequencing.planning.plan import Ended, Plan, write_plan
from backend.sequencing.planning.planner import plan_queue
from backend.sequencing.planning.planted import plant, plant_sizes, random_pool
from backend.sequencing.planning.problem import Library, Problem, Slot, Weights
from backend.sequencing.planning.reasons import Refusal
from backend.sequencing.planning.sizes import resize, sizes
from backend.storage.solver_output import silence_solver

NO_WATCH = Control(elapsed_s=lambda: 0.0)
FREE_LIGHT = Weights(missing_channel=0.0, dark_cycle=0.0)


@pytest.fixture(autouse=True, scope="module")
def _silent() -> None:
    silence_solver()


def library(key: str, **other: Any) -> Library:
    usual = Library(
        key=key,
        configuration="PE150",
        reads_millions=40.0,
        ready=0.0,
        due=9.0,
        weight=1.0,
        i7=key * 8,
        i5=key * 8,
    )
    return replace(usual, **other)


def slot(name: str, start: float, **other: Any) -> Slot:
    usual = Slot(
        key=f"{name} {start:g}",
        instrument="one",
        start=start,
        end=start + 1,
        lanes=1,
        lane_reads_millions=50.0,
        run_cost=5.0,
        lane_cost=0.0,
        flow_cell=name,
    )
    return replace(usual, **other)


SMALL = slot("small", 0)
LARGE = slot("large", 0, lanes=2, lane_reads_millions=100.0, run_cost=20.0)


def planned(problem: Problem, effort: Effort | None = None) -> Plan:
    plan = plan_queue(problem, NO_WATCH, effort or Effort(rounds=200))

    assert violations(problem, plan) == []
    return plan


def of(*libraries: Library, slots: tuple[Slot, ...] = (SMALL, LARGE)) -> Problem:
    return Problem(libraries=libraries, slots=slots, weights=FREE_LIGHT)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_it_finds_the_sizes_that_were_planted(seed: int) -> None:
    problem, best = plant_sizes(days=5, seed=seed)

    plan = planned(problem)

    assert plan.objective.total == pytest.approx(best)
    assert plan.bound == pytest.approx(best)
    assert plan.ended is Ended.OPTIMAL


@pytest.mark.slow
def test_no_single_size_is_as_good_as_those_planted() -> None:
    problem, best = plant_sizes(days=5, seed=1)

    for name in {each.flow_cell for each in problem.slots}:
        alone = tuple(each for each in problem.slots if each.flow_cell == name)

        plan = planned(replace(problem, slots=alone))

        assert plan.objective.total > best + 1


def test_the_smaller_size_is_taken_for_what_it_holds_and_the_larger_for_more() -> None:
    few, many = planned(of(library("A"))), planned(of(library("A"), library("C")))

    assert {lane.slot for lane in few.lanes} == {"small 0"}
    assert {lane.slot for lane in many.lanes} == {"large 0"}
    assert many.left_out == ()


def test_one_instrument_never_runs_two_flow_cells_at_once() -> None:
    problem = of(
        library("A", configuration="SE75"),
        library("C", configuration="PE150"),
        slots=(SMALL, slot("other", 0.5)),
    )

    plan = planned(problem)

    assert len(plan.left_out) == 1
    assert dict(plan.left_out[0].refusals)[Refusal.OTHER_FLOW_CELL] == 1


def test_a_flow_cell_takes_only_what_its_reagents_read() -> None:
    short = replace(SMALL, configurations=frozenset({"SE75"}))

    plan = planned(of(library("A"), slots=(short,)))

    assert dict(plan.left_out[0].refusals) == {Refusal.TOO_LONG: 1}


def test_a_plan_that_breaks_the_rule_of_flow_cells_is_found_out() -> None:
    problem = of(library("A"), library("C"))
    short = replace(SMALL, configurations=frozenset({"SE75"}))
    plan = planned(of(library("A"), library("C"), slots=(SMALL, slot("large", 1))))
    overlapping = replace(problem, slots=(SMALL, replace(LARGE, key="large 1")))

    assert any("overlap" in each for each in violations(overlapping, plan))
    told = violations(of(library("A"), library("C"), slots=(short, slot("large", 1))), plan)
    assert any("needs a flow cell that reads PE150" in each for each in told)


def test_the_plan_says_what_each_other_size_would_bring() -> None:
    problem = of(library("A"))
    layout = build_layout(problem)
    on_large = loaded(layout, (1,))

    (other,) = sizes(on_large)
    plan = write_plan(layout, (0,), greedy=(0,), bound=None, ended=Ended.TIME)

    assert (other.slot, other.instead, other.left_out) == ("large 0", "small 0", 0)
    assert other.dearer == pytest.approx(-15.0)
    assert plan.sizes[0].dearer == pytest.approx(15.0)
    assert on_large.placing() == (1,)


def test_a_size_that_does_not_hold_a_run_says_for_how_many() -> None:
    plan = planned(of(library("A"), library("C")))

    assert [(each.instead, each.left_out) for each in plan.sizes] == [("small 0", 1)]


def test_a_run_takes_a_cheaper_size_at_last() -> None:
    loading = loaded(build_layout(of(library("A"))), (1,))

    resize(loading)

    assert loading.placing() == (0,)


def test_what_is_pinned_keeps_its_size_and_shuts_the_others() -> None:
    problem = of(library("A"), library("C"), library("G"))
    wishes = [
        Wish(key="1", library="A", slots=("small 0", "large 0"), lane=1),
        Wish(key="2", library="C", slots=("large 0",)),
        Wish(key="3", library="G", slots=("small 0", "large 0")),
    ]

    pinned, unkept = pin_libraries(problem, wishes)
    plan = planned(pinned)

    assert [(pin.library, pin.slot) for pin in pinned.pins] == [("A", "small 0")]
    assert [(each.key, each.why) for each in unkept] == [
        ("2", "the run is booked or pinned with another flow cell")
    ]
    assert {lane.slot for lane in plan.lanes} == {"small 0"}
    assert plan.sizes == ()


def test_no_lane_of_many_random_pools_breaks_a_rule() -> None:
    rng = np.random.default_rng(5)
    pools = [random_pool(rng) for _ in range(60)]

    plans = [planned(each, Effort(rounds=40, with_proof=False)) for each in pools]

    used = {lane.slot.split(",")[0] for plan in plans for lane in plan.lanes}
    assert {each for each in used if each.startswith("two")} > {"two"}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_the_bound_is_the_cost_of_the_best_of_all_plans(seed: int) -> None:
    problem = _small(np.random.default_rng(seed))

    plan = planned(problem, Effort(rounds=300))

    assert plan.ended is Ended.OPTIMAL
    assert plan.objective.total == pytest.approx(_best_of_all(problem))


def test_slots_that_do_not_overlap_have_no_rivals() -> None:
    layout = build_layout(plant(runs=3, seed=1)[0])

    assert not any(layout.rivals)
    assert layout.crowds == ()


def test_slots_that_overlap_in_a_chain_are_two_crowds() -> None:
    slots = (slot("a", 0, end=2.0), slot("b", 1, end=3.0), slot("c", 2, end=4.0))

    layout = build_layout(of(library("A"), slots=slots))

    assert layout.rivals == ((1,), (0, 2), (1,))
    assert layout.crowds == ((0, 1), (1, 2))


def _small(rng: np.random.Generator) -> Problem:
    """Three or four libraries, and sizes of unequal length that overlap in every way."""
    return Problem(
        libraries=tuple(
            library(
                "ACGT"[at],
                configuration=str(rng.choice(("PE150", "SE75"))),
                reads_millions=float(rng.integers(10, 50)),
                ready=float(rng.integers(0, 2)),
                due=float(rng.integers(1, 4)),
                weight=float(rng.choice((1, 3))),
            )
            for at in range(int(rng.integers(3, 5)))
        ),
        slots=(
            *(slot("small", start, run_cost=2.0) for start in (0.0, 1.0, 2.0)),
            *(
                slot("large", start, end=start + 1.5, lane_reads_millions=100.0, run_cost=3.5)
                for start in (0.0, 1.5)
            ),
            slot("whole", 1.0, end=3.0, lane_reads_millions=200.0, run_cost=5.0),
        ),
        weights=Weights(missing_channel=0.1, dark_cycle=0.5, left_out=40.0),
    )


def _best_of_all(problem: Problem) -> float:
    """Try every placing, by the independent checker alone."""
    layout = build_layout(problem)
    best = float("inf")
    for lanes in product((OUT, *range(len(layout.lane_slots))), repeat=len(problem.libraries)):
        used = {layout.lane_slots[lane] for lane in lanes if lane != OUT}
        if any(rival in used for one in used for rival in layout.rivals[one]):
            continue
        if any(
            lane != OUT and layout.costs[at][layout.lane_slots[lane]] == float("inf")
            for at, lane in enumerate(lanes)
        ):
            continue
        loading = Loading(layout)
        loading.load(lanes)
        plan = write_plan(layout, lanes, greedy=lanes, bound=None, ended=Ended.TIME)
        if may_stand(loading) and cost(problem, plan) < best and not violations(problem, plan):
            best = cost(problem, plan)
    return best

"""The queue planner: finds the best plan that is known to exist, and never breaks a rule."""

from dataclasses import replace
from itertools import count
from math import inf
from time import sleep
from typing import Any

import numpy as np
import pytest

from backend.sequencing.indexing.colours import USUAL_COLOURS, Chemistry
from backend.sequencing.planning.checking import violations
from backend.sequencing.planning.control import Control, Effort, Progress, Stage
from backend.sequencing.planning.instances import generate
from backend.sequencing.planning.large_steps import LargeSteps
from backend.sequencing.planning.layout import Layout, build_layout
from backend.sequencing.planning.loading import (
    OUT,
    Loading,
    by_due_date,
    insert,
    loaded,
    made_to_stand,
    shifted,
)
from backend.sequencing.planning.neighbourhoods import Neighbourhoods
from backend.sequencing.planning.pinning import Wish, pin_libraries
from backend.sequencing.planning.plan import Ended, Plan
from backend.sequencing.planning.planner import plan_queue
from backend.sequencing.planning.planted import plant, random_pool
from backend.sequencing.planning.problem import Library, Pin, Problem, Slot, Weights
from backend.sequencing.planning.programme import build_programme
from backend.sequencing.planning.reasons import Refusal
from backend.storage.planning.control import Control as SolverControl
from backend.storage.solver_output import silence_solver

FREE_LIGHT = Weights(missing_channel=0.0, dark_cycle=0.0)
SEARCH = Effort(rounds=30, with_proof=False)
NO_WATCH = Control(elapsed_s=lambda: 0.0)


@pytest.fixture(autouse=True, scope="module")
def _silent() -> None:
    silence_solver()


def _library(key: str, **other: Any) -> Library:
    usual = Library(
        key=key,
        configuration="PE150",
        reads_millions=40.0,
        ready=0.0,
        due=3.0,
        weight=1.0,
        i7=key * 8,
        i5=key * 8,
    )
    return replace(usual, **other)


def _slot(day: int, **other: Any) -> Slot:
    usual = Slot(
        key=f"day {day}",
        instrument="one",
        start=float(day),
        end=float(day + 1),
        lanes=1,
        lane_reads_millions=100.0,
        run_cost=10.0,
        lane_cost=0.0,
    )
    return replace(usual, **other)


def _planned(problem: Problem, effort: Effort | None = None) -> Plan:
    plan = plan_queue(problem, NO_WATCH, effort or Effort(rounds=400))

    assert violations(problem, plan) == []
    return plan


def _by_hand(layout: Layout) -> Loading:
    """Earliest due date first, as the planner begins."""
    by_hand = Loading(layout)
    insert(by_hand, by_due_date(layout))
    return made_to_stand(by_hand)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_it_finds_the_plan_that_was_planted(seed: int) -> None:
    problem, best = plant(runs=4, seed=seed)

    plan = _planned(problem)

    assert plan.objective.total == pytest.approx(best)
    assert plan.bound == pytest.approx(best)
    assert plan.ended is Ended.OPTIMAL


@pytest.mark.slow
def test_a_generated_queue_is_proved_and_cheaper_than_by_due_date() -> None:
    problem = generate(16, seed=3)

    plan = _planned(problem)

    assert plan.ended is Ended.OPTIMAL
    assert plan.left_out  # two of one configuration that light no cycle together
    assert plan.objective.total < plan.greedy.total


def test_no_random_pool_has_a_colliding_lane() -> None:
    rng = np.random.default_rng(11)
    lanes = 0

    for _ in range(100):
        lanes += len(_planned(random_pool(rng), SEARCH).lanes)

    assert lanes > 100


def test_colours_that_a_laboratory_keeps_decide_which_cycles_are_dark() -> None:
    usual = USUAL_COLOURS[Chemistry.XLEAP]
    turned = replace(usual, lights=usual.lights[::-1])  # A is dark where G was
    libraries = (_library("G"),)
    problem = Problem(libraries=libraries, slots=(_slot(0, chemistry=turned),))

    assert _planned(problem, SEARCH).left_out == ()
    assert _planned(replace(problem, slots=(_slot(0, chemistry=Chemistry.XLEAP),)), SEARCH).left_out


@pytest.mark.slow
def test_no_random_pool_of_the_whole_programme_breaks_a_rule() -> None:
    rng = np.random.default_rng(12)
    pools = [random_pool(rng) for _ in range(10)]

    plans = [_planned(pool, Effort(rounds=60, max_nodes=200)) for pool in pools]

    assert [violations(pool, plan) for pool, plan in zip(pools, plans, strict=True)] == [[]] * 10


@pytest.mark.slow
def test_a_large_queue_is_bounded_by_its_relaxation() -> None:
    problem, best = plant(runs=3, seed=9)

    plan = _planned(problem, Effort(rounds=400, max_whole_pairs=0, promising_pairs=3))

    assert plan.objective.total == pytest.approx(best)
    assert plan.bound == pytest.approx(best)


@pytest.mark.slow
def test_two_cores_find_the_planted_plan_and_prove_it() -> None:
    problem, best = plant(runs=5, seed=2)

    plan = _planned(problem, Effort(rounds=1, cores=2))

    assert plan.objective.total == pytest.approx(best)
    assert plan.ended is Ended.OPTIMAL


def test_large_steps_better_a_poor_plan_and_keep_its_rules() -> None:
    problem = generate(16, seed=3)
    layout = build_layout(problem)
    by_hand = _by_hand(layout)
    asked = count()
    watch = SolverControl(elapsed_s=lambda: 0.0, is_cancelled=lambda: next(asked) > 400)
    steps = LargeSteps(layout, watch, Effort(seed=3), by_hand.placing())

    steps.start()
    while steps.steps < 3 and next(asked) <= 400:
        sleep(0.01)
    found = loaded(layout, steps.finish())

    assert steps.steps > 0
    assert found.cost < by_hand.cost
    assert found.cost == pytest.approx(steps.found[0])


def test_what_stops_large_steps_is_raised_where_they_are_finished() -> None:
    problem, _ = plant(runs=2, seed=1)
    layout = build_layout(problem)

    def broken() -> float:
        raise ValueError("no watch")

    steps = LargeSteps(
        layout, SolverControl(elapsed_s=broken), Effort(), (OUT,) * len(problem.libraries)
    )
    steps.start()

    with pytest.raises(ValueError, match="no watch"):
        steps.finish()


@pytest.mark.parametrize("seed", range(3))
def test_a_neighbourhood_leaves_every_library_the_place_it_has(seed: int) -> None:
    layout = build_layout(generate(40, seed))
    by_hand = _by_hand(layout)
    placing = shifted(layout, by_hand.placing())
    rng = np.random.default_rng(seed)

    chosen = [Neighbourhoods(layout, rng).choose(placing, 12) for _ in range(8)]

    own = {(each, layout.lane_slots[lane]) for each, lane in enumerate(placing) if lane != OUT}
    assert all(own <= pairs for pairs in chosen)
    assert any(own < pairs for pairs in chosen)
    assert all(layout.costs[each][slot] < inf for pairs in chosen for each, slot in pairs)


def test_a_plan_is_a_whole_point_of_its_programme() -> None:
    problem = generate(12, seed=4)
    layout = build_layout(problem)
    by_hand = _by_hand(layout)
    programme = build_programme(layout)

    point = programme.point(layout, shifted(layout, by_hand.placing()))

    rows = programme.rows
    assert sorted(point) == list(range(len(rows.costs)))
    values = np.array([point[column] for column in range(len(rows.costs))])
    for row, (low, high) in enumerate(zip(rows.row_lowers, rows.row_uppers, strict=True)):
        inside = slice(rows.starts[row], rows.starts[row + 1])
        total = float(values[rows.columns[inside]] @ np.array(rows.values[inside]))
        assert low - 1e-6 <= total <= high + 1e-6


def test_the_same_queue_gives_the_same_plan() -> None:
    problem = generate(24, seed=5)

    assert _planned(problem, SEARCH) == _planned(problem, SEARCH)


def test_libraries_with_one_index_pair_are_kept_in_lanes_of_their_own() -> None:
    problem = Problem(
        libraries=(_library("A"), _library("C", i7="A" * 8, i5="A" * 8)),
        slots=(_slot(0), _slot(1)),
        weights=FREE_LIGHT,
    )

    plan = _planned(problem)

    assert sorted(lane.libraries for lane in plan.lanes) == [("A",), ("C",)]
    assert plan.objective.runs == 20.0


def test_the_lanes_of_one_run_take_one_configuration() -> None:
    problem = Problem(
        libraries=(_library("A"), _library("C", configuration="SE75")),
        slots=(_slot(0, lanes=2), _slot(1, lanes=2)),
        weights=FREE_LIGHT,
    )

    plan = _planned(problem)

    assert {lane.slot for lane in plan.lanes} == {"day 0", "day 1"}


def test_a_pinned_library_stays_and_others_come_to_it() -> None:
    problem = Problem(
        libraries=(_library("A"), _library("C")),
        slots=(_slot(0), _slot(1)),
        pins=(Pin(library="A", slot="day 1", lane=1),),
        weights=FREE_LIGHT,
    )

    plan = _planned(problem)

    (lane,) = plan.lanes
    assert (lane.slot, lane.libraries) == ("day 1", ("A", "C"))
    assert plan.ended is Ended.OPTIMAL


@pytest.mark.parametrize("effort", [SEARCH, Effort(rounds=100)])
def test_a_library_kept_off_a_run_takes_another_and_one_pinned_to_a_run_waits_for_it(
    effort: Effort,
) -> None:
    problem = Problem(
        libraries=(_library("A"), _library("C")), slots=(_slot(1), _slot(2), _slot(3))
    )
    wishes = [
        Wish(key="away", library="A", slots=("day 1",), is_away=True),
        Wish(key="to", library="C", slots=("day 3",)),
    ]

    pinned, unkept = pin_libraries(problem, wishes)
    plan = _planned(pinned, effort)

    assert unkept == []
    at = {key: lane.slot for lane in plan.lanes for key in lane.libraries}
    assert at["C"] == "day 3"
    assert at["A"] in {"day 2", "day 3"}


def test_wishes_that_cannot_be_kept_say_why_and_the_others_are_kept() -> None:
    problem = Problem(
        libraries=(_library("A"), _library("C", i7="A" * 8, i5="A" * 8), _library("G")),
        slots=(_slot(1, lanes=2), _slot(2)),
    )
    wishes = [
        Wish(key="1", library="A", slots=("day 1",), lane=2),
        Wish(key="2", library="C", slots=("day 1",), lane=2),
        Wish(key="3", library="A", slots=("day 2",)),
        Wish(key="4", library="G", slots=("day 9",)),
        Wish(key="5", library="G", slots=("day 1",), lane=3),
        Wish(key="6", library="long gone", slots=("day 1",)),
    ]

    pinned, unkept = pin_libraries(problem, wishes)

    assert [each.key for each in unkept] == ["2", "3", "4", "5"]
    assert all(each.why for each in unkept)
    assert [(pin.library, pin.slot, pin.lane) for pin in pinned.pins] == [("A", "day 1", 2)]


def test_a_lane_that_lights_nothing_in_a_cycle_is_not_planned() -> None:
    """G alone is dark with two channels; beside A it is not."""
    dark = Problem(libraries=(_library("G"),), slots=(_slot(0),))
    lit = Problem(libraries=(_library("G"), _library("A")), slots=(_slot(0),))

    assert [left.library for left in _planned(dark).left_out] == ["G"]
    assert _planned(lit).left_out == ()


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        ({"reads_millions": 101.0}, Refusal.TOO_MANY_READS),
        ({"ready": 5.0}, Refusal.NOT_READY),
        ({"configuration": "SE75"}, Refusal.OTHER_CONFIGURATION),
        ({"i7": "A" * 8, "i5": "A" * 8}, Refusal.INDEX_CLASH),
        ({"reads_millions": 61.0}, Refusal.LANES_FULL),
    ],
)
def test_a_library_left_out_says_why(wanted: dict[str, object], refusal: Refusal) -> None:
    problem = Problem(
        libraries=(_library("A", weight=5.0), _library("C", **wanted)),
        slots=(_slot(0),),
        pins=(Pin(library="A", slot="day 0", lane=1),),
        weights=FREE_LIGHT,
    )

    (left,) = _planned(problem).left_out

    assert left.library == "C"
    assert left.refusals == ((refusal, 1),)
    assert left.clashes_with == (("A",) if refusal is Refusal.INDEX_CLASH else ())


def test_an_empty_queue_is_an_empty_plan() -> None:
    plan = _planned(Problem(libraries=(), slots=(_slot(0),)))

    assert plan.lanes == ()
    assert plan.left_out == ()


def test_cancelling_keeps_a_whole_plan() -> None:
    problem = generate(12, seed=1)
    asked = count()
    told: list[Progress] = []

    plan = plan_queue(
        problem,
        Control(elapsed_s=lambda: 0.0, is_cancelled=lambda: next(asked) > 1, report=told.append),
    )

    assert violations(problem, plan) == []
    assert plan.ended is Ended.CANCELLED
    assert told[0].stage is Stage.GREEDY
    assert told[-1].stage is Stage.DONE


def test_the_checker_sees_what_is_wrong() -> None:
    problem = Problem(
        libraries=(_library("A"), _library("C")), slots=(_slot(0), _slot(1)), weights=FREE_LIGHT
    )
    good = _planned(problem)
    (lane,) = good.lanes
    clashing = replace(problem, libraries=(_library("A"), _library("C", i7="AAAAAACC", i5="A" * 8)))

    assert any("collide" in each for each in violations(clashing, good))
    assert any(
        "lost" in each
        for each in violations(problem, replace(good, lanes=(replace(lane, libraries=("A",)),)))
    )
    small = replace(problem, slots=(_slot(0, lane_reads_millions=79.0), _slot(1)))
    assert any("more reads" in each for each in violations(small, good))
    dear = replace(problem, slots=(_slot(0, run_cost=11.0), _slot(1)))
    assert any("costs" in each for each in violations(dear, good))
    late = replace(problem, libraries=(_library("A", ready=2.0), _library("C")))
    assert any("not ready" in each for each in violations(late, good))
    mixed = replace(problem, libraries=(_library("A"), _library("C", configuration="SE75")))
    assert any("two configurations" in each for each in violations(mixed, good))
    pinned = replace(problem, pins=(Pin(library="A", slot="day 1", lane=1),))
    assert any("pinned" in each for each in violations(pinned, good))
    assert any("bound" in each for each in violations(problem, replace(good, bound=1e6)))

"""What may share a lane, and how even lanes are: hard rules and the last term of the cost."""

from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from backend.sequencing.planning.checking import cost, violations
from backend.sequencing.planning.control import Control, Effort
from backend.sequencing.planning.layout import build_layout
from backend.sequencing.planning.mixing import Apart, why_apart
from backend.sequencing.planning.pinning import Wish, pin_libraries
from backend.sequencing.planning.plan import Ended, Plan
from backend.sequencing.planning.planner import plan_queue
from backend.sequencing.planning.problem import Library, Mixing, Pin, Problem, Slot, Weights
from backend.sequencing.planning.reasons import Refusal
from backend.sequencing.reference.ids import MixingClass
from backend.storage.solver_output import silence_solver

FREE_LIGHT = Weights(missing_channel=0.0, dark_cycle=0.0)
STRICT = Mixing(single_with_dual=False, unequal_indexes=False, projects_apart=frozenset({"SECRET"}))
_INDEXES = ("AAAAAAAA", "CCCCCCCC", "GGGGGGGG", "TTTTTTTT")


@pytest.fixture(autouse=True, scope="module")
def _silent() -> None:
    silence_solver()


def _library(at: int, **other: Any) -> Library:
    usual = Library(
        key=f"L{at}",
        configuration="PE150",
        reads_millions=20.0,
        ready=0.0,
        due=9.0,
        weight=1.0,
        i7=_INDEXES[at],
        i5=_INDEXES[at],
    )
    return replace(usual, **other)


def _slot(day: int, lanes: int = 1) -> Slot:
    return Slot(
        key=f"day {day}",
        instrument="one",
        start=float(day),
        end=float(day + 1),
        lanes=lanes,
        lane_reads_millions=100.0,
        run_cost=10.0,
        lane_cost=1.0,
    )


def _planned(problem: Problem, effort: Effort | None = None) -> Plan:
    plan = plan_queue(problem, Control(elapsed_s=lambda: 0.0), effort or Effort(rounds=200))

    assert violations(problem, plan) == []
    return plan


ALONE = {"assay": "amplicon", "library_type": "Amplicon", "mixing": MixingClass.ALONE}
ATAC = {"assay": "atac", "library_type": "ATAC", "mixing": MixingClass.SAME_TYPE}


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ({}, {}, None),
        (ALONE, ALONE, None),
        (ALONE, {}, Apart.ASSAY),
        (ATAC, {"library_type": "ATAC", "assay": "another"}, None),
        (ATAC, {"library_type": "mRNA"}, Apart.LIBRARY_TYPE),
        ({"project": "SECRET"}, {"project": "SECRET"}, None),
        ({"project": "SECRET"}, {"project": "HELIX"}, Apart.PROJECT),
        ({"project": "CARDIA"}, {"project": "HELIX"}, None),
        ({"i5": ""}, {}, Apart.SECOND_INDEX),
        ({"i7": "ACGTAC"}, {}, Apart.INDEX_LENGTH),
        ({"i5": "ACGTACGTAC"}, {}, Apart.INDEX_LENGTH),
    ],
)
def test_a_rule_keeps_two_libraries_apart_whichever_is_asked_first(
    one: dict[str, Any], other: dict[str, Any], why: Apart | None
) -> None:
    first, second = _library(0, **one), _library(1, **other)

    assert why_apart(first, second, STRICT) is why
    assert why_apart(second, first, STRICT) is why


@pytest.mark.parametrize(
    "other", [{"i5": ""}, {"i7": "ACGTAC"}, {"project": "SECRET"}, {"assay": "x"}]
)
def test_without_a_rule_everything_may_share(other: dict[str, Any]) -> None:
    assert why_apart(_library(0), _library(1, **other), Mixing()) is None


@pytest.mark.parametrize("rules", [STRICT, Mixing(), Mixing(single_with_dual=False)])
def test_families_say_what_their_libraries_say(rules: Mixing) -> None:
    wanted: tuple[dict[str, Any], ...] = (ALONE, ATAC, {"project": "SECRET"}, {"i5": ""})
    libraries = tuple(_library(at, **other) for at, other in enumerate(wanted))
    layout = build_layout(Problem(libraries=libraries, slots=(_slot(0),), mixing=rules))

    for one, other in combinations(range(4), 2):
        are_apart = why_apart(libraries[one], libraries[other], rules) is not None
        assert bool(layout.unshareable[one] >> other & 1) is are_apart


@pytest.mark.parametrize("effort", [Effort(rounds=60, with_proof=False), Effort(rounds=60)])
def test_what_may_not_share_is_planned_on_lanes_of_its_own_and_proved(effort: Effort) -> None:
    problem = Problem(
        libraries=(_library(0, **ALONE), _library(1, **ALONE), _library(2), _library(3, **ATAC)),
        slots=(_slot(0, lanes=3), _slot(1)),
        weights=FREE_LIGHT,
    )

    plan = _planned(problem, effort)

    assert sorted(lane.libraries for lane in plan.lanes) == [("L0", "L1"), ("L2",), ("L3",)]
    assert plan.objective.runs == 13.0
    if effort.with_proof:
        assert plan.ended is Ended.OPTIMAL


def test_a_library_that_may_not_share_says_so_when_it_is_left_out() -> None:
    problem = Problem(
        libraries=(_library(0, weight=5.0), _library(1, **ALONE)),
        slots=(_slot(0),),
        pins=(Pin(library="L0", slot="day 0", lane=1),),
        weights=FREE_LIGHT,
    )

    (left,) = _planned(problem).left_out

    assert left.refusals == ((Refusal.KEPT_APART, 1),)


def test_a_pin_to_a_lane_that_may_not_be_shared_is_not_kept() -> None:
    problem = Problem(libraries=(_library(0), _library(1, **ALONE)), slots=(_slot(0, lanes=2),))
    wishes = [Wish(key=str(at), library=f"L{at}", slots=("day 0",), lane=1) for at in (0, 1)]

    pinned, (unkept,) = pin_libraries(problem, wishes)

    assert (unkept.library, "may not share a lane" in unkept.why) == ("L1", True)
    assert [pin.library for pin in pinned.pins] == ["L0"]


def test_the_checker_sees_what_may_not_share_and_what_evenness_costs() -> None:
    problem = Problem(libraries=(_library(0), _library(1)), slots=(_slot(0),), weights=FREE_LIGHT)
    plan = _planned(problem)
    other = replace(problem, libraries=(_library(0), _library(1, **ALONE)))

    assert any("may not share" in each for each in violations(other, plan))
    for kept in (_library(1, i5=""), _library(1, i7="ACGTAC"), _library(1, project="SECRET")):
        changed = replace(problem, libraries=(_library(0), kept), mixing=STRICT)
        assert any("may not share" in each for each in violations(changed, plan))


def test_lanes_of_a_run_are_filled_evenly_where_nothing_else_is_lost() -> None:
    """One stays alone with 60; the others fill one lane with 100, which is cheaper than two."""
    problem = Problem(
        libraries=(
            _library(0, reads_millions=60.0, **ALONE),
            _library(1, reads_millions=40.0),
            _library(2, reads_millions=30.0),
            _library(3, reads_millions=30.0),
        ),
        slots=(_slot(0, lanes=3),),
        weights=replace(FREE_LIGHT, uneven=1.0),
    )

    plan = _planned(problem)

    assert plan.objective.uneven == pytest.approx(0.4)
    assert cost(problem, plan) == pytest.approx(plan.objective.total)


def test_two_lanes_are_evened_out_by_moving_and_swapping() -> None:
    reads = (50.0, 40.0, 30.0, 20.0)
    problem = Problem(
        libraries=tuple(_library(at, reads_millions=each) for at, each in enumerate(reads)),
        slots=(_slot(0, lanes=2),),
        weights=replace(FREE_LIGHT, uneven=0.01),
    )

    plan = _planned(problem, Effort(rounds=1, with_proof=False))

    assert sorted(lane.reads_millions for lane in plan.lanes) == [70.0, 70.0]
    assert plan.objective.uneven == pytest.approx(0.0)

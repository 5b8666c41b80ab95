"""What a placement plan does, case by case."""

from itertools import product

import pytest

from backend.storage.planning.checking import violations
from backend.storage.planning.control import Control, Progress
from backend.storage.planning.cost import evaluate
from backend.storage.planning.feasibility import Filter
from backend.storage.planning.plan import BoundKind, Ended, Plan
from backend.storage.planning.planner import plan_placement
from backend.storage.planning.positions import side_by_side
from backend.storage.planning.problem import Box, Group, Lot, Problem
from backend.storage.planning.reasons import Reason
from tests.backend.storage.planning_support import (
    ANY_TIME,
    CONFLICTS,
    QUICK,
    make_box,
    make_lot,
)


def plan_of(lots: list[Lot], boxes: list[Box]) -> Plan:
    return plan_placement(Problem(tuple(lots), tuple(boxes), CONFLICTS), ANY_TIME, QUICK)


def boxes_of(plan: Plan, lot: str) -> set[str]:
    return {move.box for move in plan.moves if move.lot == lot}


def test_a_family_goes_into_one_box_that_takes_all_of_it() -> None:
    plan = plan_of(
        [make_lot("F1", 5)],
        [make_box("B1", free=2, used=7), make_box("B2", free=5, used=4)],
    )

    assert boxes_of(plan, "F1") == {"B2"}
    assert Reason.FAMILY_TOGETHER in plan.moves[0].reasons


def test_a_box_of_the_same_project_is_preferred() -> None:
    plan = plan_of(
        [make_lot("F1", 2, project="P2")],
        [
            make_box("B1", free=5, projects=frozenset({"P1"})),
            make_box("B2", free=5, projects=frozenset({"P2"})),
        ],
    )

    assert boxes_of(plan, "F1") == {"B2"}
    assert Reason.SAME_PROJECT_BOX in plan.moves[0].reasons


def test_samples_go_beside_stored_samples_of_their_family() -> None:
    family = frozenset({Group("F1", is_backup=False)})

    plan = plan_of(
        [make_lot("F1/new", 2)], [make_box("B1", free=5), make_box("B2", free=5, groups=family)]
    )

    assert boxes_of(plan, "F1/new") == {"B2"}
    assert plan.moves[0].reasons[0] is Reason.BESIDE_FAMILY


def test_backups_go_to_another_unit_than_the_working_samples() -> None:
    plan = plan_of(
        [make_lot("F1/a", 3), make_lot("F1/b", 3, is_backup=True)],
        [make_box("B1", unit="U1"), make_box("B2", unit="U2")],
    )

    assert boxes_of(plan, "F1/a") != boxes_of(plan, "F1/b")
    assert all(Reason.BACKUP_ELSEWHERE in move.reasons for move in plan.moves)


def test_a_backup_that_must_share_a_unit_says_so() -> None:
    plan = plan_of(
        [make_lot("F1/a", 3), make_lot("F1/b", 3, is_backup=True)], [make_box("B1", unit="U1")]
    )

    assert plan.cost.shared_risk_s > 0
    assert all(Reason.SHARED_UNIT in move.reasons for move in plan.moves)


def test_conflicting_classes_are_put_into_different_racks() -> None:
    plan = plan_of(
        [make_lot("F1", 1, segregation="acid"), make_lot("F2", 1, segregation="base")],
        [make_box("B1", rack="R1"), make_box("B2", rack="R1"), make_box("B3", rack="R2")],
    )

    assert plan.left_over == ()
    assert {next(iter(boxes_of(plan, "F1"))), next(iter(boxes_of(plan, "F2")))} & {"B3"}


def test_positions_are_filled_row_by_row_with_families_side_by_side() -> None:
    plan = plan_of([make_lot("F2", 2), make_lot("F1", 2)], [make_box("B1", free=5)])

    assert [(move.sample, move.position.label) for move in plan.moves] == [
        ("F1#0", "B2"),
        ("F1#1", "B3"),
        ("F2#0", "C1"),
        ("F2#1", "C2"),
    ]


def test_a_plan_counts_what_every_rule_took_away() -> None:
    plan = plan_of(
        [make_lot("F1", 3, biosafety_level=2)],
        [
            make_box("warm", temperature_class="plus_4"),
            make_box("alarm", unit="U2", unit_in_alarm=True),
            make_box("closed", unit="U3", unit_active=False),
            make_box("level", unit="U4", biosafety_level=1),
            make_box("reserved", free=4, reserved_for="P9"),
            make_box("plasma", allowed_types=frozenset({"plasma"})),
            make_box("full", free=0),
            make_box("good", free=2),
        ],
    )

    counted = {
        count.filter: (count.boxes, count.positions) for count in plan.considered[0].refusals
    }
    assert counted == {
        Filter.TEMPERATURE: (1, 9),
        Filter.UNIT_CLOSED: (1, 9),
        Filter.UNIT_ALARM: (1, 9),
        Filter.BIOSAFETY: (1, 9),
        Filter.RESERVED: (1, 4),
        Filter.RESTRICTED: (1, 9),
        Filter.FULL: (1, 0),
    }
    assert (plan.considered[0].boxes_allowed, plan.considered[0].positions_allowed) == (1, 2)


def test_samples_without_a_place_are_left_over_with_the_reasons() -> None:
    plan = plan_of([make_lot("F1", 3)], [make_box("B1", free=2), make_box("B2", free=0)])

    assert [left.samples for left in plan.left_over] == [("F1#2",)]
    assert [count.filter for count in plan.left_over[0].refusals] == [Filter.FULL]


def test_first_fit_walks_the_boxes_in_their_order() -> None:
    plan = plan_of(
        [make_lot("F1", 3)], [make_box("B1", free=1), make_box("B2", free=1), make_box("B3")]
    )

    assert plan.first_fit.splits_s == pytest.approx(24)
    assert boxes_of(plan, "F1") == {"B3"}


def test_a_small_plan_is_proved_to_be_the_best_one() -> None:
    lots = [make_lot("F1", 2), make_lot("F2", 2, project="P2"), make_lot("F1/b", 2, is_backup=True)]
    boxes = [
        make_box("B1", free=3, unit="U1"),
        make_box("B2", free=2, unit="U2", projects=frozenset({"P2"})),
        make_box("B3", free=9, unit="U2", rack="U2/R2"),
    ]
    problem = Problem(tuple(lots), tuple(boxes))

    plan = plan_placement(problem, ANY_TIME, QUICK)

    assert plan.ended is Ended.OPTIMAL
    assert plan.cost.total_s == pytest.approx(cheapest_s(problem))
    assert plan.bound is not None
    assert plan.bound.gap_fraction(plan.cost) == pytest.approx(0)


def cheapest_s(problem: Problem) -> float:
    """The smallest total of all ways to spread the lots, by trying every one."""
    per_lot = [
        [
            counts
            for counts in product(range(lot.size + 1), repeat=len(problem.boxes))
            if sum(counts) == lot.size
        ]
        for lot in problem.lots
    ]
    totals = []
    for choice in product(*per_lot):
        filled = [sum(counts) for counts in zip(*choice, strict=True)]
        if all(used <= box.free for used, box in zip(filled, problem.boxes, strict=True)):
            allocation = {
                (lot, box): count
                for lot, counts in enumerate(choice)
                for box, count in enumerate(counts)
                if count
            }
            places = side_by_side(problem, allocation)
            totals.append(evaluate(problem, allocation, places).total_s)
    return min(totals)


def test_a_cancelled_plan_is_complete_and_says_that_it_was_cancelled() -> None:
    problem = Problem((make_lot("F1", 5),), (make_box("B1", free=2), make_box("B2", free=5)))

    plan = plan_placement(problem, Control(lambda: 0.0, is_cancelled=lambda: True), QUICK)

    assert plan.ended is Ended.CANCELLED
    assert plan.bound is None
    assert violations(problem, plan) == []


def test_a_plan_out_of_time_says_so() -> None:
    problem = Problem((make_lot("F1", 5),), (make_box("B1", free=5), make_box("B2", free=5)))

    plan = plan_placement(problem, Control(lambda: 61.0), QUICK)

    assert plan.ended in {Ended.TIME, Ended.OPTIMAL}
    assert violations(problem, plan) == []


def test_progress_only_goes_forward_and_ends_at_one() -> None:
    heard: list[Progress] = []
    problem = Problem((make_lot("F1", 5),), (make_box("B1", free=5), make_box("B2", free=5)))

    plan_placement(problem, Control(lambda: 0.0, report=heard.append), QUICK)

    fractions = [progress.done_fraction for progress in heard]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1


def test_an_empty_request_gives_an_empty_plan() -> None:
    plan = plan_of([], [make_box("B1")])

    assert plan.moves == ()
    assert plan.cost.total_s == 0


def test_a_laboratory_without_boxes_leaves_everything_over() -> None:
    plan = plan_of([make_lot("F1", 2)], [])

    assert [left.samples for left in plan.left_over] == [("F1#0", "F1#1")]


def test_the_bound_of_a_middling_problem_comes_from_a_relaxation() -> None:
    lots = [make_lot(f"F{number}", 4, project=f"P{number % 3}") for number in range(12)]
    boxes = [make_box(f"B{number}", free=5, rack=f"R{number % 4}") for number in range(20)]
    problem = Problem(tuple(lots), tuple(boxes))
    effort = type(QUICK)(rounds=50, max_whole_pairs=0, search_limit_s=60, proof_limit_s=60)

    plan = plan_placement(problem, ANY_TIME, effort)

    assert plan.bound is not None
    assert plan.bound.kind is BoundKind.RELAXATION
    assert 0 < plan.bound.handling_s <= plan.cost.handling_s


def test_a_class_that_stays_among_its_own_gets_a_box_to_itself() -> None:
    lots = (
        make_lot("F1", 3, segregation="allergen"),
        make_lot("F2", 3),
        make_lot("F3", 3, segregation="allergen"),
    )
    boxes = (make_box("B1", free=6), make_box("B2"), make_box("B3"))
    problem = Problem(lots, boxes, alone=frozenset({"allergen"}))

    plan = plan_placement(problem, ANY_TIME, QUICK)

    assert violations(problem, plan) == []
    assert boxes_of(plan, "F2") == {"B1"}
    assert boxes_of(plan, "F1") == boxes_of(plan, "F3")
    assert boxes_of(plan, "F1") <= {"B2", "B3"}
    assert plan.ended is Ended.OPTIMAL


def test_nothing_joins_a_class_that_stays_among_its_own() -> None:
    held = make_box("B1", free=6, segregations=frozenset({"allergen"}))
    problem = Problem((make_lot("F1", 1),), (held,), alone=frozenset({"allergen"}))

    plan = plan_placement(problem, ANY_TIME, QUICK)

    assert plan.moves == ()
    (left,) = plan.left_over
    assert [count.filter for count in left.refusals] == [Filter.SEGREGATION]

"""Where families stand inside a box: in as few runs of places as can be."""

from itertools import product

import pytest

from backend.storage.planning.plan import BoundKind, Ended, Plan
from backend.storage.planning.planner import plan_placement
from backend.storage.planning.positions import breaks, fewest_breaks, in_turn, side_by_side
from backend.storage.planning.problem import Box, Group, Lot, Problem, Weights
from backend.storage.planning.reasons import SENTENCES, Reason
from backend.storage.rules import BoxShape, Position
from tests.backend.storage.planning_support import ANY_TIME, QUICK, make_box, make_lot


def holed(key: str, marks: str, **facts: object) -> Box:
    """A box of nine, read row by row: ``.`` is free."""
    free = tuple(
        at for at, mark in zip(BoxShape(3, 3).positions(), marks, strict=True) if mark == "."
    )
    return make_box(key, free=len(free), free_positions=free, **facts)


def plan_of(lots: list[Lot], boxes: list[Box]) -> Plan:
    return plan_placement(Problem(tuple(lots), tuple(boxes)), ANY_TIME, QUICK)


def spots(plan: Plan, family: str) -> list[str]:
    return [move.position.label for move in plan.moves if move.lot.partition("/")[0] == family]


def test_a_family_gets_the_run_that_takes_it_whole() -> None:
    plan = plan_of(
        [make_lot("F1", 4), make_lot("F2", 2)],
        [holed("B1", "..#....##")],
    )

    assert spots(plan, "F1") == ["B1", "B2", "B3", "C1"]
    assert spots(plan, "F2") == ["A1", "A2"]
    assert plan.cost.breaks_s == 0
    # First-fit fills place after place: the first family stands on both sides of the hole.
    assert plan.first_fit.breaks_s == Weights().break_s


def test_the_end_of_a_row_and_the_start_of_the_next_are_neighbours() -> None:
    plan = plan_of([make_lot("F1", 4)], [holed("B1", "##....###")])

    assert spots(plan, "F1") == ["A3", "B1", "B2", "B3"]
    assert plan.cost.breaks_s == 0


def test_every_run_after_the_first_counts_and_its_tubes_say_so() -> None:
    plan = plan_of([make_lot("F1", 4)], [holed("B1", ".#.#.#.##")])

    assert plan.cost.breaks_s == 3 * Weights().break_s
    assert all(Reason.BROKEN in move.reasons for move in plan.moves)
    assert SENTENCES[Reason.BROKEN] == "family in several runs of the box"


def test_working_tubes_and_backups_of_a_family_are_counted_apart() -> None:
    lots = [make_lot("F1/a", 2), make_lot("F1/b", 2, is_backup=True)]
    problem = Problem(tuple(lots), (holed("B1", "..#..####"),))

    assert sum(breaks(problem, in_turn(problem, {(0, 0): 2, (1, 0): 2})).values()) == 0


def test_two_sorts_of_one_family_make_one_run_together() -> None:
    lots = [make_lot("F1/dna", 2), make_lot("F2", 2), make_lot("F1/rna", 2, sample_type="rna")]
    problem = Problem(tuple(lots), (holed("B1", "......###"),))
    everything = {(0, 0): 2, (1, 0): 2, (2, 0): 2}

    places = side_by_side(problem, everything)

    assert [at.label for at in (*places[0, 0], *places[2, 0])] == ["A1", "A2", "A3", "B1"]
    assert sum(breaks(problem, places).values()) == 0
    assert sum(breaks(problem, in_turn(problem, everything)).values()) == 1


def test_a_box_in_which_a_family_stays_whole_is_chosen_over_one_with_holes() -> None:
    plan = plan_of([make_lot("F1", 3)], [holed("B1", ".#.#.####"), holed("B2", "#####....")])

    assert {move.box for move in plan.moves} == {"B2"}


def test_new_tubes_stand_beside_those_of_their_family() -> None:
    group = Group("F1", is_backup=False)
    held = holed("B1", "....#.#..", groups=frozenset({group}), standing={group: (Position(2, 2),)})

    plan = plan_of([make_lot("F2", 1), make_lot("F1", 2)], [held])

    assert spots(plan, "F1") == ["A3", "B1"]
    assert spots(plan, "F2") == ["B3"]
    assert plan.cost.breaks_s == 0
    # First-fit puts the other family into A1, and these away from their own.
    assert plan.first_fit.breaks_s == Weights().break_s


def test_a_break_is_cheaper_than_another_box_of_the_same_rack() -> None:
    plan = plan_of(
        [make_lot("F1", 4)],
        [holed("B1", "..#######"), holed("B2", "..#..####"), holed("B3", "..#######")],
    )

    assert {move.box for move in plan.moves} == {"B2"}
    assert plan.cost.breaks_s == Weights().break_s


def test_breaks_that_nothing_avoids_are_part_of_the_proof() -> None:
    plan = plan_of([make_lot("F1", 4)], [holed("B1", "..#..####")])

    assert plan.ended is Ended.OPTIMAL
    assert plan.bound is not None
    assert plan.bound.handling_s == pytest.approx(plan.cost.handling_s)


def test_a_break_that_the_programme_does_not_see_stays_a_gap() -> None:
    # Each family alone fits the run of three; that both cannot is asked when places are dealt.
    plan = plan_of([make_lot("F1", 3), make_lot("F2", 3)], [holed("B1", "...#..#.#")])

    assert plan.cost.breaks_s == Weights().break_s
    assert plan.bound is not None
    assert plan.bound.kind in BoundKind
    assert plan.bound.handling_s == pytest.approx(plan.cost.handling_s - Weights().break_s)


def test_the_breaks_that_cannot_be_avoided_take_the_longest_runs_first() -> None:
    assert fewest_breaks([2, 4, 1], 8) == [0, 0, 0, 0, 0, 1, 1, 2, 2]
    assert fewest_breaks([], 2) == [0, 0, 0]


@pytest.mark.parametrize("marks", ["..#...#..", ".#.#.#.#.", "...#.#...", "....#...."])
@pytest.mark.parametrize("sizes", [(3, 2), (2, 2, 1), (4, 1), (1, 1, 1, 1)])
def test_positions_are_dealt_as_well_as_trying_every_way(
    marks: str, sizes: tuple[int, ...]
) -> None:
    lots = tuple(make_lot(f"F{number}", size) for number, size in enumerate(sizes))
    box = holed("B1", marks)
    problem = Problem(lots, (box,))

    places = side_by_side(problem, {(lot, 0): size for lot, size in enumerate(sizes)})

    assert sum(breaks(problem, places).values()) == fewest(problem, sizes)


def fewest(problem: Problem, sizes: tuple[int, ...]) -> int:
    """Try every way to deal the free places to the families, or to nobody."""
    free = problem.boxes[0].free_positions
    found = []
    for owners in product(range(-1, len(sizes)), repeat=len(free)):
        if all(owners.count(lot) == size for lot, size in enumerate(sizes)):
            places = {
                (lot, 0): tuple(at for at, owner in zip(free, owners, strict=True) if owner == lot)
                for lot in range(len(sizes))
            }
            found.append(sum(breaks(problem, places).values()))
    return min(found)

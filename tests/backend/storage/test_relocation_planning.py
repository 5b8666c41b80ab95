"""Freeing boxes with the fewest moves, and saving a unit's contents in order of value."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.storage.planning.consolidation import Consolidation, plan_consolidation
from backend.storage.planning.evacuation import Evacuation, Near, Rack, plan_evacuation
from backend.storage.planning.evacuation_order import Worth, key_of, reasons_of
from backend.storage.planning.feasibility import Filter
from backend.storage.planning.relocation_checking import (
    consolidation_violations,
    evacuation_violations,
)
from tests.backend.storage.planning_support import ANY_TIME, make_box
from tests.backend.storage.relocation_support import (
    CAPACITY,
    brute_force,
    consolidations,
    evacuations,
    make_tubes,
    plain,
)

searched = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
DNA = Worth(material_type="dna", elsewhere=0)


@searched
@given(fills=st.lists(st.integers(0, CAPACITY), min_size=1, max_size=25), wanted=st.integers(1, 8))
def test_without_restrictions_it_makes_the_closed_form_minimum_of_moves(
    fills: list[int], wanted: int
) -> None:
    filled = sorted(fill for fill in fills if fill)
    fewest_boxes = -(-sum(filled) // CAPACITY)
    can_free = min(wanted, len(filled), len(fills) - fewest_boxes)

    plan = plan_consolidation(plain(fills, wanted), ANY_TIME)

    assert len(plan.freed) == can_free
    assert len(plan.moves) == sum(filled[:can_free]) == plan.moves_bound
    assert plan.is_proved


@searched
@given(asked=consolidations())
def test_a_consolidation_breaks_no_hard_rule(asked: Consolidation) -> None:
    plan = plan_consolidation(asked, ANY_TIME)

    assert consolidation_violations(asked, plan) == []


@searched
@given(asked=consolidations())
def test_with_restrictions_it_is_the_best_of_all_ways_there_are(asked: Consolidation) -> None:
    plan = plan_consolidation(asked, ANY_TIME)

    assert (len(plan.freed), len(plan.moves)) == brute_force(asked)
    assert plan.is_proved


def test_where_the_emptiest_box_cannot_be_emptied_the_solver_frees_the_next_best() -> None:
    lonely = make_tubes("B0", 1, sample_type="rna")
    others = (*make_tubes("B1", 2), *make_tubes("B2", 3))
    boxes = (
        make_box("B0", free=8),
        make_box("B1", free=7, allowed_types=frozenset({"dna"})),
        make_box("B2", free=6, allowed_types=frozenset({"dna"})),
    )
    keys = frozenset({"B0", "B1", "B2"})

    plan = plan_consolidation(Consolidation(boxes, (*lonely, *others), keys, keys, 1), ANY_TIME)

    assert plan.freed == ("B1",)
    assert (len(plan.moves), plan.moves_bound) == (2, 2)


def test_a_box_with_a_promised_tube_is_not_freed_and_is_named() -> None:
    asked = plain([1, 2], 1)
    promised = replace(asked.tubes[0], pinned="Offered to Ada.")

    plan = plan_consolidation(replace(asked, tubes=(promised, *asked.tubes[1:])), ANY_TIME)

    assert plan.pinned_boxes == ("B0",)
    assert plan.freed == ("B1",)


@searched
@given(asked=evacuations())
def test_an_evacuation_breaks_no_hard_rule_and_loses_no_tube(asked: Evacuation) -> None:
    assert evacuation_violations(asked, plan_evacuation(asked)) == []


@searched
@given(asked=evacuations())
def test_tubes_are_saved_in_the_order_of_what_they_are_worth(asked: Evacuation) -> None:
    plan = plan_evacuation(asked)

    keys = [key_of(asked.worth[move.tube]) for move in plan.tube_moves]
    assert keys == sorted(keys)


def test_no_tube_gives_way_to_one_that_is_worth_less() -> None:
    # The worthy tube may go into either box, the other only into the near one.
    boxes = (
        make_box("B0", free=7, unit="U0"),
        make_box("NEAR", free=1, unit="U1"),
        make_box("FAR", free=1, unit="U2", allowed_types=frozenset({"dna"})),
    )
    worthy, other = make_tubes("B0", 2)
    other = replace(other, sample_type="rna")
    worth = {worthy.key: DNA, other.key: Worth(material_type="rna", elsewhere=1)}
    near = {"U1": Near(0), "U2": Near(1)}

    plan = plan_evacuation(Evacuation("U0", boxes, (worthy, other), worth, nearness=near))

    assert [(move.tube, move.to_box) for move in plan.tube_moves] == [
        (worthy.key, "FAR"),
        (other.key, "NEAR"),
    ]
    assert plan.no_place == ()


def test_what_does_not_fit_is_listed_with_what_every_rule_took_away() -> None:
    boxes = (
        make_box("B0", free=6, unit="U0"),
        make_box("B1", free=1, unit="U1"),
        make_box("B2", free=9, unit="U2", unit_in_alarm=True),
    )
    tubes = make_tubes("B0", 3)
    worth = {tube.key: DNA for tube in tubes}

    plan = plan_evacuation(Evacuation("U0", boxes, tubes, worth))

    (left,) = plan.no_place
    assert len(plan.tube_moves) == 1
    assert (len(left.tubes), left.boxes_allowed) == (2, 1)
    assert [(count.filter, count.boxes, count.positions) for count in left.refusals] == [
        (Filter.UNIT_ALARM, 1, 9)
    ]


def test_whole_boxes_go_only_where_a_rack_is_known_to_have_a_free_slot() -> None:
    boxes = (make_box("B0", free=7, unit="U0"), make_box("B1", free=9, unit="U1"))
    tubes = make_tubes("B0", 2)
    rack = Rack("U1/R9", "R9", "U1", "minus_80", 2, free_slots=1)
    asked = Evacuation("U0", boxes, tubes, {tube.key: DNA for tube in tubes}, (rack,))

    known = plan_evacuation(asked)
    unknown = plan_evacuation(replace(asked, racks=(replace(rack, free_slots=None),)))

    assert [(move.box, move.to_rack) for move in known.box_moves] == [("B0", "U1/R9")]
    assert known.tube_moves == ()
    assert unknown.box_moves == ()
    assert len(unknown.tube_moves) == 2


def test_what_is_nowhere_else_and_bears_no_thaw_goes_first_and_what_is_spoiled_last() -> None:
    spoiled = Worth(material_type="rna", elsewhere=0, spoiled="QC failed")
    copied = Worth(material_type="rna", elsewhere=2, thaws_left=0)
    sturdy = Worth(material_type="dna", elsewhere=0, thaws_left=3, volume_ul=5)
    fragile = Worth(material_type="dna", elsewhere=0, thaws_left=0, volume_ul=5)
    unruled = Worth(material_type="rna", elsewhere=0, volume_ul=5)

    order = sorted([spoiled, copied, sturdy, fragile, unruled], key=key_of)

    assert order == [fragile, sturdy, unruled, copied, spoiled]
    assert reasons_of(fragile) == (
        "nothing of its family in another unit",
        "no thaw left",
        "5 µL left",
    )

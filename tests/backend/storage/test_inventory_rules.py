"""What a physical audit draws, what it counts, and when errors make it look at more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.ids import new_id
from backend.storage import inventory_rules as rules
from backend.storage.ids import InventoryLevel
from backend.storage.inventory_rules import Tally
from backend.storage.rules import BoxShape, Position
from backend.storage.scanning.verdicts import ScanLine, Step, Verdict


def line(verdict: Verdict, found: str = "", expected: str = "") -> ScanLine:
    return ScanLine(
        position="A1",
        line=1,
        verdict=verdict,
        expected=expected,
        found=found,
        sentence="",
        step=Step.NONE,
    )


@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=4),
    st.floats(0.01, 1.0),
    st.integers(0, 2**31),
)
def test_every_unit_gives_its_share_and_the_seed_gives_the_same_again(
    sizes: list[int], share: float, seed: int
) -> None:
    strata = {f"U{number}": [new_id() for _ in range(size)] for number, size in enumerate(sizes)}

    drawn = rules.draw_boxes(strata, share=share, seed=seed)
    again = rules.draw_boxes(
        {label: boxes[::-1] for label, boxes in strata.items()}, share=share, seed=seed
    )

    assert drawn == again
    assert drawn.keys() == strata.keys()
    for label, boxes in drawn.items():
        assert 1 <= len(set(boxes)) == len(boxes) <= len(strata[label])
        assert set(boxes) <= set(strata[label])
        assert len(boxes) >= share * len(strata[label]) - 1e-6


def test_a_tenth_of_thirty_boxes_are_three_and_another_seed_draws_others() -> None:
    boxes = [new_id() for _ in range(30)]

    drawn = {
        seed: frozenset(rules.draw_boxes({"ULT-01": boxes}, share=0.1, seed=seed)["ULT-01"])
        for seed in range(5)
    }

    assert {len(each) for each in drawn.values()} == {3}
    assert len(set(drawn.values())) > 1


def test_drawn_positions_are_taken_ones_in_fill_order() -> None:
    taken = list(BoxShape(9, 9).positions())[:40]

    drawn = rules.draw_positions(taken, count=6, box_id=new_id(), seed=7)

    assert len(drawn) == 6
    assert list(drawn) == sorted(drawn)
    assert set(drawn) <= set(taken)
    assert rules.draw_positions([Position(1, 1)], count=6, box_id=new_id(), seed=7) == (
        Position(1, 1),
    )


def test_a_tube_counts_once_and_what_could_not_be_read_is_neither_right_nor_wrong() -> None:
    counted = rules.tally(
        [
            line(Verdict.MATCH, "T1", "T1"),
            line(Verdict.MOVED_WITHIN, "T2"),
            line(Verdict.MOVED_WITHIN, "", "T2"),  # where T2 had been
            line(Verdict.MISSING, "", "T3"),
            line(Verdict.UNKNOWN_BARCODE, "X9"),
            line(Verdict.NO_READ, "", "T4"),
            line(Verdict.EMPTY),
        ]
    )

    assert counted == Tally(checked=4, correct=1, unread=1)
    assert counted.errors == 3


@pytest.mark.parametrize(
    ("correct", "checked", "low", "high"),
    [
        # By hand from Wilson's formula; 81/263 is Newcombe's example (Statistics in Medicine 17,
        # 1998, table I: 0.2553 to 0.3662), and 0/20 his too (0 to 0.1611).
        (81, 263, 0.2553, 0.3662),
        (0, 20, 0.0, 0.1611),
        (20, 20, 0.8389, 1.0),
    ],
)
def test_accuracy_carries_its_wilson_interval(
    correct: int, checked: int, low: float, high: float
) -> None:
    found = rules.accuracy(Tally(checked=checked, correct=correct))

    assert found is not None
    assert found.share == pytest.approx(correct / checked)
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_nothing_checked_has_no_accuracy() -> None:
    assert rules.accuracy(Tally(unread=4)) is None


@pytest.mark.parametrize(
    ("errors", "facts", "level"),
    [
        (1, {}, None),
        (2, {}, InventoryLevel.RACK),
        (1, {"erred_before": True}, InventoryLevel.RACK),
        (0, {"erred_before": True}, None),
        (1, {"is_part": True}, None),
        (2, {"is_part": True}, InventoryLevel.BOX),
        (2, {"rack_errors": [3, 2]}, InventoryLevel.UNIT),
        (1, {"rack_errors": [3, 1]}, None),
        (1, {"rack_errors": [3, 1], "erred_before": True}, InventoryLevel.UNIT),
        (0, {"rack_errors": [3, 3, 0]}, None),
        (2, {"boxes_in_rack": 1}, InventoryLevel.UNIT),
    ],
)
def test_errors_lead_from_tubes_to_the_box_its_rack_and_its_unit(
    errors: int, facts: dict[str, object], level: InventoryLevel | None
) -> None:
    given_facts: dict[str, object] = {
        "is_part": False,
        "rack_errors": [errors],
        "boxes_in_rack": 8,
        "erred_before": False,
    }

    assert rules.escalation(errors, **(given_facts | facts)) is level

"""The drawings of an index check: what stands in them, and what is said of them."""

from typing import Any

import pytest

from backend.sequencing.indexing.balance import Chemistry, balance
from backend.sequencing.indexing.collisions import Barcode
from dashboard.figures.indexes import (
    balance_in_words,
    distances_in_words,
    index_balance,
    index_distances,
    nearest,
)

APART = (
    Barcode(name="LIB-00A", i7="CCGCGGTT", i5="AGCGCTAG"),
    Barcode(name="LIB-00B", i7="TTATAACC", i5="GATATCGA"),
)
TWIN = Barcode(name="LIB-00C", i7="CCGCGGTA", i5="AGCGCTCC")


def svg(drawn: Any) -> str:
    """Return the markup of a drawing."""
    return str(drawn.to_plotly_json()["props"]["data-svg"])


def test_a_collision_is_red_on_both_sides_of_the_diagonal_and_said() -> None:
    drawn = svg(index_distances([*APART, TWIN]))

    assert drawn.count('class="f-crit"') == 2
    assert drawn.count("f-critt") == 4  # two names, each at a row and a column
    assert distances_in_words([*APART, TWIN]) == (
        "Index distances: 1 collision. LIB-00A and LIB-00C differ in i7 by 1 and i5 by 2: "
        "too few to tell them apart."
    )


def test_one_close_index_alone_is_framed_and_no_collision() -> None:
    other = Barcode(name="LIB-00D", i7="CCGCGGTA", i5="GATATCGA")

    drawn = svg(index_distances([APART[0], other]))

    assert drawn.count('class="ix-close"') == 1
    assert "f-crit" not in drawn
    assert distances_in_words([APART[0], other]) == "Index distances of 2 libraries: no collision."


def test_libraries_without_i5_have_numbers_below_the_diagonal_only() -> None:
    drawn = svg(index_distances([Barcode(name="A", i7="CCGC"), Barcode(name="B", i7="TTAT")]))

    assert drawn.count('class="m tx') == 1


def test_of_many_libraries_the_nearest_are_drawn() -> None:
    many = [
        Barcode(name=f"L{number}", i7=i7, i5="ACGTACGT")
        for number, i7 in enumerate(("AAAAAAAA", "CCCCCCCC", "GGGGGGGG", "GGGGGGGT"))
    ]

    assert [each.name for each in nearest(many, 2)] == ["L2", "L3"]


@pytest.mark.parametrize(("sequences", "frames"), [(["GGAC", "GGTC"], 2), (["ACGT", "TGCA"], 0)])
def test_a_dark_cycle_is_framed(sequences: list[str], frames: int) -> None:
    found = balance(sequences, Chemistry.TWO_CHANNEL_RED_GREEN)

    drawn = svg(index_balance([("i7", found)]))

    assert drawn.count("ix-frame is-crit") == frames


def test_the_words_name_the_read_and_what_is_dark() -> None:
    good = balance(["ACGT", "TGCA"], Chemistry.FOUR_CHANNEL)
    dark = balance(["GG", "GG"], Chemistry.XLEAP)

    told = balance_in_words([("i7", good), ("i5", dark)])

    assert "i7: every cycle has enough light. i5: Cycle 1: only G" in told
    assert "first two cycles are dark" in told


def test_the_heights_are_the_shares_of_planned_reads() -> None:
    found = balance(["A", "C"], Chemistry.FOUR_CHANNEL, reads=[3.0, 1.0])

    drawn = svg(index_balance([("i7", found)]))

    assert 'height="57.50"' in drawn  # three quarters of 78, less the hairline between
    assert 'height="18.50"' in drawn

"""Worked numbers at the bench: volumes, wells, index pairs and lots."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.sequencing.preparation import index_pairs, rules
from backend.sequencing.preparation.ids import PlateShape
from backend.sequencing.preparation.rules import IndexPair, InputFlag, InputWish, LotFacts

# The public example of Sanger's limber: 50 ng in 20 µL, at least 0.2 µL (DOMAIN 2c).
WISH = InputWish(
    least_ng=Decimal(10),
    target_ng=Decimal(50),
    most_ng=Decimal(100),
    volume_ul=Decimal(20),
    pipette_min_ul=Decimal("0.2"),
)
KIT = [
    IndexPair(f"{row}{column}", f"{row}{column}", "A" * 8, None)
    for column in (1, 2, 3)
    for row in "AB"
]
TODAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    ("strength", "volume", "diluent", "mass", "flag"),
    [
        ("1.0", "20", "0", "20", InputFlag.UNDER_TARGET),
        ("56", "0.893", "19.107", "50", InputFlag.ON_TARGET),
        ("3.5", "14.286", "5.714", "50", InputFlag.ON_TARGET),
        ("1.8", "20", "0", "36", InputFlag.UNDER_TARGET),
        ("0", "20", "0", "0", InputFlag.UNDER_MINIMUM),
        ("400", "0.2", "19.8", "80", InputFlag.OVER_TARGET),
        ("600", "0.2", "19.8", "120", InputFlag.OVER_MAXIMUM),
    ],
)
def test_the_worked_example_of_normalising_to_mass(
    strength: str, volume: str, diluent: str, mass: str, flag: InputFlag
) -> None:
    found = rules.normalise(Decimal(strength), WISH)

    assert (found.volume_ul, found.diluent_ul) == (Decimal(volume), Decimal(diluent))
    assert (found.mass_ng, found.flag) == (Decimal(mass), flag)


@given(st.decimals(min_value=0, max_value=10_000, places=3))
def test_a_well_is_always_filled_and_never_under_the_pipette(strength: Decimal) -> None:
    found = rules.normalise(strength, WISH)

    assert found.volume_ul + found.diluent_ul == WISH.volume_ul
    assert WISH.pipette_min_ul <= found.volume_ul <= WISH.volume_ul


@pytest.mark.parametrize("shape", PlateShape)
def test_wells_are_numbered_down_the_columns(shape: PlateShape) -> None:
    rows = rules.SHAPES[shape].rows

    labels = [rules.well_of(place, shape).label for place in range(1, rows + 2)]

    assert (labels[0], labels[1], labels[-1]) == ("A1", "B1", "A2")
    for place in range(1, rules.SHAPES[shape].capacity + 1):
        assert rules.place_of(rules.well_of(place, shape).label, shape) == place


def test_a_well_that_the_plate_lacks_is_none() -> None:
    assert rules.place_of("A01", PlateShape.STRIPS_24) == 1
    assert rules.place_of(" h12 ", PlateShape.PLATE_96) == 96
    assert rules.place_of("E1", PlateShape.STRIPS_24) is None
    assert rules.place_of("A13", PlateShape.PLATE_96) is None
    assert rules.place_of("Sample 1", PlateShape.PLATE_96) is None


def test_pairs_come_from_the_next_free_column_of_the_kit() -> None:
    chosen = rules.next_pairs(KIT, {"A1": 1, "B1": 1, "A2": 1}, 2)

    assert [pair.well for pair in chosen] == ["A3", "B3"]


def test_a_kit_that_is_used_up_begins_again_and_a_column_may_be_picked() -> None:
    once = {pair.well: 1 for pair in KIT}

    assert [pair.well for pair in rules.next_pairs(KIT, once, 3)] == ["A1", "B1", "A2"]
    assert [pair.well for pair in rules.next_pairs(KIT, {}, 3, first_column=3)] == [
        "A3",
        "B3",
        "A1",
    ]
    assert len(rules.next_pairs(KIT, {}, 9)) == 6


def test_two_wells_with_one_pair_are_named() -> None:
    said = rules.repeated_pairs(
        {"A1": ("ACGT", "TTTT"), "B1": ("ACGT", "TTTT"), "C1": ("ACGT", None)}
    )

    assert said == ["A1 and B1 have one pair of indexes, ACGT and TTTT. Give each its own."]


@pytest.mark.parametrize(
    ("expires_on", "left", "said"),
    [
        (date(2026, 11, 28), 10, "Lot 7 of Ligase expired on 28 Nov 2026. Choose another lot."),
        (TODAY, 0, "Lot 7 of Ligase is used up. Choose another lot."),
        (TODAY, 1, "1 reaction is left and 8 are needed"),
        (TODAY, 8, None),
    ],
)
def test_a_lot_is_refused_when_expired_used_up_or_too_small(
    expires_on: date, left: int, said: str | None
) -> None:
    lot = LotFacts(kit="Ligase", lot="7", expires_on=expires_on, reactions_left=left)

    refusal = rules.lot_refusal(lot, today=TODAY, reactions=8)

    assert refusal == said if said is None else said in (refusal or "")


def test_pasted_pairs_are_read_in_any_of_the_usual_forms() -> None:
    pairs, faults = index_pairs.read_pairs("a01\tU1\tccgcggtt\tAGCGCTAG\n\nB1; U2; TTATAACC\n")

    assert faults == []
    assert pairs == [
        IndexPair("A1", "U1", "CCGCGGTT", "AGCGCTAG"),
        IndexPair("B1", "U2", "TTATAACC", None),
    ]
    assert index_pairs.read_pairs(index_pairs.written(pairs)) == (pairs, [])


def test_every_line_that_is_no_pair_is_named() -> None:
    _, faults = index_pairs.read_pairs(
        "A1 U1\nZ9, U2, ACGT\nB1, U3, ACGU\nC1, U4, ACGTA\nC1, U5, ACGTT"
    )

    assert [fault.split(":")[0] for fault in faults[:3]] == ["Line 1", "Line 2", "Line 3"]
    assert faults[3] == "C1 stand twice in the kit. Keep one line of each."

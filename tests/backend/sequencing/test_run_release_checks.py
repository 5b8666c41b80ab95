"""What is checked before a run is released: each verdict with its sentence."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from backend.sequencing.ids import I5Orientation
from backend.sequencing.indexing.colours import Chemistry
from backend.sequencing.indexing.picking import KitIndex
from backend.sequencing.released.checks import check_run, failing
from backend.sequencing.released.facts import Check, PoolFact, RunFacts
from backend.sequencing.released.ids import CheckKind, CheckVerdict
from backend.sequencing.released.ways_out import LaneMove, ways_out
from backend.sequencing.views import LaneLibrary
from tests.factories.sequencing import INDEX_PAIRS

REVERSED = I5Orientation.REVERSE_COMPLEMENT
GOOD = CheckVerdict.PASS


def library(
    number: int, lane: int, index: tuple[str, str | None], *, pool: str = "P-0001", reads: int = 100
) -> LaneLibrary:
    return LaneLibrary(
        lane=lane,
        pool_code=pool,
        request_code="SQ-0001",
        project_code="HELIX-2",
        sample_id=UUID(int=number),
        barcode=f"LIB-{number:04d}",
        name=f"Library {number}",
        index_i7=index[0],
        index_i5=index[1],
        reads_millions=Decimal(reads),
        read_length=151,
    )


LANE = [library(number, 1, pair) for number, pair in enumerate(INDEX_PAIRS[:4], start=1)]


def checked(libraries: Sequence[LaneLibrary] = tuple(LANE), **facts: Any) -> dict[CheckKind, Check]:
    loads: dict[int, float] = {}
    for each in libraries:
        loads[each.lane] = loads.get(each.lane, 0) + float(each.reads_millions)
    values: dict[str, Any] = {
        "lanes": 8,
        "usable_millions": 1000.0,
        "orientation": REVERSED,
        "chemistry": Chemistry.XLEAP,
        "libraries": libraries,
        "pools": [PoolFact(code="P-0001", phix_percent=Decimal(1), molarity_nm=Decimal(4))],
        "loads": loads,
        "today": date(2026, 12, 1),
    }
    return {each.kind: each for each in check_run(RunFacts(**(values | facts)))}


def test_a_run_in_order_passes_all_but_what_nobody_said() -> None:
    found = checked(chemistry=Chemistry.ONE_CHANNEL)

    unknown = {kind for kind, each in found.items() if each.verdict is CheckVerdict.UNKNOWN}
    assert unknown == {CheckKind.REAGENTS, CheckKind.FLOW_CELL, CheckKind.OPERATOR}
    assert failing(list(found.values())) == []
    assert {each.verdict for kind, each in found.items() if kind not in unknown} == {GOOD}
    assert found[CheckKind.INDEX_LENGTH].title == "Index length 8 + 8"


def test_a_colliding_lane_fails_and_names_the_pair() -> None:
    i7, i5 = INDEX_PAIRS[0]
    twin = library(9, 1, (i7, i5))

    found = checked([*LANE, twin])[CheckKind.COLLISIONS]

    assert (found.verdict, found.lane) == (CheckVerdict.FAIL, 1)
    assert found.title == "Index collisions, lane 1"
    assert found.sentences == ("Lane 1: LIB-0001 and LIB-0009 have the same index.",)


def test_a_collision_that_stricter_reading_ends_says_so() -> None:
    i7, i5 = INDEX_PAIRS[0]
    near = library(9, 1, (f"{i7[:-2]}AA", i5))

    found = checked([*LANE, near])[CheckKind.COLLISIONS]

    assert found.verdict is CheckVerdict.FAIL
    assert any("all would be told apart" in each for each in found.sentences)


def test_the_same_index_in_two_lanes_is_no_collision() -> None:
    other = library(9, 2, INDEX_PAIRS[0])

    found = checked([*LANE, other])[CheckKind.COLLISIONS]

    assert found.verdict is GOOD


def test_a_dark_cycle_fails_in_the_direction_in_which_it_is_read() -> None:
    # i5 ends with C, so a sequencer that reads it reversed begins with G.
    dark = [library(1, 3, ("ACGTACGT", "AAAAAAAC")), library(2, 3, ("TGCATGCA", "TTTTTTTC"))]

    turned = checked(dark)[CheckKind.BALANCE]
    straight = checked(dark, orientation=I5Orientation.FORWARD)[CheckKind.BALANCE]

    assert (turned.verdict, turned.lane) == (CheckVerdict.FAIL, 3)
    assert "Lane 3, i5: cycle 1: only G" in turned.sentences[0]
    assert all("cycle 1:" not in each for each in straight.sentences)


def test_a_library_alone_in_its_lane_is_warned_of_and_not_refused() -> None:
    found = checked([library(1, 1, ("GGGGGGGG", None))])[CheckKind.BALANCE]

    assert found.verdict is CheckVerdict.WARNING


def test_colours_that_are_not_known_are_said_to_be_unknown() -> None:
    assert checked(chemistry=None)[CheckKind.BALANCE].verdict is CheckVerdict.UNKNOWN


KIT = {"Set A": [KitIndex(f"U{n}", i7, i5) for n, (i7, i5) in enumerate(INDEX_PAIRS, start=1)]}


def test_a_lane_that_collides_is_told_which_library_to_prepare_again() -> None:
    found = checked([*LANE, library(9, 1, INDEX_PAIRS[0])], kits=KIT)[CheckKind.COLLISIONS]

    assert found.sentences == (
        "Lane 1: LIB-0001 and LIB-0009 have the same index.",
        "Lane 1: Give LIB-0001 U5 instead. It is prepared again with indexes of Set A.",
    )


def test_a_dark_lane_is_told_which_library_to_prepare_again() -> None:
    dark = [library(1, 3, ("GGTAACCA", "AGCGCTAG")), library(2, 3, ("GGCTTAAC", "GATATCGA"))]
    there = {"Set A": [KitIndex("X1", dark[0].index_i7, "AGCGCTAG"), *KIT["Set A"]]}

    found = checked(dark, kits=there, chemistry=Chemistry.ONE_CHANNEL)[CheckKind.BALANCE]

    assert found.verdict is CheckVerdict.FAIL
    assert "instead. It is prepared again with indexes of Set A." in found.sentences[-1]
    assert found.sentences[-1].startswith("Lane 3: Give LIB-000")
    assert not any("instead" in each for each in checked(dark)[CheckKind.BALANCE].sentences)


def test_a_shared_i7_is_warned_of_where_adapters_hop() -> None:
    (i7, i5), (_, other) = INDEX_PAIRS[:2]
    shared = [library(1, 2, (i7, i5)), library(2, 2, (i7, other))]

    warned = checked(shared, is_patterned=True)[CheckKind.COLLISIONS]

    assert warned.verdict is CheckVerdict.WARNING
    assert warned.sentences == (
        (
            f"Lane 2: LIB-0001, LIB-0002 share the i7 {i7}; some of their reads swap on a "
            "patterned flow cell. Unique dual indexes do not."
        ),
    )
    assert checked(shared)[CheckKind.COLLISIONS].verdict is GOOD
    assert checked(LANE, is_patterned=True)[CheckKind.COLLISIONS].verdict is GOOD


@pytest.mark.parametrize(
    ("phix", "asked", "of_make", "said"),
    [
        ("1", {"16S": "5"}, None, "P-0001 has 1 % and 16S needs 5 % at least on this sequencer."),
        ("5", {"16S": "5"}, "10", "P-0001 has 5 % and 16S needs 10 % at least on this sequencer."),
        ("5", {"16S": "5"}, "5", ""),
        ("1", {"Exome": "1"}, "10", ""),  # a balanced library needs no more on any make
        ("1", {}, "10", ""),
    ],
)
def test_a_pool_of_low_diversity_has_the_phix_that_its_assay_and_make_ask_for(
    phix: str, asked: dict[str, str], of_make: str | None, said: str
) -> None:
    pool = PoolFact(
        code="P-0001",
        phix_percent=Decimal(phix),
        molarity_nm=Decimal(4),
        asked_phix={name: Decimal(share) for name, share in asked.items()},
    )

    found = checked(pools=[pool], low_diversity_phix=None if of_make is None else Decimal(of_make))

    assert found[CheckKind.PHIX].sentences == ((said,) if said else ())
    expected = CheckVerdict.WARNING if said else GOOD
    assert found[CheckKind.PHIX].verdict is expected


def test_more_reads_than_a_lane_yields_fail() -> None:
    found = checked([library(1, 2, INDEX_PAIRS[0], reads=1001)])[CheckKind.READS]

    assert found.verdict is CheckVerdict.FAIL
    assert found.sentences == ("Lane 2 would need 1,001 M reads; it yields 1,000 M.",)


def test_empty_lanes_are_said_and_allowed() -> None:
    found = checked(lanes=3)[CheckKind.READS]

    assert (found.verdict, found.sentences) == (GOOD, ("Lanes 2 and 3 stay empty.",))


def test_a_run_without_anything_on_it_fails() -> None:
    assert checked([])[CheckKind.READS].verdict is CheckVerdict.FAIL


def test_indexes_of_two_lengths_are_warned_of() -> None:
    found = checked([*LANE, library(9, 2, ("ACGTAC", None))])[CheckKind.INDEX_LENGTH]

    assert found.verdict is CheckVerdict.WARNING
    assert "i7 has 6 and 8 bases and i5 0 and 8" in found.sentences[0]


@pytest.mark.parametrize(
    ("phix", "molarity", "kind", "verdict"),
    [
        ("0", "4", CheckKind.PHIX, CheckVerdict.WARNING),
        ("1", "4", CheckKind.PHIX, GOOD),
        ("1", None, CheckKind.MOLARITY, CheckVerdict.UNKNOWN),
        ("1", "4", CheckKind.MOLARITY, GOOD),
    ],
)
def test_what_is_known_of_the_pools(
    phix: str, molarity: str | None, kind: CheckKind, verdict: CheckVerdict
) -> None:
    pool = PoolFact(
        code="P-0001",
        phix_percent=Decimal(phix),
        molarity_nm=None if molarity is None else Decimal(molarity),
    )

    assert checked(pools=[pool])[kind].verdict is verdict


@pytest.mark.parametrize(
    ("expiry", "verdict"),
    [
        (None, CheckVerdict.UNKNOWN),
        (date(2026, 11, 30), CheckVerdict.FAIL),
        (date(2026, 12, 1), GOOD),
    ],
)
def test_reagents_are_good_until_their_day(expiry: date | None, verdict: CheckVerdict) -> None:
    assert checked(reagents_expire_on=expiry)[CheckKind.REAGENTS].verdict is verdict


def test_samples_on_hold_and_errors_of_the_sheet_stand_in_the_way() -> None:
    found = checked(unusable=["LIB-0001 is on hold."], sheet_errors=["Line 4: no."])

    assert {each.kind for each in failing(list(found.values()))} == {
        CheckKind.SAMPLES,
        CheckKind.SHEET,
    }


def test_a_nanopore_has_no_index_reads_to_be_judged() -> None:
    found = checked(is_indexed=False)

    assert not {CheckKind.COLLISIONS, CheckKind.BALANCE, CheckKind.INDEX_LENGTH} & set(found)


def test_the_ways_out_of_a_collision_are_moves_that_end_it() -> None:
    first = [library(1, 1, INDEX_PAIRS[0], pool="P-0001")]
    second = [library(2, 1, INDEX_PAIRS[0], pool="P-0002", reads=50)]
    there = [library(3, 2, INDEX_PAIRS[0], pool="P-0003")]

    found = ways_out([*first, *second, *there], REVERSED, lanes=3, usable_millions=1000, most=9)

    # Lane 2 holds the index too; the lighter pool leaves lane 3 emptier.
    assert found == [LaneMove("P-0002", 1, 3, 0.05), LaneMove("P-0001", 1, 3, 0.1)]


def test_there_is_no_way_out_where_no_lane_has_room() -> None:
    pair = [
        library(1, 1, INDEX_PAIRS[0], pool="P-0001", reads=900),
        library(2, 1, INDEX_PAIRS[0], pool="P-0002", reads=900),
    ]

    assert ways_out(pair, REVERSED, lanes=2, usable_millions=800) == []
    assert ways_out(LANE, REVERSED, lanes=2, usable_millions=800) == []

"""Light per cycle by chemistry, counted against published sets; picking and mending a lane."""

import os
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.sequencing.ids import I5Orientation
from backend.sequencing.indexing.balance import balance, dark_and_doubtful
from backend.sequencing.indexing.collisions import Barcode, clashes
from backend.sequencing.indexing.colours import (
    USUAL_COLOURS,
    WITHOUT_CHANNELS,
    Chemistry,
    Verdict,
    why_impossible,
)
from backend.sequencing.indexing.orientation import (
    as_sequenced,
    diagnose,
    i5_reading,
    reverse_complement,
)
from backend.sequencing.indexing.picking import KitIndex, Light, pick, smallest_repair

KITS = Path(__file__).parents[4] / "shared" / "data" / "index_kits"
SIX = [
    "ATCACG",
    "CGATGT",
    "TTAGGC",
    "TGACCA",
    "ACAGTG",
    "GCCAAT",
    "CAGATC",
    "ACTTGA",
    "GATCAG",
    "TAGCTT",
    "GGCTAC",
    "CTTGTA",
    "AGTCAA",
    "AGTTCC",
    "ATGTCA",
    "CCGTCC",
    "GTCCGC",
    "GTGAAA",
    "GTGGCC",
    "GTTTCG",
    "CGTACG",
    "GAGTGG",
    "ACTGAT",
    "ATTCCT",
]
FOUR, TWO = Chemistry.FOUR_CHANNEL, Chemistry.TWO_CHANNEL_RED_GREEN


def lit(indexes: tuple[str, ...], chemistry: Chemistry) -> bool:
    """Say whether no cycle fails."""
    return dark_and_doubtful(indexes, chemistry)[0] == 0


@pytest.mark.parametrize(("size", "four", "two"), [(2, 3, 184), (3, 339, 1875), (4, 4712, 10481)])
def test_as_many_sets_of_the_24_six_base_indexes_are_fit_as_published(
    size: int, four: int, two: int
) -> None:
    sets = list(combinations(SIX, size))

    assert sum(lit(each, FOUR) for each in sets) == four
    assert sum(lit(each, TWO) for each in sets) == two


real_kits = pytest.mark.skipif(
    not KITS.is_dir(), reason=f"the folder of index kits is not here ({os.path.relpath(KITS)})"
)


def udi(name: str) -> list[str]:
    """Return the 96 unique dual indexes of one side."""
    text = (KITS / f"checkMyIndex_index96_UDI-{name}.txt").read_text()
    return [line.split()[1] for line in text.splitlines() if line]


@real_kits
@pytest.mark.slow
def test_as_many_triples_of_the_96_dual_indexes_are_fit_as_published() -> None:
    assert sum(lit(each, FOUR) for each in combinations(udi("i7"), 3)) == 17340


@real_kits
@pytest.mark.parametrize(("name", "four", "two"), [("i7", 68, 2699), ("i5", 68, 2642)])
def test_as_many_pairs_of_the_96_dual_indexes_are_fit_as_published(
    name: str, four: int, two: int
) -> None:
    pairs = list(combinations(udi(name), 2))

    assert len(pairs) == 4560
    assert sum(lit(each, FOUR) for each in pairs) == four
    assert sum(lit(each, TWO) for each in pairs) == two


@pytest.mark.parametrize(
    ("chemistry", "column", "verdict"),
    [
        (FOUR, "AC", Verdict.ERROR),  # the green laser sees nothing
        (FOUR, "AG", Verdict.GOOD),
        (TWO, "GG", Verdict.ERROR),
        (TWO, "GC", Verdict.WARNING),  # red only
        (TWO, "GA", Verdict.GOOD),  # A lights both
        (Chemistry.TWO_CHANNEL_BLUE_GREEN, "GT", Verdict.WARNING),
        (Chemistry.XLEAP, "GA", Verdict.WARNING),  # blue only, unlike the older chemistry
        (Chemistry.XLEAP, "GC", Verdict.GOOD),  # C lights both
        (Chemistry.XLEAP, "GG", Verdict.ERROR),
        (Chemistry.ONE_CHANNEL, "GG", Verdict.ERROR),
        (Chemistry.ONE_CHANNEL, "GC", Verdict.GOOD),
        (Chemistry.AVIDITY, "GG", Verdict.WARNING),
        (Chemistry.AVIDITY, "GA", Verdict.GOOD),
    ],
)
def test_a_cycle_is_judged_by_what_its_chemistry_lights(
    chemistry: Chemistry, column: str, verdict: Verdict
) -> None:
    assert balance(list(column), chemistry).cycles[0].verdict is verdict


@given(st.lists(st.text("ACGT", min_size=6, max_size=6), min_size=1, max_size=6))
def test_two_channels_fail_exactly_where_every_library_has_g(indexes: list[str]) -> None:
    failed = [
        cycle.cycle
        for cycle in balance(indexes, Chemistry.XLEAP).cycles
        if cycle.verdict is Verdict.ERROR
    ]

    assert failed == [n + 1 for n in range(6) if "".join(i[n] for i in indexes).strip("G") == ""]


@pytest.mark.parametrize(
    ("indexes", "verdict"),
    [
        (["GGAA", "GGTT"], Verdict.ERROR),
        (["GGAA", "GGTT", "GGCC"], Verdict.WARNING),
        (["GGAA", "AGTT"], Verdict.GOOD),
    ],
)
def test_indexes_that_all_start_with_gg_are_dark_at_first(
    indexes: list[str], verdict: Verdict
) -> None:
    assert balance(indexes, Chemistry.XLEAP).start is verdict
    assert balance(indexes, FOUR).start is Verdict.GOOD


@given(st.lists(st.text("ACGT", min_size=1, max_size=5), min_size=1, max_size=5))
def test_counting_cycles_agrees_with_judging_each(indexes: list[str]) -> None:
    for chemistry in Chemistry:
        judged = balance(indexes, chemistry)

        assert dark_and_doubtful(indexes, chemistry) == (
            judged.count(Verdict.ERROR),
            judged.count(Verdict.WARNING),
        )


def test_shares_are_of_planned_reads_and_phix_mends_no_dark_cycle() -> None:
    cycle = balance(["A", "G"], FOUR, reads=[30, 10]).cycles[0]
    assert cycle.base_shares == {"A": 0.75, "C": 0.0, "G": 0.25, "T": 0.0}
    assert cycle.channel_shares == {"green": 0.25, "red": 0.75}

    dark = balance(["G"], TWO, phix_share=0.2).cycles[0]
    assert dark.base_shares["G"] == pytest.approx(0.85)
    assert dark.verdict is Verdict.ERROR
    assert "only G" in dark.sentence


def test_what_is_no_base_or_has_no_reads_is_refused() -> None:
    with pytest.raises(ValueError, match="N is no base"):
        balance(["AN"], TWO)
    with pytest.raises(ValueError, match="more than 0"):
        balance(["A"], TWO, reads=[0])


def test_each_base_lights_its_own_channels() -> None:
    for chemistry, colours in USUAL_COLOURS.items():
        if chemistry not in WITHOUT_CHANNELS:
            assert len(set(colours.lights)) == (2 if chemistry is FOUR else 4), chemistry
        assert why_impossible(colours) == ""


@given(st.text("ACGT", max_size=12))
def test_turning_an_index_round_twice_changes_nothing(bases: str) -> None:
    assert reverse_complement(reverse_complement(bases)) == bases
    assert as_sequenced(bases, I5Orientation.FORWARD) == bases


@pytest.mark.parametrize(
    ("instrument", "orientation"),
    [
        ("MiSeq", I5Orientation.FORWARD),
        ("MiSeq i100", I5Orientation.REVERSE_COMPLEMENT),
        ("NovaSeqXPlus", I5Orientation.REVERSE_COMPLEMENT),
        ("NextSeq1000/2000", I5Orientation.REVERSE_COMPLEMENT),
        ("NovaSeq 6000 v1.5", I5Orientation.REVERSE_COMPLEMENT),
        ("NovaSeq 6000 v1.0", I5Orientation.FORWARD),
        ("HiSeq 2500", I5Orientation.FORWARD),
        ("HiSeq 4000", I5Orientation.REVERSE_COMPLEMENT),
    ],
)
def test_the_table_says_how_an_instrument_reads_i5(
    instrument: str, orientation: I5Orientation
) -> None:
    found = i5_reading(instrument)

    assert found is not None
    assert (found.orientation, found.source) == (orientation, "table")


def test_run_info_is_trusted_over_the_table_and_a_novaseq_6000_alone_says_nothing() -> None:
    found = i5_reading("NovaSeq X", run_info_reversed=False)

    assert found is not None
    assert (found.orientation, found.source) == (I5Orientation.FORWARD, "RunInfo")
    assert i5_reading("NovaSeq 6000") is None


def test_a_wrong_orientation_is_seen_in_the_unknown_barcodes() -> None:
    sheet = ["AACCGGTC", "TTAGGCAA"]
    unknown = {reverse_complement(sheet[0]): 600, reverse_complement(sheet[1]): 330, "ACACACAC": 70}

    found = diagnose(sheet, unknown)
    assert found.is_reversed
    assert found.sentence.startswith("93% of unknown reads")
    assert not diagnose(sheet, {"ACACACAC": 5}).is_reversed
    assert not diagnose(sheet, {}).is_reversed


def kit(indexes: list[str]) -> list[KitIndex]:
    return [KitIndex(f"N{place:02}", index) for place, index in enumerate(indexes, start=1)]


def test_two_of_24_are_picked_among_the_three_pairs_that_four_channels_can_see() -> None:
    found = pick(kit(SIX), 2, light=Light(chemistry=FOUR))

    assert found.exact
    assert found.dark == 0
    assert lit(tuple(each.i7 for each in found.indexes), FOUR)
    assert found == pick(kit(SIX), 2, light=Light(chemistry=FOUR))
    assert "every cycle is balanced" in found.sentence


def test_a_set_too_large_to_try_all_is_told_apart_lit_and_proven() -> None:
    found = pick(kit(SIX), 12, light=Light(chemistry=FOUR))

    assert found.exact
    assert found.dark == 0
    assert found.distance is not None
    assert found.distance >= 3
    assert not clashes([Barcode(name=each.name, i7=each.i7) for each in found.indexes])


@given(
    st.lists(st.text("ACGT", min_size=4, max_size=4), min_size=3, max_size=6, unique=True),
    st.integers(2, 3),
)
def test_no_set_of_a_small_kit_is_better_than_the_picked_one(
    indexes: list[str], count: int
) -> None:
    found = pick(kit(indexes), count, light=Light(chemistry=TWO))

    def nearest(chosen: tuple[str, ...]) -> int:
        return min(
            sum(x != y for x, y in zip(a, b, strict=True)) for a, b in combinations(chosen, 2)
        )

    best = max(min(nearest(each), 3) for each in combinations(indexes, count))
    assert found.distance is not None
    assert min(found.distance, 3) == best
    as_far = [each for each in combinations(indexes, count) if min(nearest(each), 3) == best]
    assert found.dark <= min(balance(each, TWO).count(Verdict.ERROR) for each in as_far)


def test_more_than_a_kit_has_cannot_be_picked() -> None:
    with pytest.raises(ValueError, match="kit of 24"):
        pick(kit(SIX), 25, light=Light(chemistry=TWO))


def test_the_smallest_repair_swaps_one_index() -> None:
    names = {each.i7: each.name for each in kit(SIX)}
    lane = [
        Barcode(name="S1", i7="ATCACG"),
        Barcode(name="S2", i7="ATCACG"),
        Barcode(name="S3", i7="TGACCA"),
    ]

    found = smallest_repair(lane, kit(SIX), light=Light(chemistry=TWO))

    assert found is not None
    assert [each.library for each in found.swaps] == ["S1"]
    assert found.sentence == f"Give S1 {found.swaps[0].index.name} instead."
    assert found.swaps[0].index.name not in (names["ATCACG"], names["TGACCA"])


def test_three_collisions_at_once_are_mended_one_after_another() -> None:
    lane = [
        Barcode(name=f"S{place}", i7=index)
        for place, index in enumerate((*SIX[:3], *SIX[:3]), start=1)
    ]

    found = smallest_repair(lane, kit(SIX), light=Light(chemistry=TWO))

    assert found is not None
    assert [each.library for each in found.swaps] == ["S4", "S5", "S6"]
    new = {each.library: each.index.i7 for each in found.swaps}
    assert not clashes([Barcode(name=each.name, i7=new.get(each.name, each.i7)) for each in lane])
    assert not set(new.values()) & set(SIX[:3])


def test_a_dark_cycle_is_mended_and_a_good_lane_is_left_alone() -> None:
    dark = [Barcode(name="S1", i7="GGTAAC"), Barcode(name="S2", i7="GGCTTA")]
    light = Light(chemistry=TWO)

    found = smallest_repair(dark, kit(SIX), light=light)
    assert found is not None
    assert len(found.swaps) == 1
    assert smallest_repair([Barcode(name="S1", i7="ATCACA")], kit(SIX), light=light) is None


def test_without_a_free_index_stricter_allowances_are_proposed() -> None:
    lane = [Barcode(name="S1", i7="ATCACA"), Barcode(name="S2", i7="ATCATT")]

    found = smallest_repair(lane, [], light=Light(chemistry=TWO))

    assert found is not None
    assert found.relaxation is not None
    assert found.relaxation.mismatches_i7 == 0
    assert smallest_repair([lane[0], lane[0]], [], light=Light(chemistry=TWO)) is None


def test_i5_is_judged_in_the_direction_in_which_it_is_read() -> None:
    # Reversed, both i5 start with GG; forward, they end with CC, which lights the red channel.
    lane = [
        Barcode(name="S1", i7="ATCACG", i5="ATCTCC"),
        Barcode(name="S2", i7="TGACCA", i5="TGAACC"),
    ]
    forward = Light(chemistry=TWO)
    turned = Light(chemistry=TWO, i5_orientation=I5Orientation.REVERSE_COMPLEMENT)

    assert smallest_repair(lane, [], light=forward) is None
    spare = [KitIndex("X", "CAGATC", "CAGATA")]
    found = smallest_repair(lane, spare, light=turned)
    assert found is not None
    assert found.swaps[0].index.name == "X"

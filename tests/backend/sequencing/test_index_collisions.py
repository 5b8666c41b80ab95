"""Which libraries the demultiplexer cannot tell apart, against an independent brute force."""

from dataclasses import replace
from functools import cache
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.sequencing.indexing.collisions import (
    AFTER_I5_REVERSED,
    AFTER_I7,
    Barcode,
    Relaxation,
    clash,
    clashes,
    distances,
    padded,
    relaxed,
    reused_i7,
    reversed_mates,
)

three = st.text("ACGT", min_size=3, max_size=3)
allowance = st.integers(0, 2)
lane = st.lists(st.tuples(three, three), min_size=2, max_size=6)


@cache
def forgiven(index: str, mismatches: int) -> set[str]:
    """Return every read that a demultiplexer takes for ``index``, by writing all of them out."""
    reads = ("".join(letters) for letters in product("ACGT", repeat=len(index)))
    return {
        read
        for read in reads
        if len([None for a, b in zip(read, index, strict=True) if a != b]) <= mismatches
    }


@pytest.mark.parametrize(
    ("i7", "i5", "collides"),
    [
        ("AAAAAAAA", "CCCCCCCC", True),  # the same pair
        ("AAAAAATT", "CCCCCCGG", True),  # 2 and 2, which the rule of sums lets pass
        ("AAAAATTT", "CCCCCCCC", False),
        ("AAAAAAAA", "CCCCCGGG", False),
        ("AAAAAATT", "", True),  # without i5 only i7 counts
        ("AAAAATTT", "", False),
    ],
)
def test_mismatches_are_allowed_per_index_and_never_summed(
    i7: str, i5: str, *, collides: bool
) -> None:
    first = Barcode(name="A", i7="AAAAAAAA", i5="CCCCCCCC")

    assert (clash(first, Barcode(name="B", i7=i7, i5=i5)) is not None) is collides


@given(st.tuples(three, three), st.tuples(three, three), allowance, allowance)
def test_a_pair_collides_exactly_when_some_read_could_be_given_to_both(
    one: tuple[str, str], other: tuple[str, str], m7: int, m5: int
) -> None:
    (a7, a5), (b7, b5) = one, other
    first = Barcode(name="A", i7=a7, i5=a5, mismatches_i7=m7, mismatches_i5=m5)
    second = replace(first, name="B", i7=b7, i5=b5)

    i7_shared = bool(forgiven(a7, m7) & forgiven(b7, m7))
    i5_shared = bool(forgiven(a5, m5) & forgiven(b5, m5))
    assert (clash(first, second) is not None) is (i7_shared and i5_shared)
    assert (clash(first, second, independent=True) is not None) is (i7_shared or i5_shared)


@given(three, three, allowance, allowance)
def test_allowances_of_two_samples_add_up(one: str, other: str, m_one: int, m_other: int) -> None:
    first = Barcode(name="A", i7=one, mismatches_i7=m_one)
    second = Barcode(name="B", i7=other, mismatches_i7=m_other)

    shared = forgiven(one, m_one) & forgiven(other, m_other)
    assert (clash(first, second) is not None) is bool(shared)


@given(lane)
def test_every_pair_of_a_lane_is_compared_once(pairs: list[tuple[str, str]]) -> None:
    barcodes = [Barcode(name=f"S{n}", i7=i7, i5=i5) for n, (i7, i5) in enumerate(pairs)]

    found = {(each.first, each.second) for each in clashes(barcodes)}
    expected = {
        (a.name, b.name)
        for a, b in combinations(barcodes, 2)
        if forgiven(a.i7, 1) & forgiven(b.i7, 1) and forgiven(a.i5, 1) & forgiven(b.i5, 1)
    }
    assert found == expected
    assert len(found) == len(clashes(barcodes))


@given(
    pairs=st.lists(st.tuples(three, three | st.just("")), min_size=16, max_size=24),
    is_dual=st.booleans(),
    independent=st.booleans(),
)
def test_many_are_compared_at_once_with_the_same_result(
    pairs: list[tuple[str, str]], *, is_dual: bool, independent: bool
) -> None:
    barcodes = [
        Barcode(name=f"S{n}", i7=i7, i5=(i5 or "AAA") if is_dual else i5, mismatches_i7=n % 3)
        for n, (i7, i5) in enumerate(pairs)
    ]

    one_by_one = [
        clash(a, b, independent=independent)
        for a, b in combinations(barcodes, 2)
        if clash(a, b, independent=independent) is not None
    ]
    assert clashes(barcodes, independent=independent) == one_by_one


@given(lane)
def test_what_relaxing_proposes_leaves_no_collision_and_gives_up_as_little_as_it_can(
    pairs: list[tuple[str, str]],
) -> None:
    barcodes = [Barcode(name=f"S{n}", i7=i7, i5=i5) for n, (i7, i5) in enumerate(pairs)]

    def fine(m7: int, m5: int) -> bool:
        return not any(
            forgiven(a.i7, m7) & forgiven(b.i7, m7) and forgiven(a.i5, m5) & forgiven(b.i5, m5)
            for a, b in combinations(barcodes, 2)
        )

    possible = [(m7, m5) for m7 in (0, 1) for m5 in (0, 1) if fine(m7, m5)]
    found = relaxed(barcodes)
    if not possible:
        assert found is None
    else:
        assert found is not None
        assert (found.mismatches_i7, found.mismatches_i5) in possible
        assert found.mismatches_i7 + found.mismatches_i5 == max(map(sum, possible))


def test_relaxing_keeps_i7_before_i5() -> None:
    barcodes = [
        Barcode(name="A", i7="AAAAAAAA", i5="CCCCCCCC"),
        Barcode(name="B", i7="AAAAAATT", i5="CCCCCCGG"),
    ]

    assert relaxed(barcodes) == Relaxation(1, 0)


def test_a_shorter_index_is_compared_over_its_own_length_and_it_is_said() -> None:
    found = clash(Barcode(name="A", i7="ATCACG"), Barcode(name="B", i7="ATCACGAT"))

    assert found is not None
    assert found.unequal
    assert found.i7 is not None
    assert (found.i7.differing, found.i7.cycles) == (0, 6)


def told_of(first: Barcode, second: Barcode) -> str:
    found = clash(first, second)
    assert found is not None
    return found.sentence


def test_the_sentence_names_both_how_close_they_are_and_what_would_do() -> None:
    first = Barcode(name="LIB-1", i7="AAAAAAAA", i5="CCCCCCCC")

    assert told_of(first, replace(first, name="LIB-2", i7="AAAAAAAT", i5="CCCCCCGG")) == (
        "LIB-1 and LIB-2 cannot be told apart: i7 differs in 1 of 8 cycles and i5 in 2 of 8, "
        "3 are needed in one of them"
    )
    assert told_of(replace(first, i7="AAAAAAAAGG", i5=""), replace(first, name="LIB-2")) == (
        "LIB-1 and LIB-2 cannot be told apart: i7 differs in 0 of 8 cycles, 3 are needed"
    )
    assert told_of(first, replace(first, name="LIB-2")) == "LIB-1 and LIB-2 have the same index"


def test_the_sentence_names_what_each_index_needs_where_they_forgive_unequally() -> None:
    strict = Barcode(name="A", i7="AAAAAAAA", i5="CCCCCCCC", mismatches_i5=0)

    assert told_of(strict, replace(strict, name="B", i7="AAAAAAAT")) == (
        "A and B cannot be told apart: i7 differs in 1 of 8 cycles and i5 in 0 of 8, "
        "3 are needed in i7 or 1 in i5"
    )


def test_a_shorter_index_reads_on_into_the_adapter() -> None:
    assert padded("ATCACG", 8, AFTER_I7) == "ATCACGAT"
    assert padded("TATAGCCT", 10, AFTER_I5_REVERSED) == "TATAGCCTGT"
    assert padded("ATCACGAT", 6, AFTER_I7) == "ATCACG"
    with pytest.raises(ValueError, match="more than"):
        padded("ATCACG", 80, AFTER_I7)


def test_libraries_without_any_index_in_common_cannot_share_a_lane() -> None:
    found = clash(Barcode(name="A", i7=""), Barcode(name="B", i7="ATCACG"))

    assert found is not None
    assert found.sentence == "A and B have no index in common to tell them apart"


def test_the_table_of_distances_is_the_pairs_one_by_one() -> None:
    table = distances(["ATCACG", "CGATGT", "ATCACC"])

    assert table.tolist() == [[0, 6, 1], [6, 0, 6], [1, 6, 0]]
    with pytest.raises(ValueError, match="one length"):
        distances(["ACG", "AC"])


def test_traps_that_are_no_collision_are_named() -> None:
    lane = [
        Barcode(name="A", i7="ATTACTCG", i5="AACCGGTC"),
        Barcode(name="B", i7="ATTACTCG", i5="GACCGGTT"),
        Barcode(name="C", i7="TCCGGAGA", i5="ACGTACGT"),
    ]

    assert reversed_mates(lane) == [("A", "B")]
    assert reused_i7(lane) == {"ATTACTCG": ["A", "B"]}

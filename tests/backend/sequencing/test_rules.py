"""Which index pairs cannot share a lane, and where a card may go."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.sequencing import rules
from backend.sequencing.ids import RequestState
from backend.sequencing.rules import IndexedLibrary

index = st.text("ACGT", min_size=8, max_size=8)


def library(name: str, i7: str, i5: str | None) -> IndexedLibrary:
    return IndexedLibrary(name, i7, i5)


@pytest.mark.parametrize(
    ("i7", "i5", "collides"),
    [
        ("AAAAAAAA", "CCCCCCCC", True),  # the same pair
        ("AAAAAATT", "CCCCCCGG", True),  # two and two
        ("AAAAATTT", "CCCCCCCC", False),  # three on i7 is enough
        ("AAAAAAAA", "CCCCCGGG", False),  # three on i5 is enough
        ("AAAAAATT", None, True),  # without i5 only i7 counts
        ("AAAAATTT", None, False),
    ],
)
def test_two_libraries_collide_when_both_indexes_differ_by_less_than_three(
    i7: str, i5: str | None, *, collides: bool
) -> None:
    found = rules.collision(library("A", "AAAAAAAA", "CCCCCCCC"), library("B", i7, i5))

    assert (found is not None) is collides


@given(first=st.tuples(index, index), second=st.tuples(index, index))
def test_collision_agrees_with_the_rule_written_out_and_has_no_order(
    first: tuple[str, str], second: tuple[str, str]
) -> None:
    a, b = library("A", *first), library("B", *second)

    i7 = sum(x != y for x, y in zip(first[0], second[0], strict=True))
    i5 = sum(x != y for x, y in zip(first[1], second[1], strict=True))
    assert (rules.collision(a, b) is not None) is (i7 < 3 and i5 < 3)
    assert (rules.collision(a, b) is None) is (rules.collision(b, a) is None)


def test_the_sentence_names_both_and_how_close_they_are() -> None:
    found = rules.collision(
        library("LIB-1", "AAAAAAAA", "CCCCCCCC"), library("LIB-2", "AAAAAAAT", "CCCCCCGG")
    )

    assert found is not None
    assert found.sentence == (
        "LIB-1 and LIB-2 cannot be told apart: i7 differs in 1 of 8 cycles and i5 in 2 of 8, "
        "3 are needed in one of them"
    )


def test_of_unequal_indexes_the_cycles_that_both_have_are_compared() -> None:
    found = rules.collision(library("LIB-1", "AAAAAAAAGG", None), library("LIB-2", "AAAAAAAA", "C"))

    assert found is not None
    assert found.sentence == (
        "LIB-1 and LIB-2 cannot be told apart: i7 differs in 0 of 8 cycles, 3 are needed"
    )


def test_every_pair_of_a_pool_is_compared() -> None:
    pool = [library(name, "AAAAAAAA", "CCCCCCCC") for name in "ABCD"]

    found = {(each.first, each.second) for each in rules.collisions(pool)}

    assert found == set(combinations("ABCD", 2))


@pytest.mark.parametrize("text", ["ACGT", "ATTACTCG", "A" * 24])
def test_an_index_is_four_to_twenty_four_bases(text: str) -> None:
    assert rules.is_index(text)


@pytest.mark.parametrize("text", ["", "ACG", "ACGN", "acgt", "ACGT ", "A" * 25, "ACGT\n"])
def test_anything_else_is_not_an_index(text: str) -> None:
    assert not rules.is_index(text)


def test_cards_move_one_column_at_a_time() -> None:
    reasons = rules.refusals(RequestState.WAITING, RequestState.RUNNING, colliding=(), unusable=())

    assert reasons == ["A card moves one column at a time, and running is not beside waiting."]


def test_the_board_has_ends() -> None:
    assert rules.neighbour(RequestState.WAITING, -1) is None
    assert rules.neighbour(RequestState.DONE, 1) is None
    assert rules.neighbour(RequestState.CANCELLED, 1) is None


def test_pooling_names_every_collision_and_every_unusable_sample() -> None:
    pool = [library(name, "AAAAAAAA", None) for name in "ABC"]

    reasons = rules.refusals(
        RequestState.WAITING,
        RequestState.POOLED,
        colliding=rules.collisions(pool),
        unusable=["D is on hold."],
    )

    assert len(reasons) == 5
    assert reasons[-2:] == ["Give one of them another index.", "D is on hold."]


def test_pooling_names_the_smallest_change_where_there_is_one() -> None:
    pool = [library(name, "AAAAAAAA", None) for name in "AB"]

    reasons = rules.refusals(
        RequestState.WAITING,
        RequestState.POOLED,
        colliding=rules.collisions(pool),
        unusable=[],
        mends=["Give B N703 instead."],
    )

    assert reasons[1:] == ["Give B N703 instead."]


@pytest.mark.parametrize(
    ("state", "to"),
    [
        (RequestState.POOLED, RequestState.PLANNED),
        (RequestState.RUNNING, RequestState.PLANNED),
        (RequestState.DEMULTIPLEXED, RequestState.RUNNING),
    ],
)
def test_some_steps_need_more_than_a_push(state: RequestState, to: RequestState) -> None:
    assert rules.refusals(state, to, colliding=(), unusable=())

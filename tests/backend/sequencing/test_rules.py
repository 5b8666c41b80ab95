"""Which index pairs cannot share a lane, and where a card may go."""

import pytest
from hypothesis import strategies as st

from backend.sequencing import rules
from backend.sequencing.ids import RequestState
from backend.sequencing.indexing.collisions import Barcode, clashes

index = st.text("ACGT", min_size=8, max_size=8)


def library(name: str, i7: str, i5: str = "") -> Barcode:
    return Barcode(name=name, i7=i7, i5=i5)


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
    pool = [library(name, "AAAAAAAA") for name in "ABC"]

    reasons = rules.refusals(
        RequestState.WAITING,
        RequestState.POOLED,
        colliding=clashes(pool),
        unusable=["D is on hold."],
    )

    assert len(reasons) == 5
    assert reasons[-2:] == ["Give one of them another index.", "D is on hold."]


def test_pooling_names_the_smallest_change_where_there_is_one() -> None:
    pool = [library(name, "AAAAAAAA") for name in "AB"]

    reasons = rules.refusals(
        RequestState.WAITING,
        RequestState.POOLED,
        colliding=clashes(pool),
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

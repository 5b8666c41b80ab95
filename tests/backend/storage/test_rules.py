"""Positions are read and written as people do, and boxes fill row by row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.storage import rules
from backend.storage.rules import BoxShape, Position

NINE = BoxShape(9, 9)
PLATE = BoxShape(8, 12)
BIG_PLATE = BoxShape(16, 24)


@pytest.mark.parametrize(
    ("shape", "last"), [(NINE, "I9"), (PLATE, "H12"), (BIG_PLATE, "P24"), (BoxShape(30, 2), "AD2")]
)
def test_the_last_position_is_labelled_as_plate_makers_do(shape: BoxShape, last: str) -> None:
    assert list(shape.positions())[-1].label == last


@pytest.mark.parametrize("text", ["D7", "d7", "D07", "7D", " d 7 ", "34"])
def test_a_position_is_understood_however_it_is_written(text: str) -> None:
    assert rules.parse_position(text, NINE) == Position(4, 7)


@pytest.mark.parametrize("text", ["J1", "A10", "0", "82", "", "A0", "DNA-251118-K7F3", "A1B"])
def test_a_position_outside_the_box_is_none(text: str) -> None:
    assert rules.parse_position(text, NINE) is None


@given(st.sampled_from([NINE, PLATE, BIG_PLATE]), st.data())
def test_every_label_reads_back(shape: BoxShape, data: st.DataObject) -> None:
    position = data.draw(st.sampled_from(list(shape.positions())))

    assert rules.parse_position(position.label, shape) == position


def test_a_box_fills_row_by_row_around_what_is_taken() -> None:
    taken = {Position(1, 1), Position(1, 2), Position(1, 4)}

    assert rules.first_free(NINE, taken=taken) == Position(1, 3)
    assert rules.free_positions(NINE, taken=taken)[:2] == (Position(1, 3), Position(1, 5))


def test_a_full_box_has_no_free_position() -> None:
    assert rules.first_free(NINE, taken=list(NINE.positions())) is None


@given(st.sets(st.builds(Position, st.integers(1, 9), st.integers(1, 9))))
def test_the_first_free_position_is_free_and_nothing_before_it_is(taken: set[Position]) -> None:
    first = rules.first_free(NINE, taken=taken)

    before = [position for position in NINE.positions() if first is None or position < first]
    assert first not in taken
    assert set(before) <= taken

"""A packed column is a list of cells like any other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.samples.ids import MaterialType
from backend.templates.reading import column
from backend.templates.reading.column import Column

_CELLS = st.lists(st.none() | st.text(max_size=4) | st.decimals(allow_nan=False), max_size=23)


@pytest.fixture(autouse=True, scope="module")
def short_stretches() -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(column, "STRETCH", 5)
        yield


@given(parts=st.lists(_CELLS, max_size=4), begin=st.integers(-9, 30), end=st.integers(-9, 30))
def test_it_holds_what_was_added_and_gives_out_any_stretch(
    parts: list[list[object]], begin: int, end: int
) -> None:
    packed: Column[object] = Column()
    for part in parts:
        packed.extend(part)
    cells = [cell for part in parts for cell in part]

    assert packed == cells
    assert len(packed) == len(cells)
    assert packed[begin:end] == cells[begin:end]
    assert packed[::2] == cells[::2]
    assert [packed[at] for at in range(-len(cells), len(cells))] == cells * 2
    with pytest.raises(IndexError):
        packed[len(cells)]


def test_two_may_go_through_it_at_once() -> None:
    packed = Column(range(12))

    assert list(zip(packed, packed[3:], strict=False)) == [(at, at + 3) for at in range(9)]
    assert sum(one * other for one in packed for other in packed) == 66 * 66


def test_members_of_an_enumeration_stay_the_members() -> None:
    packed = Column([MaterialType.RNA] * 6)

    assert all(cell is MaterialType.RNA for cell in packed)

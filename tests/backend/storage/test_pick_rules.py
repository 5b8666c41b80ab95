"""The order in which tubes are fetched: each door opens once."""

from datetime import UTC, datetime, timedelta
from itertools import groupby
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from backend.storage.pick_rules import (
    Spot,
    by_place,
    door_open_since,
    in_given_groups,
    list_name,
    place_key,
)

BOXES = [UUID(int=number) for number in range(1, 5)]
SPOTS = st.lists(
    st.builds(Spot, box=st.sampled_from(BOXES), row=st.integers(1, 9), column=st.integers(1, 9)),
    max_size=30,
)


def test_the_way_to_a_box_goes_from_the_outside_in() -> None:
    unit, rack, box = (UUID(int=number) for number in (91, 92, 93))
    nodes = {unit: (None, 3, "ULT-1"), rack: (unit, 1, "A"), box: (rack, 7, "B-7")}

    assert place_key(box, nodes) == ((3, "ULT-1"), (1, "A"), (7, "B-7"))


@given(SPOTS)
def test_by_place_every_box_is_opened_once(spots: list[Spot]) -> None:
    keys = {box: ((0, str(box)),) for box in BOXES}

    order = by_place(spots, keys)

    assert sorted(order) == list(range(len(spots)))
    opened = [box for box, _ in groupby(spots[at].box for at in order)]
    assert len(opened) == len(set(opened))


@given(SPOTS)
def test_given_groups_stay_in_their_order(spots: list[Spot]) -> None:
    order = in_given_groups(spots)

    assert sorted(order) == list(range(len(spots)))
    assert [spots[at].box for at in order] == [spot.box for spot in spots]


def test_a_list_is_called_by_its_number() -> None:
    assert list_name(42) == "PL-0042"


def test_a_door_is_open_since_the_first_of_the_answers_at_its_unit() -> None:
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def ago(unit: str, minutes: float) -> tuple[str, datetime]:
        return unit, now - timedelta(minutes=minutes)

    visit = [ago("A", 1), ago("A", 4), ago("A", 6)]

    assert door_open_since([], "A", now) is None
    assert door_open_since(visit, "B", now) is None
    assert door_open_since(visit, "A", now) == now - timedelta(minutes=6)
    assert door_open_since([*visit, ago("B", 7), ago("A", 8)], "A", now) == visit[-1][1]
    # A pause of more than five minutes: they were away, and so may the last visit be over.
    assert door_open_since([*visit, ago("A", 12)], "A", now) == visit[-1][1]
    assert door_open_since([ago("A", 5.1)], "A", now) is None

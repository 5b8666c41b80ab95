"""Pools over lanes: no better arrangement is missed, and none is proposed that is no better."""

from decimal import Decimal
from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.core.ids import new_id
from backend.sequencing.ids import I5Orientation
from backend.sequencing.released.rebalancing import Placed, Rebalanced, rebalance
from backend.sequencing.views import LaneLibrary
from tests.factories.sequencing import INDEX_PAIRS

FORWARD = I5Orientation.FORWARD
LANES, USABLE = 3, 1000.0

Held = tuple[int, int, int]
"""A pool's lane, reads in millions, and which index pair its one library carries."""


def libraries(held: list[Held]) -> list[LaneLibrary]:
    return [
        LaneLibrary(
            lane=lane,
            pool_code=f"P-{number}",
            request_code="SQ-0001",
            project_code="PRJ",
            sample_id=new_id(),
            barcode=f"LIB-{number}",
            name="",
            index_i7=INDEX_PAIRS[pair][0],
            index_i5=INDEX_PAIRS[pair][1],
            reads_millions=Decimal(reads),
            read_length=151,
        )
        for number, (lane, reads, pair) in enumerate(held)
    ]


def better(held: list[Held], **options: int) -> Rebalanced:
    placed = [Placed(f"P-{number}", lane, reads) for number, (lane, reads, _) in enumerate(held)]
    return rebalance(
        placed, libraries(held), FORWARD, lanes=LANES, usable_millions=USABLE, **options
    )


def score(held: list[Held], lanes: tuple[int, ...]) -> tuple[int, int, int, int]:
    """The same order as the search's, counted anew."""
    sums = [
        sum(one[1] for one, lane in zip(held, lanes, strict=True) if lane == n) for n in (1, 2, 3)
    ]
    clashing = sum(
        lanes[a] == lanes[b] and held[a][2] == held[b][2]
        for a, b in combinations(range(len(held)), 2)
    )
    return clashing, sum(max(n - 1000, 0) for n in sums), max(sums), sum(n * n for n in sums)


HELD = st.lists(
    st.tuples(st.integers(1, 3), st.integers(50, 900), st.integers(0, 2)), min_size=1, max_size=6
)


@settings(max_examples=25, deadline=None)
@given(HELD)
def test_every_arrangement_was_considered(held: list[Held]) -> None:
    now = tuple(each[0] for each in held)
    best = min(score(held, lanes) for lanes in product((1, 2, 3), repeat=len(held)))

    found = better(held)

    if not found.moves:
        assert score(held, now) == best
        return
    assert found.is_proven
    to = {(code, was): lane for code, was, lane in found.moves}
    after = tuple(to.get((f"P-{n}", lane), lane) for n, (lane, _, _) in enumerate(held))
    assert score(held, after) == best < score(held, now)
    assert found.after.collisions == best[0]
    assert found.after.fullest == best[2] / USABLE


def test_what_is_even_and_told_apart_stays_as_it_is() -> None:
    assert better([(1, 400, 0), (2, 400, 0), (3, 400, 1)]).moves == []


def test_a_collision_is_ended_though_lanes_are_less_even_then() -> None:
    found = better([(1, 300, 0), (1, 300, 0), (2, 500, 0), (3, 500, 1)])

    assert (found.before.collisions, found.after.collisions) == (1, 0)
    assert found.after.fullest == 0.8


def test_what_need_not_move_stays() -> None:
    found = better([(3, 900, 0), (1, 400, 1), (1, 450, 2)])

    assert found.moves == [("P-1", 1, 2)]


def test_the_parts_of_a_pool_stay_on_lanes_of_their_own() -> None:
    placed = [Placed("P-0", 1, 100), Placed("P-0", 2, 100), Placed("P-1", 1, 900)]

    found = rebalance(placed, [], FORWARD, lanes=2, usable_millions=USABLE)

    # One lane for both parts would be more even, and is no arrangement.
    assert found.moves == []


def test_a_search_that_runs_out_of_steps_says_so() -> None:
    held = [(1, 100 + 37 * n % 211, n % 3) for n in range(6)]

    found = better(held, most_steps=8)

    assert not found.is_proven

"""Where a block goes, and where what gives way goes: pure, and nothing shares a position."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.core.ids import new_id
from backend.storage.block_rules import Spot, choose_targets, swap_goals
from backend.storage.ids import NodeId
from backend.storage.rules import BoxShape, Position

SHAPE = BoxShape(4, 5)
HERE, THERE = NodeId(new_id()), NodeId(new_id())
positions = st.sampled_from(list(SHAPE.positions()))
# Drawing the first sets takes seconds on a loaded machine.
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
spots = st.builds(Spot, st.sampled_from([HERE, THERE]), positions)


@calm
@given(st.sets(positions), st.sets(positions), st.none() | positions, st.integers(1, 20))
def test_targets_are_in_fill_order_and_never_blocked(
    blocked: set[Position], occupied: set[Position], start: Position | None, count: int
) -> None:
    found = choose_targets(SHAPE, unusable=blocked, occupied=occupied, start=start, count=count)

    assert list(found) == sorted(set(found))
    assert not blocked & set(found)
    assert len(found) <= count
    if start is None:
        assert not occupied & set(found)
        assert len(found) == min(count, len(set(SHAPE.positions()) - blocked - occupied))
    else:
        left = {position for position in SHAPE.positions() if position >= start} - blocked
        assert set(found) == set(sorted(left)[:count])


@calm
@given(st.data())
def test_what_gives_way_gets_a_spot_of_its_own_that_the_block_leaves(data: st.DataObject) -> None:
    filled = data.draw(st.lists(spots, min_size=1, max_size=12, unique=True))
    came_from = data.draw(st.lists(spots, min_size=len(filled), max_size=len(filled), unique=True))
    from_hand = data.draw(st.sets(st.sampled_from(filled)))
    sources = {
        spot: None if spot in from_hand else source
        for spot, source in zip(filled, came_from, strict=True)
    }
    left = {source for source in sources.values() if source is not None}
    displaced = [spot for spot in filled if spot not in left]

    goals = swap_goals(displaced, sources)

    given_out = [goal for goal in goals.values() if goal is not None]
    assert set(goals) == set(displaced)
    assert len(given_out) == len(set(given_out))
    assert set(given_out) <= left - set(filled)

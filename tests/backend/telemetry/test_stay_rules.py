"""Whose turn it was: one sensor at a time, the one that counts, and no instant left out."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from backend.telemetry.stay_rules import Stay, Turn, turns

START = datetime(2026, 11, 1, tzinfo=UTC)
DAYS = 30


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def stay(sensor: int, since: int | None = None, until: int | None = None) -> Stay:
    return Stay(
        sensor_id=UUID(int=sensor),
        since=None if since is None else day(since),
        until=None if until is None else day(until),
    )


def told(*stays: Stay) -> list[tuple[int, int, int]]:
    return [
        (each.sensor_id.int, (each.start - START).days, (each.end - START).days)
        for each in turns(stays, day(0), day(DAYS))
    ]


def test_a_sensor_that_was_always_there_has_the_whole_turn() -> None:
    assert told(stay(1), stay(2)) == [(1, 0, 30)]


def test_the_one_before_counts_until_the_next_one_came() -> None:
    assert told(stay(2, 10), stay(1, None, 12)) == [(1, 0, 10), (2, 10, 30)]


def test_a_gap_between_two_is_nobodys_turn() -> None:
    assert told(stay(2, 20), stay(1, None, 5)) == [(1, 0, 5), (2, 20, 30)]


def test_the_better_one_cuts_the_other_in_two() -> None:
    assert told(stay(1, 10, 20), stay(2)) == [(2, 0, 10), (1, 10, 20), (2, 20, 30)]


numbers = st.one_of(st.none(), st.integers(-5, DAYS + 5))
stays_drawn = st.lists(st.builds(stay, st.integers(1, 5), numbers, numbers), max_size=6)


def _at(found: list[Turn], instant: datetime) -> list[UUID]:
    return [each.sensor_id for each in found if each.start <= instant < each.end]


@given(stays_drawn)
def test_at_each_instant_the_first_that_stood_there_counts_and_no_other(
    stays: list[Stay],
) -> None:
    found = turns(stays, day(0), day(DAYS))

    for number in range(DAYS):
        instant = day(number) + timedelta(hours=1)
        there = [
            each.sensor_id
            for each in stays
            if (each.since is None or each.since <= instant)
            and (each.until is None or instant < each.until)
        ]
        assert _at(found, instant) == there[:1]

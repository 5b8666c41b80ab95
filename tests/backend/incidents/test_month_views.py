"""Months on the laboratory's wall clock, percentiles, and how long alarms wait."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from backend.incidents.month_views import acknowledged_after, month_before, percentile

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 10, 5, 12, tzinfo=UTC)


def after(*minutes: float) -> list[datetime]:
    return [NOON + timedelta(minutes=each) for each in minutes]


def test_the_month_before_is_one_of_the_laboratorys_calendar() -> None:
    # In Berlin it is already November; in UTC it is not.
    month = month_before(datetime(2026, 10, 31, 23, 30, tzinfo=UTC), BERLIN)

    assert month.start == datetime(2026, 9, 30, 22, tzinfo=UTC)
    assert month.end == datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert month.end - month.start == timedelta(hours=745)


def test_before_january_is_december() -> None:
    month = month_before(datetime(2027, 1, 1, 5, 30, tzinfo=UTC), BERLIN)

    assert month.start == datetime(2026, 11, 30, 23, tzinfo=UTC)


def test_days_go_from_midnight_to_midnight_also_when_the_clocks_change() -> None:
    days = month_before(NOON + timedelta(days=30), BERLIN).days

    lengths = [end - start for start, end in days]
    assert len(days) == 31
    assert lengths.count(timedelta(hours=25)) == 1
    assert all(one[1] == two[0] for one, two in pairwise(days))


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([], 0.5, None),
        ([7.0], 0.9, 7.0),
        ([4.0, 1.0, 3.0, 2.0], 0.5, 2.5),
        ([float(each) for each in range(1, 11)], 0.9, 9.1),
        ([1.0, 2.0], 1.0, 2.0),
    ],
)
def test_percentiles_are_those_of_spreadsheets(
    values: list[float], share: float, expected: float | None
) -> None:
    assert percentile(values, share) == (None if expected is None else pytest.approx(expected))


def test_an_acknowledgement_belongs_to_the_last_alarm_before_it() -> None:
    raised, seen = after(0, 100, 200), after(5, 130, 140)

    waits = acknowledged_after(raised, seen, NOON + timedelta(days=1))

    assert waits == (5.0, 30.0)


def test_alarms_after_the_month_only_end_the_wait_of_those_before() -> None:
    raised, seen = after(0, 100), after(120)

    assert acknowledged_after(raised, seen, after(50)[0]) == ()
    assert acknowledged_after(raised[:1], seen, after(50)[0]) == (120.0,)

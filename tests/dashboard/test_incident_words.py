"""Minutes and starts of lists on the pages of incidents."""

import pytest

from dashboard.pages.incidents import words


@pytest.mark.parametrize(("minutes", "said"), [(0.0, ""), (4.25, "4.2"), (1234.4, "1,234")])
def test_minutes_are_said_as_exactly_as_they_matter(minutes: float, said: str) -> None:
    assert words.minutes(minutes) == said


@pytest.mark.parametrize(("typed", "start"), [("", 0), ("50", 50), ("-5", 0), ("x", 0)])
def test_an_address_says_where_the_list_starts(typed: str, start: int) -> None:
    assert words.whole(typed) == start
    assert words.with_query("/incidents", start=start) == (
        f"/incidents?from={start}" if start else "/incidents"
    )

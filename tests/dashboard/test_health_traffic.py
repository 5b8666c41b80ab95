"""What System health says of requests and of calls to the outside."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from backend.gateway.ids import BreakerState, RouteClass
from backend.gateway.views import BreakerView, Rate, Traffic, TrafficPoint
from dashboard.pages.health import breakers, requests, words

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")


def test_requests_that_nobody_counted_are_a_dash_and_none_are_none() -> None:
    def rate(per_minute: float | None) -> Rate:
        return Rate(kind=None, per_minute=per_minute, error_share=None, p50_ms=None, p95_ms=None)

    written = [words.per_minute(rate(each)) for each in (None, 0.0, 3.25, 412.4)]
    assert written == ["–", "0", "3.2", "412"]
    assert words.milliseconds(None) == "–"


def test_a_page_without_counts_says_that_nothing_was_measured() -> None:
    nothing = Rate(kind=None, per_minute=None, error_share=None, p50_ms=None, p95_ms=None)
    points = tuple(TrafficPoint(start=NOW, per_minute=None, errors=0) for _ in range(36))

    drawn = requests.requests(Traffic(minutes=0, whole=nothing, kinds=(), points=points), ZONE)

    assert "Nothing measured yet" in str(drawn)


def test_counted_hours_are_drawn_with_their_gaps_and_their_errors() -> None:
    some = Rate(kind=RouteClass.API, per_minute=30.0, error_share=0.1, p50_ms=20.0, p95_ms=80.0)
    points = [
        TrafficPoint(
            start=NOW - timedelta(minutes=10 * back),
            per_minute=None if back in {5, 6} else float(back),
            errors=2 if back == 3 else 0,
        )
        for back in reversed(range(36))
    ]

    drawn = str(
        requests.requests(Traffic(minutes=3, whole=some, kinds=(some,), points=tuple(points)), ZONE)
    )

    assert "3 of the last 5 min" in drawn
    assert drawn.count("ln thin ln-1") == 2
    assert "2 requests failed" in drawn
    assert "34 of 36 stretches counted" in drawn


@pytest.mark.parametrize(
    ("state", "wait", "said"),
    [
        (BreakerState.OPEN, timedelta(minutes=2), "Next try at 13:02:00"),
        (BreakerState.OPEN, timedelta(0), "Tried again with the next call"),
        (BreakerState.HALF_OPEN, timedelta(minutes=1), "One call is under way"),
        (BreakerState.CLOSED, None, "Closed since"),
    ],
)
def test_a_breaker_says_when_it_is_tried_again(
    state: BreakerState, wait: timedelta | None, said: str
) -> None:
    view = BreakerView(
        target="mail",
        label="The mail server",
        state=state,
        since=NOW - timedelta(minutes=3),
        failures=3,
        last_error="connection refused",
        last_error_at=NOW,
        next_try_at=None if wait is None else NOW + wait,
    )

    drawn = str(breakers.breakers([view], NOW, ZONE))

    assert said in drawn
    assert "connection refused" in drawn
    assert "Nothing has been called yet" in str(breakers.breakers([], NOW, ZONE))

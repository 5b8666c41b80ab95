"""Requests are counted in memory, added up in rows, and read back as rates and quantiles."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.gateway import request_rules as rules
from backend.gateway import requests
from backend.gateway.counting import RequestTally
from backend.gateway.ids import RouteClass
from backend.gateway.request_models import RequestMinute
from backend.gateway.views import Counted
from jobs.liveness import SignsOfLife
from tests.support.clock import FrozenClock


@pytest.fixture
def viewer(principal_of: Callable[..., Principal]) -> Principal:
    return principal_of(Permission.HEALTH_VIEW)


def whole_minute(session: WriteSession, back: int = 1) -> datetime:
    now: datetime = session.scalars(select(func.clock_timestamp())).one()
    return now.replace(second=0, microsecond=0) - timedelta(minutes=back)


def counted(
    minute: datetime,
    kind: RouteClass = RouteClass.PAGES,
    up_to_ms: int = 100,
    requests: int = 10,
    errors: int = 0,
) -> Counted:
    return Counted(
        minute=minute, route_class=kind, up_to_ms=up_to_ms, requests=requests, errors=errors
    )


@given(st.lists(st.floats(0.0, 70.0), min_size=1, max_size=200), st.sampled_from([0.5, 0.95, 0.99]))
def test_a_quantile_lies_in_the_bucket_of_the_true_one(seconds: list[float], share: float) -> None:
    histogram: dict[int, int] = {}
    for each in seconds:
        histogram[rules.bound_of(each)] = histogram.get(rules.bound_of(each), 0) + 1

    found = rules.quantile_ms(histogram, share)

    rank = next(n for n in range(1, len(seconds) + 1) if n >= share * len(seconds) - 1e-9)
    bound = rules.bound_of(sorted(seconds)[rank - 1])
    lower = max((each for each in rules.BOUNDS_MS if each < bound), default=0)
    assert found is not None
    assert lower <= found <= bound


def test_no_requests_have_no_quantile() -> None:
    assert rules.quantile_ms({}, 0.95) is None
    assert rules.quantile_ms({5: 0}, 0.95) is None


def test_what_is_taken_is_counted_anew_and_what_is_put_back_is_kept(
    frozen_clock: FrozenClock,
) -> None:
    tally = RequestTally()
    tally.add(RouteClass.API, 0.02, failed=False)
    tally.add(RouteClass.API, 0.02, failed=True)

    taken = [row for row in tally.take() if row.requests]
    left = [row for row in tally.take() if row.requests]
    tally.put_back(taken)

    assert [(row.up_to_ms, row.requests, row.errors) for row in taken] == [(25, 2, 1)]
    assert left == []
    assert [row for row in tally.take() if row.requests] == taken


def test_counts_without_a_database_for_hours_are_let_go(frozen_clock: FrozenClock) -> None:
    tally = RequestTally()
    tally.add(RouteClass.API, 0.02, failed=False)
    old = tally.take()
    frozen_clock.advance(hours=2)

    tally.put_back(old)

    assert [row for row in tally.take() if row.requests] == []


def test_threads_lose_no_request() -> None:
    tally = RequestTally()

    def answer() -> None:
        for _ in range(500):
            tally.add(RouteClass.CALLBACKS, 0.001, failed=False)

    threads = [threading.Thread(target=answer) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(row.requests for row in tally.take()) == 4000


def test_processes_add_up_in_one_row(session: WriteSession, viewer: Principal) -> None:
    minute = whole_minute(session)
    requests.store(session, [counted(minute, requests=30, errors=3)])
    requests.store(session, [counted(minute, requests=10), counted(minute, RouteClass.API)])

    traffic = requests.traffic(session, viewer)

    by_kind = {rate.kind: rate for rate in traffic.kinds}
    assert traffic.minutes == 1
    assert traffic.whole.per_minute == 50.0
    assert traffic.whole.error_share == pytest.approx(3 / 50)
    assert by_kind[RouteClass.PAGES].per_minute == 40.0
    assert by_kind[RouteClass.API].p95_ms == pytest.approx(97.5)
    assert by_kind[RouteClass.CALLBACKS].p95_ms is None


def test_a_rate_rests_on_the_minutes_that_were_counted(
    session: WriteSession, viewer: Principal
) -> None:
    requests.store(session, [counted(whole_minute(session, 1), requests=60)])
    requests.store(session, [counted(whole_minute(session, 2), requests=0, up_to_ms=5)])

    traffic = requests.traffic(session, viewer)

    assert (traffic.minutes, traffic.whole.per_minute) == (2, 30.0)


def test_nothing_counted_is_not_quiet(session: WriteSession, viewer: Principal) -> None:
    traffic = requests.traffic(session, viewer)

    assert not traffic.is_measured
    assert traffic.whole.per_minute is None
    assert len(traffic.points) == 36


def test_the_hours_before_keep_their_gaps(session: WriteSession, viewer: Principal) -> None:
    requests.store(session, [counted(whole_minute(session, 95), requests=20, errors=1)])

    traffic = requests.traffic(session, viewer)

    found = [point for point in traffic.points if point.per_minute is not None]
    assert [(point.per_minute, point.errors) for point in found] == [(20.0, 1)]
    assert traffic.whole.per_minute is None


def test_reading_needs_the_right_to_see_health(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    with pytest.raises(PermissionDenied):
        requests.traffic(session, principal_of())


def test_old_counts_are_forgotten_and_new_ones_kept(session: WriteSession) -> None:
    old, new = whole_minute(session, 9 * 24 * 60), whole_minute(session)
    requests.store(session, [counted(old), counted(new)])

    assert requests.forget(session) == 1
    assert session.scalars(select(RequestMinute.minute)).all() == [new]


def test_a_sign_of_life_takes_the_counts_along(
    committed_database: Engine, viewer: Principal
) -> None:
    tally = RequestTally()
    tally.add(RouteClass.PAGES, 0.03, failed=False)
    with SignsOfLife("web", tally=tally):
        tally.add(RouteClass.PAGES, 0.03, failed=True)

    with writing() as session:
        rows = session.execute(
            select(func.sum(RequestMinute.requests), func.sum(RequestMinute.errors))
        ).one()
    with reading() as session:
        assert requests.traffic(session, viewer).minutes in {0, 1}
    assert tuple(rows) == (2, 1)

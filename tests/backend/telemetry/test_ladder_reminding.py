"""That the ladder's test is due is told to those who set up storage, once for each due day."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import OutboxEvent
from backend.telemetry import ladder_reminding
from backend.telemetry.alarm_models import AlarmTest
from tests.factories.telemetry import make_sensor

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 11, 23, 5, 5, tzinfo=UTC)


@pytest.fixture
def clockwork(principal_of: Callable[..., Principal]) -> Principal:
    return principal_of(Permission.HEALTH_OPERATE)


def tried_out(session: WriteSession, at: datetime) -> None:
    session.add(AlarmTest(at=at, by_name="Ada", steps=4, ladder_version=1))
    session.flush()


def told(session: WriteSession) -> list[tuple[str, str | None]]:
    events = session.scalars(
        select(OutboxEvent)
        .where(OutboxEvent.type == "telemetry.ladder_test_due")
        .order_by(OutboxEvent.id)
    )
    return [(each.payload["due_on"], each.payload["tested_on"]) for each in events]


def days_told(session: WriteSession, clockwork: Principal, days: int) -> list[int]:
    return [
        day
        for day in range(days)
        if ladder_reminding.tell_test_due(
            session, clockwork, now=START + timedelta(days=day), zone=BERLIN
        )
    ]


def test_a_month_after_the_test_it_is_told_once_and_again_after_the_next_test(
    session: WriteSession, clockwork: Principal
) -> None:
    make_sensor(session)
    tried_out(session, START - timedelta(hours=1))

    assert days_told(session, clockwork, 40) == [31]

    tried_out(session, START + timedelta(days=39))
    assert days_told(session, clockwork, 80) == [71]
    assert told(session) == [("2026-12-24", "2026-11-23"), ("2027-02-01", "2027-01-01")]


def test_a_ladder_that_nobody_ever_tried_out_is_told_of_once(
    session: WriteSession, clockwork: Principal
) -> None:
    make_sensor(session)

    assert days_told(session, clockwork, 5) == [0]
    assert told(session) == [("2026-11-23", None)]


def test_a_laboratory_without_sensors_is_not_reminded(
    session: WriteSession, clockwork: Principal
) -> None:
    assert days_told(session, clockwork, 2) == []


def test_whoever_may_not_run_the_program_reminds_nobody(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    with pytest.raises(PermissionDenied):
        ladder_reminding.tell_test_due(
            session, principal_of(Permission.STORAGE_VIEW), now=START, zone=BERLIN
        )

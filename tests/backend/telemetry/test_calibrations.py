"""Calibrations that come due are told to those who set up storage, once for each lead time."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import OutboxEvent
from backend.telemetry import calibrations
from backend.telemetry.models import Sensor
from tests.factories.telemetry import make_sensor

TODAY = date(2026, 11, 23)


@pytest.fixture
def clockwork(principal_of: Callable[..., Principal]) -> Principal:
    return principal_of(Permission.HEALTH_OPERATE)


def sensor_due(session: WriteSession, in_days: int | None) -> Sensor:
    sensor = make_sensor(session)
    sensor.calibrated_on = date(2025, 1, 1)
    sensor.calibration_due_on = None if in_days is None else TODAY + timedelta(days=in_days)
    session.flush()
    return sensor


def told(session: WriteSession) -> list[tuple[int, list[str]]]:
    events = session.scalars(
        select(OutboxEvent)
        .where(OutboxEvent.type == "telemetry.calibrations_due")
        .order_by(OutboxEvent.id)
    )
    return [(each.payload["lead_days"], each.payload["codes"]) for each in events]


def test_each_calibration_is_told_once_for_the_lead_time_that_it_comes_under(
    session: WriteSession, clockwork: Principal
) -> None:
    late, now, soon, later, _far, _never = (
        sensor_due(session, days).code for days in (-3, 0, 7, 30, 31, None)
    )

    first = calibrations.tell_due(session, clockwork, today=TODAY)
    again = calibrations.tell_due(session, clockwork, today=TODAY)

    assert (first, again) == (3, 0)
    assert sorted(told(session)) == [(0, [late, now]), (7, [soon]), (30, [later])]


def test_a_sensor_is_told_of_at_thirty_at_seven_and_on_the_day(
    session: WriteSession, clockwork: Principal
) -> None:
    sensor = sensor_due(session, 40)

    made = [
        calibrations.tell_due(session, clockwork, today=TODAY + timedelta(days=days))
        for days in range(60)
    ]

    assert [days for days, notices in enumerate(made) if notices] == [10, 33, 40]
    assert told(session) == [(30, [sensor.code]), (7, [sensor.code]), (0, [sensor.code])]


def test_whoever_may_not_run_the_program_tells_nobody(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    with pytest.raises(PermissionDenied):
        calibrations.tell_due(session, principal_of(Permission.STORAGE_VIEW), today=TODAY)

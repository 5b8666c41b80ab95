"""Tokens of loggers: shown once, held to their sensors, taken back with a reason."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry
from backend.telemetry import device_tokens, intake
from backend.telemetry.device_models import DeviceToken
from backend.telemetry.device_tokens import Unit
from backend.telemetry.errors import (
    DeviceTokenNotFound,
    DeviceTokenRefused,
    ReasonMissing,
    SensorNotFound,
)
from backend.telemetry.intake_views import Outcome, SentReading
from backend.telemetry.models import Sensor
from tests.factories.telemetry import make_sensor
from tests.support.clock import FrozenClock


@pytest.fixture
def keeper(principal_of: Callable[..., Principal]) -> Principal:
    return principal_of(Permission.STORAGE_CONFIGURE, name="Ada Admin")


def admitted(session: WriteSession, token: str) -> Principal:
    admission = device_tokens.admit(session, token, request_id="test")
    assert admission is not None
    return admission.principal


def outcomes(
    session: WriteSession, principal: Principal, clock: FrozenClock, *sensors: Sensor
) -> tuple[Outcome, ...]:
    sent = [
        SentReading(code=each.code, at=clock.advance(seconds=1), value=-80.0) for each in sensors
    ]
    return intake.ingest(session, principal, sent, kept_days=400).outcomes


def test_only_the_hash_of_a_token_is_kept_and_its_name_is_recorded(
    session: WriteSession, keeper: Principal
) -> None:
    sensor = make_sensor(session)

    token = device_tokens.make_device_token(
        session, keeper, name=" North  logger ", sensor_codes=[sensor.code]
    )

    (row,) = session.scalars(select(DeviceToken)).all()
    assert token.encode() not in row.token_hash
    assert token not in str(session.scalars(select(AuditEntry.new_values)).all())
    (seen,) = device_tokens.list_device_tokens(session, keeper)
    assert (seen.name, seen.records_for, seen.made_by) == ("North logger", sensor.code, "Ada Admin")
    assert seen.last_used_at is None


def test_a_token_records_for_its_named_sensors_and_no_other(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    own, other = make_sensor(session), make_sensor(session)
    token = device_tokens.make_device_token(session, keeper, name="Logger", sensor_codes=[own.code])

    logger = admitted(session, token)

    assert logger.permissions == {Permission.TELEMETRY_RECORD}
    assert outcomes(session, logger, frozen_clock, own, other) == (
        Outcome.ACCEPTED,
        Outcome.UNKNOWN_SENSOR,
    )


def test_a_units_token_records_for_whatever_stands_in_it(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    sensor, other = make_sensor(session), make_sensor(session)
    unit = Unit(unit_id=sensor.unit_id, label=sensor.unit_label)
    token = device_tokens.make_device_token(session, keeper, name="Logger", unit=unit)
    later = make_sensor(session)
    later.unit_id = sensor.unit_id
    session.flush()

    found = outcomes(session, admitted(session, token), frozen_clock, sensor, later, other)

    assert found == (Outcome.ACCEPTED, Outcome.ACCEPTED, Outcome.UNKNOWN_SENSOR)


def test_a_token_taken_back_records_nothing_even_for_whom_it_has_let_in(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    sensor = make_sensor(session)
    token = device_tokens.make_device_token(
        session, keeper, name="Logger", sensor_codes=[sensor.code]
    )
    logger = admitted(session, token)

    device_tokens.revoke_device_token(session, keeper, name="logger", reason="Battery leaked")

    assert device_tokens.admit(session, token, request_id="test") is None
    assert outcomes(session, logger, frozen_clock, sensor) == (Outcome.UNKNOWN_SENSOR,)
    assert device_tokens.list_device_tokens(session, keeper) == []
    assert "Battery leaked" in session.scalars(select(AuditEntry.reason)).all()
    # Its name is free again.
    device_tokens.make_device_token(session, keeper, name="Logger", sensor_codes=[sensor.code])


def test_a_token_that_comes_too_often_waits_for_the_next_minute(
    session: WriteSession, keeper: Principal
) -> None:
    sensor = make_sensor(session)
    token = device_tokens.make_device_token(
        session, keeper, name="Logger", sensor_codes=[sensor.code]
    )
    first = device_tokens.admit(session, token, request_id="test")
    session.execute(update(DeviceToken).values(requests=device_tokens.REQUESTS_A_MINUTE))

    busy = device_tokens.admit(session, token, request_id="test")
    session.execute(update(DeviceToken).values(minute=DeviceToken.minute - timedelta(minutes=1)))
    rested = device_tokens.admit(session, token, request_id="test")

    assert first is not None
    assert busy is not None
    assert rested is not None
    assert (first.retry_after_s, rested.retry_after_s) == (None, None)
    assert busy.retry_after_s is not None
    assert 1 <= busy.retry_after_s <= 60


def test_a_token_that_cannot_be_made_is_refused_and_nothing_is_written(
    session: WriteSession, keeper: Principal
) -> None:
    sensor = make_sensor(session)
    unit = Unit(unit_id=sensor.unit_id, label=sensor.unit_label)

    def make(name: str, codes: list[str], unit: Unit | None) -> None:
        device_tokens.make_device_token(session, keeper, name=name, sensor_codes=codes, unit=unit)

    with pytest.raises(DeviceTokenRefused) as nothing:
        make(" ", [], None)
    with pytest.raises(DeviceTokenRefused) as both:
        make("Logger", [sensor.code], unit)
    with pytest.raises(SensorNotFound, match="ABSENT"):
        make("Logger", [sensor.code, "ABSENT"], None)
    make("Logger", [], unit)
    with pytest.raises(DeviceTokenRefused) as taken:
        make("LOGGER", [], unit)

    assert set(nothing.value.fields) == {"name", "sensors"}
    assert set(both.value.fields) == {"sensors"}
    assert set(taken.value.fields) == {"name"}
    assert len(session.scalars(select(DeviceToken)).all()) == 1


def test_only_those_who_set_up_storage_make_see_and_take_back_tokens(
    session: WriteSession, principal_of: Callable[..., Principal], keeper: Principal
) -> None:
    technician, sensor = principal_of(Permission.STORAGE_PLACE), make_sensor(session)

    with pytest.raises(PermissionDenied):
        device_tokens.make_device_token(
            session, technician, name="Logger", sensor_codes=[sensor.code]
        )
    with pytest.raises(PermissionDenied):
        device_tokens.list_device_tokens(session, technician)
    with pytest.raises(PermissionDenied):
        device_tokens.revoke_device_token(session, technician, name="Logger", reason="Lost")
    with pytest.raises(DeviceTokenNotFound):
        device_tokens.revoke_device_token(session, keeper, name="Logger", reason="Lost")
    with pytest.raises(ReasonMissing):
        device_tokens.revoke_device_token(session, keeper, name="Logger", reason=" ")

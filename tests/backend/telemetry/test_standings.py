"""Every sensor as it stands: its newest value, its calibration, the loggers that record for it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from backend.core.errors import PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.telemetry import device_tokens, sensors, standings
from backend.telemetry.device_tokens import Unit
from backend.telemetry.errors import SensorNotFound
from backend.telemetry.ids import SensorId, SensorKind
from backend.telemetry.models import Sensor
from tests.factories.telemetry import make_sensor, read_until
from tests.support.clock import FrozenClock


@pytest.fixture
def keeper(principal_of: Callable[..., Principal]) -> Principal:
    return principal_of(Permission.STORAGE_CONFIGURE, Permission.STORAGE_VIEW)


def test_sensors_of_all_kinds_stand_with_their_newest_value_and_loggers(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    now = frozen_clock()
    sensor = make_sensor(session, unit_label="ULT-1")
    read_until(session, sensor, now, [-81.0, -80.0])
    door = sensors.add_sensor(
        session,
        keeper,
        code="ULT-1-D1",
        kind=SensorKind.DOOR,
        unit_id=sensor.unit_id,
        unit_label="ULT-1",
    )
    make_sensor(session, unit_label="ULT-2")
    unit = Unit(unit_id=sensor.unit_id, label="ULT-1")
    device_tokens.make_device_token(session, keeper, name="north", unit=unit)
    device_tokens.make_device_token(session, keeper, name="south", sensor_codes=[sensor.code])
    device_tokens.make_device_token(session, keeper, name="gone", unit=unit)
    device_tokens.revoke_device_token(session, keeper, name="gone", reason="Replaced")

    found = standings.list_standings(session, keeper)

    told = {each.code: (each.value, each.is_stale, each.tokens) for each in found}
    assert told == {
        "ULT-1-D1": (None, True, ("north",)),
        sensor.code: (-80.0, False, ("north", "south")),
        "ULT-2-T1": (None, True, ()),
    }
    of_unit = standings.list_standings(session, keeper, unit_id=sensor.unit_id)
    assert [each.sensor_id for each in of_unit] == [door, sensor.id]


def test_a_calibration_is_overdue_from_the_day_after_it_was_due(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    sensor, today = make_sensor(session), frozen_clock().date()
    sensors.calibrate_sensor(
        session,
        keeper,
        sensor_id=SensorId(sensor.id),
        correction=0.3,
        calibrated_on=date(2026, 1, 5),
        due_on=today,
        reason="Against the reference",
    )

    found = standings.get_standing(session, keeper, SensorId(sensor.id))

    assert (found.correction, found.is_overdue(today)) == (0.3, False)
    assert found.is_overdue(today + timedelta(days=1))


def test_a_sensor_that_is_not_there_is_not_found_and_a_stranger_sees_none(
    session: WriteSession, keeper: Principal, principal_of: Callable[..., Principal]
) -> None:
    with pytest.raises(SensorNotFound):
        standings.get_standing(session, keeper, SensorId(new_id()))
    with pytest.raises(PermissionDenied):
        standings.list_standings(session, principal_of(Permission.OVERVIEW_VIEW))


def test_a_doors_day_shows_when_it_stood_open_and_when_nobody_knows(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    now, unit_id = frozen_clock(), new_id()
    door = sensors.add_sensor(
        session, keeper, code="D1", kind=SensorKind.DOOR, unit_id=unit_id, unit_label="ULT-1"
    )
    row = session.get(Sensor, door)
    assert row is not None
    read_until(session, row, now - timedelta(minutes=5), [0.0, 1.0, 0.0])
    read_until(session, row, now - timedelta(minutes=65), [0.0, 0.0])

    (found,) = standings.openings(session, keeper, unit_id=unit_id).values()

    assert len(found.states) == 48
    assert found.states[-3:] == (False, None, True)
    assert set(found.states[:-3]) == {None}
    assert standings.openings(session, keeper, unit_id=new_id()) == {}

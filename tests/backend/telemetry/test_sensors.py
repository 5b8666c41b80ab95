"""Sensors: connected with what they need, calibrated with a reason, corrected from then on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from backend.core.errors import PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry
from backend.telemetry import kinds, queries, sensors, service
from backend.telemetry.errors import (
    ReasonMissing,
    SensorCodeTaken,
    SensorNotFound,
    SensorRefused,
)
from backend.telemetry.ids import AlarmKind, SensorId, SensorKind
from backend.telemetry.models import Reading, Sensor
from backend.telemetry.sensors import TemperatureLimits
from backend.telemetry.views import NewReading
from tests.factories.telemetry import make_sensor, read_until
from tests.support.clock import FrozenClock

LIMITS = TemperatureLimits(setpoint_c=-80.0, warning_high_c=-74.0, alarm_high_c=-70.0)


@pytest.fixture
def keeper(principal_of: Callable[..., Principal]) -> Principal:
    return principal_of(
        Permission.STORAGE_CONFIGURE, Permission.STORAGE_VIEW, Permission.HEALTH_OPERATE
    )


def add(
    session: WriteSession,
    principal: Principal,
    code: str,
    kind: SensorKind,
    limits: TemperatureLimits | None = None,
) -> SensorId:
    return sensors.add_sensor(
        session,
        principal,
        code=code,
        kind=kind,
        unit_id=new_id(),
        unit_label="ULT-S1",
        limits=limits,
    )


def calibrate(
    session: WriteSession,
    principal: Principal,
    sensor_id: SensorId,
    *,
    correction: float = 0.4,
    on: date = date(2026, 11, 20),
    due: date | None = date(2027, 11, 20),
    reason: str = "Compared with reference R-7 in the oil bath",
) -> None:
    sensors.calibrate_sensor(
        session,
        principal,
        sensor_id=sensor_id,
        correction=correction,
        calibrated_on=on,
        due_on=due,
        reason=reason,
        certificate="C-118",
    )


@pytest.mark.parametrize("kind", SensorKind)
def test_zero_is_a_measurement_of_every_kind(kind: SensorKind) -> None:
    assert kinds.is_plausible(kind, 0.0)
    assert not kinds.is_no_data(kind, 0.0)


def test_a_probes_error_codes_say_nothing_and_a_share_of_85_percent_does() -> None:
    assert kinds.is_no_data(SensorKind.TEMPERATURE_PROBE, 85.0)
    assert kinds.is_no_data(SensorKind.HUMIDITY, float("nan"))
    assert not kinds.is_no_data(SensorKind.HUMIDITY, 85.0)
    assert not kinds.is_plausible(SensorKind.HUMIDITY, 101.0)
    assert not kinds.is_plausible(SensorKind.TEMPERATURE_AIR, -300.0)


def test_a_sensor_is_connected_and_recorded(
    session: WriteSession, keeper: Principal, frozen_clock: FrozenClock
) -> None:
    probe = add(session, keeper, "ULT-S1-T1", SensorKind.TEMPERATURE_PROBE, LIMITS)
    add(session, keeper, "ULT-S1-D1", SensorKind.DOOR)

    made = session.get_one(Sensor, probe)
    assert (made.kind, made.alarm_high_c, made.correction) == (
        SensorKind.TEMPERATURE_PROBE,
        -70.0,
        0.0,
    )
    recorded = session.scalars(select(AuditEntry.action).where(AuditEntry.entity_id == probe)).all()
    assert recorded == ["telemetry.sensor_added"]
    # The page of temperatures is one of temperatures.
    assert [each.code for each in queries.sensors_now(session, keeper)] == ["ULT-S1-T1"]


def test_without_an_alarm_limit_a_sensor_follows_the_rules_of_its_class(
    session: WriteSession, keeper: Principal, frozen_clock: FrozenClock
) -> None:
    fridge = TemperatureLimits(setpoint_c=4.0, warning_high_c=7.0)
    probe = add(session, keeper, "FRG-S1-T1", SensorKind.TEMPERATURE_PROBE, fridge)
    made = session.get_one(Sensor, probe)
    read_until(session, made, frozen_clock(), [1.0] * 17)

    service.check_alarms(session, keeper)

    assert made.alarm_high_c is None
    assert queries.limits_of(session, made) == (2.0, 8.0)
    # Freezing is damage there, and nobody had to say so.
    assert [each.kind for each in queries.open_alarms(session, keeper)] == [AlarmKind.LOW]


@pytest.mark.parametrize("setpoint_c", [-40.0, 37.0])
def test_where_the_house_has_no_limit_a_sensor_needs_one_of_its_own(
    session: WriteSession, keeper: Principal, setpoint_c: float
) -> None:
    lacking = TemperatureLimits(setpoint_c=setpoint_c, warning_high_c=setpoint_c + 2)
    whole = replace(lacking, alarm_high_c=setpoint_c + 5)

    with pytest.raises(SensorRefused) as refused:
        add(session, keeper, "T1", SensorKind.TEMPERATURE_PROBE, lacking)
    add(session, keeper, "T1", SensorKind.TEMPERATURE_PROBE, whole)

    assert f"{setpoint_c:g} °C" in refused.value.fields["alarm"]


def test_a_warning_above_the_house_limit_is_refused_with_that_limit(
    session: WriteSession, keeper: Principal
) -> None:
    limits = TemperatureLimits(setpoint_c=-80.0, warning_high_c=-60.0)

    with pytest.raises(SensorRefused) as refused:
        add(session, keeper, "T1", SensorKind.TEMPERATURE_PROBE, limits)

    assert "by the house rules -70 °C" in refused.value.fields["limits"]


def test_what_a_sensor_lacks_is_said_and_nothing_is_written(
    session: WriteSession, keeper: Principal
) -> None:
    with pytest.raises(SensorRefused) as bare:
        add(session, keeper, "no good", SensorKind.TEMPERATURE_AIR)
    with pytest.raises(SensorRefused) as door:
        add(session, keeper, "D1", SensorKind.DOOR, LIMITS)
    add(session, keeper, "D1", SensorKind.DOOR)
    with pytest.raises(SensorCodeTaken, match="D1"):
        add(session, keeper, "D1", SensorKind.POWER)

    assert set(bare.value.fields) == {"code", "limits"}
    assert set(door.value.fields) == {"limits"}
    assert session.scalar(select(func.count()).select_from(Sensor)) == 1


def test_only_those_who_set_up_storage_connect_and_calibrate(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    technician = principal_of(Permission.STORAGE_PLACE)
    sensor = make_sensor(session)

    with pytest.raises(PermissionDenied):
        add(session, technician, "D1", SensorKind.DOOR)
    with pytest.raises(PermissionDenied):
        calibrate(session, technician, SensorId(sensor.id))


def test_a_calibration_corrects_what_comes_and_leaves_what_is_there(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    sensor = make_sensor(session)

    def record(temperature_c: float, minutes_ago: int) -> None:
        at = frozen_clock() - timedelta(minutes=minutes_ago)
        service.record_readings(
            session,
            keeper,
            [NewReading(sensor_id=SensorId(sensor.id), at=at, temperature_c=temperature_c)],
        )

    record(-80.1, 2)
    calibrate(session, keeper, SensorId(sensor.id))
    record(-80.1, 1)

    rows = session.execute(
        select(Reading.raw_value, Reading.correction, Reading.value)
        .where(Reading.sensor_id == sensor.id)
        .order_by(Reading.at)
    ).all()
    assert [tuple(row) for row in rows] == [(None, 0.0, -80.1), (-80.1, 0.4, -79.7)]
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "telemetry.sensor_calibrated")
    ).one()
    assert entry.reason == "Compared with reference R-7 in the oil bath"
    assert (sensor.calibration_due_on, sensor.certificate) == (date(2027, 11, 20), "C-118")


def test_a_calibration_that_cannot_be_is_refused_at_its_fields(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    sensor = SensorId(make_sensor(session).id)
    door = add(session, keeper, "D1", SensorKind.DOOR)

    with pytest.raises(SensorRefused) as late:
        calibrate(session, keeper, sensor, on=date(2026, 11, 30), due=date(2026, 11, 1))
    with pytest.raises(SensorRefused) as wild:
        calibrate(session, keeper, sensor, correction=4_000.0)
    with pytest.raises(SensorRefused, match="D1") as switch:
        calibrate(session, keeper, door)
    with pytest.raises(ReasonMissing):
        calibrate(session, keeper, sensor, reason="  ")
    with pytest.raises(SensorNotFound):
        calibrate(session, keeper, SensorId(new_id()))

    assert set(late.value.fields) == {"calibrated_on", "due_on"}
    assert set(wild.value.fields) == set(switch.value.fields) == {"correction"}
    assert session.get_one(Sensor, sensor).calibrated_on is None


def test_a_door_that_stands_open_is_alarmed_and_may_fall_silent(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    door = session.get_one(Sensor, add(session, keeper, "D1", SensorKind.DOOR))
    read_until(session, door, frozen_clock(), [1.0] * 60)
    frozen_clock.advance(minutes=11)

    checked = service.check_alarms(session, keeper)

    assert (checked.raised, checked.fell_silent) == (1, 1)

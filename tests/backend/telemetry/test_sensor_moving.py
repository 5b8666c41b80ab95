"""Sensors that are moved or taken out: what they measured stays with the unit of then."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from backend.core.errors import PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry
from backend.incidents import monthly
from backend.incidents.month_views import Month
from backend.telemetry import (
    alarm_overrides,
    alarm_rules,
    device_tokens,
    energy_queries,
    intake,
    keeping,
    maintenance,
    queries,
    sensor_moving,
    sensors,
    service,
    standings,
    thermal_fitting,
)
from backend.telemetry.alarm_overrides import Origin
from backend.telemetry.alarm_rules import NewTerms
from backend.telemetry.device_tokens import Unit
from backend.telemetry.errors import (
    ReasonMissing,
    SensorCodeTaken,
    SensorDisconnected,
    SensorInAlarm,
    SensorNotFound,
    SensorRefused,
    UnitInMaintenance,
)
from backend.telemetry.ids import AlarmKind, SensorId, SensorKind
from backend.telemetry.intake_views import Outcome, SentReading
from backend.telemetry.models import Reading, Sensor
from backend.telemetry.sensors import TemperatureLimits
from tests.factories.storage import make_freezer
from tests.factories.telemetry import make_sensor, open_alarm, read_until
from tests.support.clock import FrozenClock

KEPT_DAYS = 400
MINUTE = timedelta(minutes=1)
FREEZER = TemperatureLimits(setpoint_c=-20.0, warning_high_c=-17.0)


@pytest.fixture
def keeper(principal_of: Callable[..., Principal]) -> Principal:
    return principal_of(
        Permission.HEALTH_OPERATE,
        Permission.PREDICTIONS_VIEW,
        Permission.STORAGE_VIEW,
        Permission.STORAGE_PLACE,
        Permission.STORAGE_CONFIGURE,
        Permission.TELEMETRY_RECORD,
        name="Ada",
    )


def month_of(now: datetime, zone: ZoneInfo) -> Month:
    """Return the sixty days around an instant; a month is as long as it says."""
    return Month(start=now - timedelta(days=40), end=now + timedelta(days=20), zone=zone)


def unit_of(session: WriteSession, label: str) -> Unit:
    return Unit(unit_id=make_freezer(session, label=label).unit_id, label=label)


def placed(session: WriteSession, unit: Unit, code: str = "") -> Sensor:
    """Return a −80 °C probe in a unit, which follows the rules of its class."""
    sensor = make_sensor(session)
    sensor.unit_id, sensor.unit_label, sensor.alarm_high_c = unit.unit_id, unit.label, None
    sensor.code = code or f"{unit.label}-T1"
    session.flush()
    return sensor


def move(
    session: WriteSession,
    keeper: Principal,
    sensor: Sensor,
    unit: Unit,
    limits: TemperatureLimits | None = FREEZER,
) -> Sensor:
    moved = sensor_moving.move_sensor(
        session,
        keeper,
        sensor_id=SensorId(sensor.id),
        unit=unit,
        limits=limits,
        reason="Its place is needed",
    )
    return session.get_one(Sensor, moved.sensor_id)


def send(
    session: WriteSession, keeper: Principal, code: str, at: datetime, value: float
) -> Outcome:
    reading = SentReading(code=code, at=at, value=value)
    [outcome] = intake.ingest(session, keeper, [reading], kept_days=KEPT_DAYS).outcomes
    return outcome


def test_readings_before_the_move_stay_and_late_ones_go_to_the_unit_of_then(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    sensor = placed(session, unit_of(session, "ULT-71"))
    read_until(session, sensor, frozen_clock(), [-80.0] * 5)
    frozen_clock.advance(minutes=10)

    moved = move(session, keeper, sensor, unit_of(session, "FRZ-71"))
    frozen_clock.advance(minutes=5)
    late = send(session, keeper, sensor.code, frozen_clock() - 9 * MINUTE, -79.5)
    fresh = send(session, keeper, sensor.code, frozen_clock() - MINUTE, -20.0)

    rows = session.execute(select(Reading.sensor_id, func.count()).group_by(Reading.sensor_id))
    counts = {sensor_id: number for sensor_id, number in rows}  # noqa: C416 -- rows, not pairs
    assert (late, fresh) == (Outcome.ACCEPTED, Outcome.ACCEPTED)
    assert counts == {sensor.id: 6, moved.id: 1}
    stays = sensor_moving.list_stays(session, keeper, sensor.code)
    assert [(each.unit_label, each.until is None) for each in stays] == [
        ("FRZ-71", True),
        ("ULT-71", False),
    ]
    assert stays[0].since == stays[1].until


def test_a_probe_at_minus_80_that_is_moved_to_minus_20_alarms_nobody(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    sensor = placed(session, unit_of(session, "ULT-72"))
    read_until(session, sensor, frozen_clock(), [-80.0] * 30)

    moved = move(session, keeper, sensor, unit_of(session, "FRZ-72"))
    service.check_alarms(session, keeper)
    frozen_clock.advance(minutes=60)
    read_until(session, moved, frozen_clock(), [-20.0] * 60)
    service.check_alarms(session, keeper)

    assert queries.open_alarms(session, keeper) == []
    frozen_clock.advance(minutes=46)
    read_until(session, moved, frozen_clock(), [-10.0] * 46)
    service.check_alarms(session, keeper)
    [alarm] = queries.open_alarms(session, keeper)
    assert (alarm.unit_label, alarm.kind, alarm.limit_c) == ("FRZ-72", AlarmKind.HIGH, -15.0)


def test_a_disconnected_sensor_is_judged_listed_and_heard_no_more(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    unit = unit_of(session, "ULT-73")
    sensor = placed(session, unit)
    read_until(session, sensor, frozen_clock(), [-80.0] * 5)

    sensor_moving.disconnect_sensor(
        session, keeper, sensor_id=SensorId(sensor.id), reason="Its cable is torn"
    )
    frozen_clock.advance(hours=2)
    service.check_alarms(session, keeper)
    refused = send(session, keeper, sensor.code, frozen_clock() - MINUTE, 21.0)

    assert refused is Outcome.NOT_CONNECTED
    assert queries.open_alarms(session, keeper) == []
    assert standings.list_standings(session, keeper) == []
    assert queries.sensors_now(session, keeper) == []
    assert maintenance.list_units(session, keeper) == []
    assert [each.code for each in sensor_moving.list_disconnected(session, keeper)] == [sensor.code]
    with pytest.raises(SensorCodeTaken, match="was disconnected"):
        sensors.add_sensor(
            session,
            keeper,
            code=sensor.code,
            kind=SensorKind.DOOR,
            unit_id=unit.unit_id,
            unit_label=unit.label,
        )
    again = move(
        session, keeper, sensor, unit, TemperatureLimits(setpoint_c=-80, warning_high_c=-74)
    )
    assert (again.unit_label, again.disconnected_at) == ("ULT-73", None)
    assert sensor_moving.list_disconnected(session, keeper) == []


def test_a_sensor_with_an_open_alarm_stays_but_a_known_silence_ends_with_it(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    warm = placed(session, unit_of(session, "ULT-74"))
    silent = placed(session, unit_of(session, "ULT-75"))
    target = unit_of(session, "FRZ-75")
    for sensor in (warm, silent):
        read_until(session, sensor, frozen_clock(), [-80.0] * 5)
    open_alarm(session, warm, frozen_clock())
    silence = open_alarm(session, silent, frozen_clock(), kind=AlarmKind.NO_DATA)

    with pytest.raises(SensorInAlarm, match="ULT-74"):
        move(session, keeper, warm, target)
    with pytest.raises(SensorInAlarm, match=r"Nobody has acknowledged it: do that first\.$"):
        move(session, keeper, silent, target)
    service.acknowledge(session, keeper, sensor_id=SensorId(silent.id), reason="It is dead")
    move(session, keeper, silent, target)

    session.refresh(silence)
    assert silence.closed_at == frozen_clock()
    assert [each.unit_label for each in queries.open_alarms(session, keeper)] == ["ULT-74"]


def test_nothing_is_moved_out_of_or_into_a_unit_in_maintenance(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    here, there = unit_of(session, "ULT-76"), unit_of(session, "FRZ-76")
    sensor, other = placed(session, here), placed(session, unit_of(session, "ULT-77"))
    window = maintenance.start_window(
        session,
        keeper,
        unit_ids=[here.unit_id],
        starts_at=frozen_clock(),
        ends_at=frozen_clock() + timedelta(hours=1),
        reason="Defrosting",
    )

    with pytest.raises(UnitInMaintenance, match="End the maintenance first"):
        move(session, keeper, sensor, there)
    with pytest.raises(UnitInMaintenance):
        move(session, keeper, other, here)
    with pytest.raises(UnitInMaintenance):
        sensor_moving.disconnect_sensor(
            session, keeper, sensor_id=SensorId(sensor.id), reason="Why"
        )
    maintenance.end_window(session, keeper, window)
    assert move(session, keeper, sensor, there).unit_label == "FRZ-76"


def test_calibration_and_loggers_go_along_and_own_rules_stay_behind(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    sensor = placed(session, unit_of(session, "ULT-78"))
    sensors.calibrate_sensor(
        session,
        keeper,
        sensor_id=SensorId(sensor.id),
        correction=0.4,
        calibrated_on=frozen_clock().date() - timedelta(days=2),
        due_on=None,
        reason="By the bath",
        certificate="C-12",
    )
    device_tokens.make_device_token(session, keeper, name="Gateway", sensor_codes=[sensor.code])
    alarm_overrides.set_own_rule(
        session,
        keeper,
        sensor_id=SensorId(sensor.id),
        scope=Origin.SENSOR,
        key="ultra_low:temperature:high:critical",
        version=1,
        terms=NewTerms(limit=-60.0, delay=15 * MINUTE, deadband=2.0),
        reason="Opened often",
    )

    moved = move(session, keeper, sensor, unit_of(session, "FRZ-78"))

    [standing] = standings.list_standings(session, keeper)
    assert (standing.correction, standing.certificate, standing.tokens) == (
        0.4,
        "C-12",
        ("Gateway",),
    )
    [token] = device_tokens.list_device_tokens(session, keeper)
    assert token.records_for == sensor.code
    assert {each.sensor_id for each in alarm_rules.standing(session)} == {None}
    rules = alarm_overrides.rules_of_sensor(session, keeper, SensorId(moved.id)).rules
    assert {each.origin for each in rules} == {Origin.HOUSE}
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "telemetry.sensor_moved")
    ).one()
    assert (entry.reason, entry.entity_id) == ("Its place is needed", moved.id)


def test_a_unit_keeps_its_own_past_in_the_monthly_report_its_model_and_its_energy(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    zone = ZoneInfo("UTC")
    here, there = unit_of(session, "ULT-79"), unit_of(session, "FRZ-79")
    probe = placed(session, here)
    meter = placed(session, here, "ULT-79-P1")
    meter.kind = SensorKind.POWER
    session.flush()
    keeping.make_months(session, frozen_clock() - timedelta(days=40), frozen_clock())
    read_until(session, probe, frozen_clock(), [-80.0] * 2880, every=MINUTE)
    read_until(session, meter, frozen_clock(), [600.0] * 2880, every=MINUTE)
    moved = [move(session, keeper, probe, there), move(session, keeper, meter, there, None)]
    frozen_clock.advance(days=2)
    for sensor, value in zip(moved, (-20.0, 100.0), strict=True):
        read_until(session, sensor, frozen_clock(), [value] * 2880, every=MINUTE)
    keeping.roll_up(session, keeper)

    days = energy_queries.last_days(session, keeper, zone=zone, days=5)
    month = month_of(frozen_clock(), zone)
    found = {each.label: each for each in monthly.units_of_month(session, keeper, month)}

    assert (found["ULT-79"].lowest_c, found["ULT-79"].highest_c) == (-80.0, -80.0)
    assert (found["FRZ-79"].lowest_c, found["FRZ-79"].highest_c) == (-20.0, -20.0)
    assert found["ULT-79"].known_min == pytest.approx(2880, abs=10)
    taken = {each.unit_label: each.period.energy_kwh for each in days.values()}
    assert taken["ULT-79"] == pytest.approx(0.6 * 24, rel=0.75)
    assert taken["FRZ-79"] == pytest.approx(0.1 * 24, rel=0.75)
    assert thermal_fitting.load_readings(session, keeper, here.unit_id) is None
    fitted = thermal_fitting.load_readings(session, keeper, there.unit_id)
    assert fitted is not None
    assert set(fitted.temperature.values.tolist()) == {-20.0}


def test_another_probe_in_the_place_of_the_one_before_goes_on_with_the_units_curve(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    zone = ZoneInfo("UTC")
    here = unit_of(session, "ULT-80")
    first = placed(session, here)
    spare = placed(session, unit_of(session, "ULT-81"), "SPARE-1")
    keeping.make_months(session, frozen_clock() - timedelta(days=40), frozen_clock())
    read_until(session, first, frozen_clock(), [-80.0] * 600)
    sensor_moving.disconnect_sensor(
        session, keeper, sensor_id=SensorId(first.id), reason="To be calibrated"
    )
    limits = TemperatureLimits(setpoint_c=-80.0, warning_high_c=-74.0)
    second = move(session, keeper, spare, here, limits)
    frozen_clock.advance(minutes=600)
    read_until(session, second, frozen_clock(), [-78.0] * 600)

    month = month_of(frozen_clock(), zone)
    [unit] = [
        each for each in monthly.units_of_month(session, keeper, month) if each.label == "ULT-80"
    ]
    fitted = thermal_fitting.load_readings(session, keeper, here.unit_id)

    assert (unit.sensor_code, unit.lowest_c, unit.highest_c) == ("SPARE-1", -80.0, -78.0)
    assert unit.known_min == pytest.approx(1200, abs=5)
    assert fitted is not None
    assert len(fitted.temperature.values) == 1200
    assert (fitted.temperature.minutes[1:] > fitted.temperature.minutes[:-1]).all()


def test_what_cannot_be_moved_is_refused_and_stays(
    session: WriteSession, keeper: Principal, principal_of: Callable[..., Principal]
) -> None:
    here, there = unit_of(session, "ULT-82"), unit_of(session, "FRZ-82")
    sensor = placed(session, here)

    with pytest.raises(SensorRefused, match="already"):
        move(session, keeper, sensor, here)
    with pytest.raises(SensorRefused) as without:
        move(session, keeper, sensor, there, None)
    with pytest.raises(ReasonMissing):
        sensor_moving.move_sensor(
            session, keeper, sensor_id=SensorId(sensor.id), unit=there, limits=FREEZER, reason=" "
        )
    with pytest.raises(SensorNotFound):
        sensor_moving.disconnect_sensor(session, keeper, sensor_id=SensorId(new_id()), reason="Why")
    with pytest.raises(PermissionDenied):
        move(session, principal_of(Permission.STORAGE_VIEW), sensor, there)
    moved = move(session, keeper, sensor, there)
    with pytest.raises(SensorDisconnected, match="moved since"):
        move(session, keeper, sensor, here)

    assert "limits" in without.value.fields
    placed(session, here, "T-2")
    back = move(session, keeper, moved, here, None)
    assert (back.setpoint_c, back.warning_high_c) == (-80.0, -74.0)

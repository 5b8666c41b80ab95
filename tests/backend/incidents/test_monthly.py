"""A month of cold storage: every figure worked out by hand."""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry
from backend.incidents import curves, monthly
from backend.incidents.ids import IncidentKind, IncidentState, ReadingsFrom
from backend.incidents.models import Incident, IncidentUnit
from backend.incidents.month_views import UnitMonth, month_before
from backend.samples.ids import TemperatureClass
from backend.storage.ids import UnitStatus
from backend.telemetry import rule_making
from backend.telemetry.alarm_models import AlarmRule
from backend.telemetry.alarm_rules import NewTerms
from backend.telemetry.models import Reading, Sensor
from backend.telemetry.rollup_models import ReadingHour
from tests.factories.incidents import WatchedFreezer, watch_freezer
from tests.factories.storage import make_freezer
from tests.factories.telemetry import make_sensor

OCTOBER = month_before(datetime(2026, 11, 5, tzinfo=UTC), ZoneInfo("Europe/Berlin"))
"""31 days, one of them of 25 hours: 745 hours."""
HOURS, WHOLE_MIN = 745, 745 * 60


@pytest.fixture
def reader(principal_of: Callable[..., Principal]) -> Principal:
    return principal_of(Permission.STORAGE_VIEW)


def at(hour: float) -> datetime:
    return OCTOBER.start + timedelta(hours=hour)


def read_every_hour(
    session: WriteSession,
    sensor: Sensor,
    usual_c: float,
    unusual_c: Mapping[int, float],
    missing: range = range(0),
) -> None:
    session.add_all(
        Reading(sensor_id=sensor.id, at=at(hour), value=unusual_c.get(hour, usual_c))
        for hour in range(HOURS + 1)
        if hour not in missing
    )
    session.flush()


def units(session: WriteSession, reader: Principal) -> dict[str, UnitMonth]:
    return {each.label: each for each in monthly.units_of_month(session, reader, OCTOBER)}


def only(session: WriteSession, reader: Principal) -> UnitMonth:
    (unit,) = units(session, reader).values()
    return unit


def test_unknown_time_is_neither_in_range_nor_out_of_it(
    session: WriteSession, reader: Principal
) -> None:
    watched = watch_freezer(session)
    read_every_hour(session, watched.sensor, -80.0, {200: -60.0}, missing=range(100, 110))

    unit = only(session, reader)

    # Nobody knows the 11 hours from reading 99 to 110; around 200 it is above −70 for half of each
    # hour.
    assert (unit.whole_min, unit.known_min) == (WHOLE_MIN, WHOLE_MIN - 660)
    assert (unit.above_min, unit.below_min) == (60.0, 0.0)
    assert unit.in_range == pytest.approx((WHOLE_MIN - 660 - 60) / WHOLE_MIN)
    assert unit.coverage == pytest.approx((WHOLE_MIN - 660) / WHOLE_MIN)
    assert (unit.lowest_c, unit.highest_c) == (-80.0, -60.0)
    assert (unit.mkt_c, unit.mkt_note) == (None, "not defined for frozen storage")
    assert (unit.sensor_code, unit.readings_from) == (watched.sensor.code, ReadingsFrom.READINGS)


def test_a_month_names_the_thermometer_of_then_not_the_one_that_came_after_it(
    session: WriteSession, reader: Principal
) -> None:
    watched = watch_freezer(session)
    read_every_hour(session, watched.sensor, -80.0, {})
    newer = make_sensor(session)
    newer.unit_label, newer.unit_id = watched.sensor.unit_label, watched.sensor.unit_id
    newer.connected_at = watched.sensor.disconnected_at = at(HOURS + 24)
    session.flush()

    assert only(session, reader).sensor_code == watched.sensor.code


def test_a_refrigerator_has_minutes_below_and_the_mkt_of_its_worst_day(
    session: WriteSession, reader: Principal
) -> None:
    watched = watch_freezer(session, zone=TemperatureClass.PLUS_4)
    read_every_hour(session, watched.sensor, 4.0, {10: 15.0, 40: 0.0}, missing=range(100, 110))

    unit = only(session, reader)

    # 4 → 15 → 4 is above 8 for 7/11 of two hours; 4 → 0 → 4 below 2 for half of two.
    assert unit.above_min == pytest.approx(120 * 7 / 11)
    assert unit.below_min == pytest.approx(60.0)
    # 23 h at 4 °C and 1 h at 15 °C; ΔH/R is 83,144 / 8.3144 = 10,000 K.
    mean = (23 * math.exp(-10_000 / 277.15) + math.exp(-10_000 / 288.15)) / 24
    assert unit.mkt_c == pytest.approx(10_000 / -math.log(mean) - 273.15)
    # Readings 99 and 110 lie in two days.
    assert unit.mkt_note == "highest of 30 of 31 days"


def test_each_minute_is_judged_by_the_limits_that_were_in_force_in_it(
    session: WriteSession, reader: Principal, principal_of: Callable[..., Principal]
) -> None:
    watched = watch_freezer(session)
    watched.sensor.alarm_high_c = None  # it follows the rules of its class: −70 °C and −90 °C
    read_every_hour(session, watched.sensor, -68.0, {})
    keeper = principal_of(Permission.STORAGE_CONFIGURE)
    rule_making.change_rule(
        session,
        keeper,
        key="ultra_low:temperature:high:warning",
        version=1,
        terms=NewTerms(limit=-66.0, delay=timedelta(minutes=15), deadband=2.0),
        reason="As agreed",
    )
    changed = session.scalars(select(AlarmRule)).one()

    changed.set_at = at(100)
    session.flush()
    within = only(session, reader)
    changed.set_at = at(HOURS)
    session.flush()
    after = only(session, reader)

    assert within.above_min == pytest.approx(100 * 60)
    assert [(each.start, each.end, each.low, each.high) for each in within.limits] == [
        (at(0), at(100), -90.0, -70.0),
        (at(100), at(HOURS), -90.0, -66.0),
    ]
    # What was set when the month was over leaves it as it was.
    assert after.above_min == pytest.approx(WHOLE_MIN)
    assert (after.known_min, len(after.limits)) == (WHOLE_MIN, 1)


def test_room_temperature_needs_its_thirty_days(session: WriteSession, reader: Principal) -> None:
    whole = watch_freezer(session, zone=TemperatureClass.ROOM, label="RT-1")
    gap = watch_freezer(session, zone=TemperatureClass.ROOM, label="RT-2")
    read_every_hour(session, whole.sensor, 21.0, {})
    read_every_hour(session, gap.sensor, 21.0, {}, missing=range(300, 310))

    found = units(session, reader)

    assert found["RT-1"].mkt_c == pytest.approx(21.0)
    assert (found["RT-2"].mkt_c, found["RT-2"].mkt_note) == (None, "readings lack")


def test_where_readings_are_gone_their_sums_speak_and_say_so(
    session: WriteSession, reader: Principal
) -> None:
    watched = watch_freezer(session)
    session.add_all(
        ReadingHour(
            sensor_id=watched.sensor.id,
            start=at(hour),
            lowest=-81.0,
            highest=-60.0 if hour == 200 else -79.0,
            mean=-80.0,
            count=60,
        )
        for hour in range(HOURS + 1)
    )
    session.flush()

    unit = only(session, reader)

    assert unit.readings_from is ReadingsFrom.HOURS
    # −79 → −60 → −79 is above −70 for 10/19 of two hours.
    assert unit.above_min == pytest.approx(120 * 10 / 19)
    assert unit.coverage == 1.0


def test_a_first_reading_inside_an_hour_does_not_call_for_sums(session: WriteSession) -> None:
    sensor = watch_freezer(session).sensor
    session.add(
        ReadingHour(
            sensor_id=sensor.id, start=at(10), lowest=-80.0, highest=-60.0, mean=-80.0, count=2
        )
    )
    session.add_all(
        Reading(sensor_id=sensor.id, at=at(10) + timedelta(minutes=minute), value=-80.0)
        for minute in (40, 41)
    )
    session.flush()

    curve = curves.curve_of(session, sensor.id, at(0), at(20), setpoint_c=-80.0, has_low=False)

    assert curve.readings_from is ReadingsFrom.READINGS


def noted(session: WriteSession, sensor: Sensor, action: str, instant: datetime) -> None:
    """Put an alarm into the audit trail as of then."""
    session.execute(
        insert(AuditEntry).values(
            at=instant,
            actor_name="Test",
            origin="test",
            request_id="test",
            action=f"telemetry.{action}",
            entity="sensor",
            entity_id=sensor.id,
            new_values={"unit_id": str(sensor.unit_id)},
        )
    )


def incident(
    session: WriteSession,
    watched: WatchedFreezer,
    began_at: datetime,
    merged_into_id: UUID | None = None,
) -> Incident:
    made = Incident(
        kind=IncidentKind.UNIT,
        state=IncidentState.MERGED if merged_into_id else IncidentState.CONTAINED,
        opened_at=began_at,
        began_at=began_at,
        merged_into_id=merged_into_id,
    )
    session.add(made)
    session.flush()
    session.add(
        IncidentUnit(
            incident_id=made.id,
            unit_id=watched.freezer.unit_id,
            unit_label=watched.freezer.label,
            sensor_id=watched.sensor.id,
            setpoint_c=-80.0,
            alarm_high_c=-70.0,
            alarm_low_c=None,
            began_at=began_at,
            is_open=False,
        )
    )
    session.flush()
    return made


def test_excursions_and_alarms_are_those_that_began_in_the_month(
    session: WriteSession, reader: Principal
) -> None:
    watched = watch_freezer(session)
    kept = incident(session, watched, at(5))
    incident(session, watched, at(6), merged_into_id=kept.id)
    incident(session, watched, at(-1))
    incident(session, watched, at(HOURS))
    for raised, seen in (
        (-5, -4),
        (5, 5.5),
        (100, None),
        (700, 700.25),
        (744.5, 745.5),
        (800, 801),
    ):
        noted(session, watched.sensor, "alarm_raised", at(raised))
        if seen is not None:
            noted(session, watched.sensor, "alarm_acknowledged", at(seen))

    unit = only(session, reader)

    assert (unit.excursions, unit.alarms) == (1, 4)
    # The last one waited into the next month.
    assert unit.acknowledged_after_min == (30.0, 15.0, 60.0)


def test_units_that_nobody_measured_are_untested_and_retired_ones_left_out(
    session: WriteSession, reader: Principal
) -> None:
    silent = watch_freezer(session, label="ULT-A")
    make_freezer(session, label="ULT-B")
    make_freezer(session, label="ULT-C", status=UnitStatus.RETIRED)

    found = units(session, reader)

    assert list(found) == ["ULT-A", "ULT-B"]
    assert all(unit.is_untested and unit.in_range == 0 for unit in found.values())
    assert [unit.sensor_code for unit in found.values()] == [silent.sensor.code, None]


def test_a_month_is_for_those_who_see_storage(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    with pytest.raises(PermissionDenied):
        monthly.units_of_month(session, principal_of(Permission.REPORTS_RUN), OCTOBER)

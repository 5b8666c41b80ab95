"""All units side by side: what is said of each, in which order, in how many queries."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.incidents import fleet
from backend.incidents.fleet_views import FleetUnit, Need
from backend.incidents.models import IncidentUnit
from backend.storage.ids import UnitStatus
from backend.telemetry.ids import SensorKind
from backend.telemetry.models import Sensor
from tests.factories.incidents import (
    WatchedFreezer,
    code_of,
    follow,
    minutes,
    only_incident,
    warm_up,
    watch_freezer,
)
from tests.factories.storage import make_freezer
from tests.factories.telemetry import make_sensor, open_alarm, read_until
from tests.support.clock import FrozenClock


@pytest.fixture
def reader(principal_of: Callable[..., Principal]) -> Principal:
    return principal_of(Permission.STORAGE_VIEW)


@contextmanager
def heard_statements(session: WriteSession) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(*arguments: object) -> None:
        sent.append(str(arguments[2]))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    yield sent
    event.remove(connection, "before_cursor_execute", note)


def cold(session: WriteSession, frozen_clock: FrozenClock, label: str) -> WatchedFreezer:
    watched = watch_freezer(session, label=label)
    read_until(session, watched.sensor, frozen_clock(), [-80.0, -79.5])
    return watched


def only(session: WriteSession, reader: Principal) -> FleetUnit:
    (unit,) = fleet.fleet(session, reader)
    return unit


def test_a_hundred_units_take_no_more_queries_than_one(
    session: WriteSession, frozen_clock: FrozenClock, reader: Principal
) -> None:
    def asked() -> int:
        session.expire_all()
        with heard_statements(session) as sent:
            fleet.fleet(session, reader)
        return len(sent)

    def add(label: str) -> None:
        warm_up(session, watch_freezer(session, label=label), frozen_clock())

    add("ULT-01")
    follow(session)
    of_one = asked()
    for number in range(2, 7):
        add(f"ULT-{number:02d}")
    follow(session)

    assert of_one == asked()
    assert of_one == 7  # the versions of the alarms' rules are one of them


def test_those_to_look_at_come_first(
    session: WriteSession, frozen_clock: FrozenClock, reader: Principal
) -> None:
    make_freezer(session, label="A-RETIRED", status=UnitStatus.RETIRED)
    cold(session, frozen_clock, "B-FINE")
    farther = watch_freezer(session, label="B-FARTHER")
    read_until(session, farther.sensor, frozen_clock(), [-78.0])
    out_by_less = watch_freezer(session, label="A-OUT")
    read_until(session, out_by_less.sensor, frozen_clock(), [-65.0])
    overdue = cold(session, frozen_clock, "C-OVERDUE")
    overdue.sensor.calibrated_on = frozen_clock().date() - timedelta(days=400)
    overdue.sensor.calibration_due_on = frozen_clock().date() - timedelta(days=1)
    warm = watch_freezer(session, label="D-WARM")
    read_until(session, warm.sensor, frozen_clock(), [-72.0])
    make_freezer(session, label="E-NO-SENSOR")
    silent = watch_freezer(session, label="F-SILENT")
    read_until(session, silent.sensor, frozen_clock() - timedelta(hours=2), [-80.0])
    out = watch_freezer(session, label="G-OUT")
    read_until(session, out.sensor, frozen_clock(), [-50.0])
    for label, seen in (("H-SEEN", True), ("I-ALARM", False)):
        alarmed = watch_freezer(session, label=label)
        warm_up(session, alarmed, frozen_clock())
        alarm = open_alarm(session, alarmed.sensor, frozen_clock() - minutes(20))
        if seen:
            alarm.acknowledged_at, alarm.acknowledged_by_name = frozen_clock(), "Ada"
    session.flush()

    found = fleet.fleet(session, reader)

    assert [(unit.occupancy.label, unit.need) for unit in found] == [
        ("I-ALARM", Need.ALARM),
        ("H-SEEN", Need.ACKNOWLEDGED_ALARM),
        ("G-OUT", Need.OUT_OF_RANGE),
        ("A-OUT", Need.OUT_OF_RANGE),
        ("F-SILENT", Need.SILENT),
        ("E-NO-SENSOR", Need.NO_SENSOR),
        ("D-WARM", Need.WARM),
        ("C-OVERDUE", Need.CALIBRATION_OVERDUE),
        ("B-FARTHER", Need.NOTHING),
        ("B-FINE", Need.NOTHING),
        ("A-RETIRED", Need.RETIRED),
    ]
    assert found[2].deviation_c == 30.0
    assert found[4].deviation_c is None


def test_the_worst_excursion_is_the_one_farthest_out_of_the_limits(
    session: WriteSession, frozen_clock: FrozenClock, reader: Principal
) -> None:
    watched = watch_freezer(session)
    warm_up(session, watched, frozen_clock())
    follow(session)

    worst = only(session, reader).worst

    assert worst is not None
    assert (worst.code, worst.peak_c, worst.others) == (code_of(only_incident(session)), -55.0, 0)
    # Of thirty readings of a minute, from the first to the last.
    assert worst.out_min == pytest.approx(29.0)


def test_an_excursion_of_longer_ago_is_forgotten(
    session: WriteSession, frozen_clock: FrozenClock, reader: Principal
) -> None:
    watched = watch_freezer(session)
    warm_up(session, watched, frozen_clock())
    follow(session)
    part = session.get_one(
        IncidentUnit, {"incident_id": only_incident(session).id, "unit_id": watched.freezer.unit_id}
    )
    part.ended_at = frozen_clock()
    session.flush()

    frozen_clock.advance(days=29)
    assert only(session, reader).worst is not None
    frozen_clock.advance(days=2)
    assert only(session, reader).worst is None


def test_the_alarm_of_another_probe_of_the_unit_is_the_units(
    session: WriteSession, frozen_clock: FrozenClock, reader: Principal
) -> None:
    watched = cold(session, frozen_clock, "ULT-01")
    air: Sensor = make_sensor(session, unit_label="ULT-01-AIR")
    air.unit_id, air.kind = watched.freezer.unit_id, SensorKind.TEMPERATURE_AIR
    open_alarm(session, air, frozen_clock() - minutes(20))
    read_until(session, air, frozen_clock(), [-60.0])

    unit = only(session, reader)

    assert unit.alarmed is not None
    assert unit.sensor is not None
    assert (unit.alarmed.code, unit.sensor.code) == (air.code, watched.sensor.code)
    assert unit.need is Need.ALARM


def test_a_unit_whose_last_thermometer_was_taken_out_says_when(
    session: WriteSession, frozen_clock: FrozenClock, reader: Principal
) -> None:
    watched = cold(session, frozen_clock, "ULT-01")
    bare = make_freezer(session, label="ULT-02")
    watched.sensor.disconnected_at = frozen_clock() - timedelta(days=2)
    session.flush()

    found = {unit.occupancy.label: unit for unit in fleet.fleet(session, reader)}

    assert found["ULT-01"].unwatched_since == frozen_clock() - timedelta(days=2)
    assert found["ULT-02"].occupancy.unit_id == bare.unit_id
    assert found["ULT-02"].unwatched_since is None

    other = make_sensor(session, unit_label="ULT-01-AIR")
    other.unit_id = watched.freezer.unit_id
    session.flush()
    found = {unit.occupancy.label: unit for unit in fleet.fleet(session, reader)}

    assert found["ULT-01"].unwatched_since is None


def test_the_fleet_is_for_those_who_see_storage(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    with pytest.raises(PermissionDenied):
        fleet.fleet(session, principal_of(Permission.SAMPLES_VIEW))

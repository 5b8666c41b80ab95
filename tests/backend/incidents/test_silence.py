"""Incidents of silence: nobody knows how warm a unit is in which no thermometer is heard."""

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import select

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.incidents import item_queries, queries, service
from backend.incidents.errors import IncidentRefused, UnitHeard
from backend.incidents.ids import IncidentState
from backend.incidents.models import Incident, IncidentUnit
from backend.telemetry import sensor_moving
from backend.telemetry import service as telemetry_service
from backend.telemetry.ids import SensorId
from tests.factories.incidents import (
    WatchedFreezer,
    code_of,
    follow,
    key_of,
    minutes,
    only_incident,
    watch_freezer,
)
from tests.factories.telemetry import make_sensor, read_until
from tests.support.clock import FrozenClock

COLD = [-80.0] * 20


def test_a_unit_of_which_nothing_is_heard_for_half_an_hour_is_an_incident(
    session: WriteSession, frozen_clock: FrozenClock
) -> None:
    watched = watch_freezer(session)
    read_until(session, watched.sensor, frozen_clock(), COLD)
    silent_since = frozen_clock()
    frozen_clock.advance(minutes=29)
    warned = follow(session)
    frozen_clock.advance(minutes=2)

    opened = follow(session)

    assert (warned.opened, opened.opened) == (0, 1)
    assert only_incident(session).began_at == silent_since
    unit = session.scalars(select(IncidentUnit)).one()
    assert (unit.known_min, unit.unknown_min, unit.out_min) == (0, 31, 0)


def test_it_is_contained_when_the_probe_is_heard_again(
    session: WriteSession, frozen_clock: FrozenClock
) -> None:
    watched = watch_freezer(session)
    read_until(session, watched.sensor, frozen_clock(), COLD)
    frozen_clock.advance(minutes=31)
    follow(session)
    frozen_clock.advance(minutes=9)
    read_until(session, watched.sensor, frozen_clock(), [-79.0])

    contained = follow(session).contained

    incident = only_incident(session)
    assert (contained, incident.state) == (1, IncidentState.CONTAINED)
    assert incident.ended_at == frozen_clock()


def test_another_thermometer_that_is_heard_leaves_nothing_unknown(
    session: WriteSession, frozen_clock: FrozenClock
) -> None:
    watched = watch_freezer(session)
    other = make_sensor(session)
    other.unit_id = watched.freezer.unit_id
    read_until(session, watched.sensor, frozen_clock(), COLD)
    read_until(session, other, frozen_clock() + minutes(31), COLD)
    frozen_clock.advance(minutes=31)

    assert follow(session).opened == 0
    assert session.scalars(select(Incident)).all() == []


def test_a_probe_that_has_not_spoken_since_it_was_connected_leaves_its_unit_unknown(
    session: WriteSession, frozen_clock: FrozenClock
) -> None:
    watched = watch_freezer(session)
    watched.sensor.connected_at = connected_at = frozen_clock()
    session.flush()
    frozen_clock.advance(minutes=31)
    opened = follow(session).opened
    unit = session.scalars(select(IncidentUnit)).one()
    unknown = (unit.known_min, unit.unknown_min, unit.highest_c)
    frozen_clock.advance(minutes=9)
    read_until(session, watched.sensor, frozen_clock(), [-79.0])

    contained = follow(session).contained

    incident = only_incident(session)
    assert (opened, contained, unknown) == (1, 1, (0, 31, None))
    assert (incident.began_at, incident.ended_at) == (connected_at, frozen_clock())


@pytest.fixture
def dead(session: WriteSession, frozen_clock: FrozenClock, keeper: Principal) -> WatchedFreezer:
    """A freezer whose probe fell silent, was acknowledged and taken out; its incident stands."""
    watched = watch_freezer(session)
    read_until(session, watched.sensor, frozen_clock(), COLD)
    frozen_clock.advance(minutes=31)
    follow(session)
    frozen_clock.advance(minutes=4)
    sensor_id = SensorId(watched.sensor.id)
    telemetry_service.acknowledge(session, keeper, sensor_id=sensor_id, reason="It is dead")
    sensor_moving.disconnect_sensor(
        session, keeper, sensor_id=sensor_id, reason="It is to be replaced"
    )
    frozen_clock.advance(minutes=1)
    return watched


@pytest.fixture
def keeper(principal_of: Callable[..., Principal]) -> Principal:
    made: Principal = principal_of(
        Permission.STORAGE_VIEW,
        Permission.STORAGE_PLACE,
        Permission.STORAGE_CONFIGURE,
        Permission.SAMPLES_HOLD,
        name="Bo Keller",
    )
    return made


def gaps(session: WriteSession, person: Principal) -> str:
    view = queries.get_incident(session, person, code_of(only_incident(session)))
    return " ".join(view.closing_gaps)


def test_a_dead_probe_that_is_taken_out_contains_nothing(
    session: WriteSession, dead: WatchedFreezer, keeper: Principal
) -> None:
    contained = follow(session).contained

    incident = only_incident(session)
    assert (contained, incident.state, incident.ended_at) == (0, IncidentState.OPEN, None)
    label = dead.freezer.label
    assert f"Nothing was heard from {label} since: connect a sensor" in gaps(session, keeper)


def test_a_probe_in_its_place_that_is_heard_in_range_contains_it(
    session: WriteSession, dead: WatchedFreezer, frozen_clock: FrozenClock
) -> None:
    follow(session)
    other = make_sensor(session)
    other.unit_id, other.unit_label = dead.freezer.unit_id, dead.freezer.label
    frozen_clock.advance(minutes=6)
    read_until(session, other, frozen_clock(), [-79.0, -79.0])

    contained = follow(session).contained

    incident = only_incident(session)
    assert (contained, incident.state) == (1, IncidentState.CONTAINED)
    assert incident.ended_at == frozen_clock() - minutes(1)


def test_a_person_says_that_it_is_back_in_range_and_how_they_know(
    session: WriteSession, dead: WatchedFreezer, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    follow(session)
    incident = only_incident(session)

    service.say_back(
        session,
        keeper,
        incident_id=key_of(incident),
        unit_label=dead.freezer.label,
        reason="−79 °C with a thermometer of our own",
    )
    later = follow(session)

    incident = only_incident(session)
    assert (incident.state, incident.ended_at) == (IncidentState.CONTAINED, frozen_clock())
    assert later.contained == 0
    view = queries.get_incident(session, keeper, code_of(incident))
    (unit,) = view.units
    assert unit.said_back == (
        "Bo Keller says that it is back in range: −79 °C with a thermometer of our own"
    )
    assert view.closing_gaps == [] or "heard" not in gaps(session, keeper)
    told = [each.words for each in item_queries.timeline(session, keeper, view.code)]
    assert f"{dead.freezer.label} said to be back in range; no thermometer is heard there" in told
    assert "Every unit is back in range, or said to be" in told
    # Nobody heard it: the time until the word stays unknown.
    assert (unit.known_min, unit.unknown_min) == (0, 36)


def test_the_word_holds_until_the_unit_goes_out_again(
    session: WriteSession, dead: WatchedFreezer, frozen_clock: FrozenClock, keeper: Principal
) -> None:
    follow(session)
    key, label = key_of(only_incident(session)), dead.freezer.label
    service.say_back(session, keeper, incident_id=key, unit_label=label, reason="Measured")
    other = make_sensor(session)
    other.unit_id, other.unit_label = dead.freezer.unit_id, label
    frozen_clock.advance(minutes=40)
    read_until(session, other, frozen_clock(), [-55.0] * 30)

    follow(session)

    assert only_incident(session).state is IncidentState.OPEN


def test_the_word_is_refused_where_it_says_nothing_or_readings_do(
    session: WriteSession, frozen_clock: FrozenClock, keeper: Principal, onlooker: Principal
) -> None:
    watched = watch_freezer(session)
    read_until(session, watched.sensor, frozen_clock(), COLD)
    frozen_clock.advance(minutes=31)
    follow(session)
    label = watched.freezer.label
    say = partial(service.say_back, session, incident_id=key_of(only_incident(session)))

    with pytest.raises(UnitHeard, match="connect another one, or disconnect it first"):
        say(keeper, unit_label=label, reason="Measured")
    with pytest.raises(IncidentRefused) as refusal:
        say(keeper, unit_label="ULT-77", reason=" ")
    assert set(refusal.value.fields) == {"unit", "reason"}
    with pytest.raises(PermissionDenied):
        say(onlooker, unit_label=label, reason="Measured")


@pytest.fixture
def onlooker(principal_of: Callable[..., Principal]) -> Principal:
    made: Principal = principal_of(Permission.STORAGE_VIEW)
    return made

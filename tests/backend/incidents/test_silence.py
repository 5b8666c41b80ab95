"""Incidents of silence: nobody knows how warm a unit is in which no thermometer is heard."""

from sqlalchemy import select

from backend.core.sessions import WriteSession
from backend.incidents.ids import IncidentState
from backend.incidents.models import Incident, IncidentUnit
from tests.factories.incidents import follow, minutes, only_incident, watch_freezer
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

"""Silence is counted by what the database says of who listens, and by no living listener."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, func, select, update

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import OutboxEvent
from backend.gateway.models import ServiceInstance
from backend.gateway.service import renew_lease
from backend.telemetry import listening, service
from backend.telemetry.listening import MQTT, WEB
from backend.telemetry.models import Sensor
from backend.telemetry.service import Checked
from tests.factories.telemetry import make_sensor, read_until
from tests.support.clock import FrozenClock

BERLIN = ZoneInfo("Europe/Berlin")
BOTH = frozenset({WEB, MQTT})


@pytest.fixture
def checker(principal_of: Callable[..., Principal]) -> Principal:
    return principal_of(Permission.HEALTH_OPERATE)


def listen(session: WriteSession, clock: FrozenClock, *names: str) -> None:
    """Let processes live from now on, by the program's clock."""
    for name in names:
        renew_lease(session, service=name, instance=f"{name}@a:1")
        session.execute(
            update(ServiceInstance)
            .where(ServiceInstance.service == name)
            .values(started_at=clock())
        )


def die(session: WriteSession, clock: FrozenClock, *names: str) -> None:
    session.execute(
        update(ServiceInstance)
        .where(ServiceInstance.service.in_(names))
        .values(lease_until=func.least(clock(), func.clock_timestamp() - timedelta(minutes=1)))
    )


def look(session: WriteSession, checker: Principal) -> Checked:
    """Do what the recurring check does."""
    listening.watch(session, checker, expected=BOTH, zone=BERLIN)
    return service.check_alarms(session, checker)


def looks(session: WriteSession, clock: FrozenClock, checker: Principal, minutes: int) -> int:
    """Check every minute; return how many sensors fell silent."""
    fell = 0
    for _ in range(minutes):
        clock.advance(minutes=1)
        fell += look(session, checker).fell_silent
    return fell


def told(session: WriteSession, kind: str) -> list[dict[str, object]]:
    query = select(OutboxEvent.payload).where(OutboxEvent.type == kind).order_by(OutboxEvent.id)
    return list(session.scalars(query))


@pytest.fixture
def sensor(session: WriteSession, frozen_clock: FrozenClock, checker: Principal) -> Sensor:
    """Return a sensor that was heard just now by a program that had listened for an hour."""
    frozen_clock.advance(hours=-1)
    listen(session, frozen_clock, WEB, MQTT)
    frozen_clock.advance(hours=1)
    made = make_sensor(session)
    read_until(session, made, frozen_clock(), [-80.0] * 3)
    look(session, checker)
    return made


def test_a_sensor_falls_silent_though_nobody_who_could_hear_it_lives(
    session: WriteSession, frozen_clock: FrozenClock, checker: Principal, sensor: Sensor
) -> None:
    del sensor
    die(session, frozen_clock, WEB, MQTT)

    fell = [looks(session, frozen_clock, checker, minutes) for minutes in (10, 2, 60)]

    # The limit is ten minutes from the first look that found nobody, a minute after the death.
    assert fell == [0, 1, 0]


def test_that_nobody_listens_is_told_once_for_each_kind_and_so_is_the_return(
    session: WriteSession, frozen_clock: FrozenClock, checker: Principal, sensor: Sensor
) -> None:
    del sensor
    die(session, frozen_clock, MQTT)

    looks(session, frozen_clock, checker, 3)
    early = told(session, "telemetry.listeners_gone")
    looks(session, frozen_clock, checker, 30)
    gone = told(session, "telemetry.listeners_gone")
    since = listening.gone_since(session, MQTT)
    listen(session, frozen_clock, MQTT)
    looks(session, frozen_clock, checker, 2)

    assert early == []
    assert [(each["service"], str(each["since_there"])[:11]) for each in gone] == [
        (MQTT, "23 Nov 2026")
    ]
    assert since is not None
    assert [each["service"] for each in told(session, "telemetry.listeners_back")] == [MQTT]
    assert listening.gone_since(session, MQTT) is None


def test_a_listener_that_is_back_within_the_grace_is_not_told_of(
    session: WriteSession, frozen_clock: FrozenClock, checker: Principal, sensor: Sensor
) -> None:
    del sensor
    die(session, frozen_clock, WEB, MQTT)
    looks(session, frozen_clock, checker, 2)
    listen(session, frozen_clock, WEB, MQTT)

    assert looks(session, frozen_clock, checker, 5) == 0
    assert told(session, "telemetry.listeners_gone") == []
    assert told(session, "telemetry.listeners_back") == []


@pytest.mark.parametrize("leaves_its_lease", [True, False])
def test_after_an_outage_of_the_whole_program_no_sensor_is_told_of_before_its_time(
    session: WriteSession,
    frozen_clock: FrozenClock,
    checker: Principal,
    sensor: Sensor,
    *,
    leaves_its_lease: bool,
) -> None:
    die(session, frozen_clock, WEB, MQTT)
    if not leaves_its_lease:  # in good order, or a day ago
        session.execute(delete(ServiceInstance))
    frozen_clock.advance(hours=8)

    # The check is there before those who listen.
    first = look(session, checker)
    frozen_clock.advance(minutes=1)
    listen(session, frozen_clock, WEB, MQTT)
    fell = looks(session, frozen_clock, checker, 5)
    read_until(session, sensor, frozen_clock(), [-80.0])

    assert (first.fell_silent, fell, looks(session, frozen_clock, checker, 8)) == (0, 0, 0)


def test_an_outage_in_the_middle_of_a_gap_begins_the_counting_anew(
    session: WriteSession, frozen_clock: FrozenClock, checker: Principal, sensor: Sensor
) -> None:
    del sensor
    die(session, frozen_clock, WEB, MQTT)
    looks(session, frozen_clock, checker, 5)
    frozen_clock.advance(hours=8)

    assert [looks(session, frozen_clock, checker, minutes) for minutes in (10, 3)] == [0, 1]
    assert len(told(session, "telemetry.listeners_gone")) == 2


def test_a_restart_of_the_program_gives_those_who_listen_their_time_to_be_back(
    session: WriteSession, frozen_clock: FrozenClock, checker: Principal, sensor: Sensor
) -> None:
    del sensor
    listen(session, frozen_clock, "leader")
    die(session, frozen_clock, WEB, MQTT)
    looks(session, frozen_clock, checker, 1)
    # All of it is stopped and is there again four minutes later; its check is the first.
    session.execute(delete(ServiceInstance))
    frozen_clock.advance(minutes=4)
    listen(session, frozen_clock, "leader")
    look(session, checker)
    at_once = told(session, "telemetry.listeners_gone")
    looks(session, frozen_clock, checker, 2)
    listen(session, frozen_clock, WEB, MQTT)
    looks(session, frozen_clock, checker, 5)

    assert at_once == []
    assert told(session, "telemetry.listeners_gone") == []


def test_who_is_not_back_after_a_restart_is_told_of_since_they_were_last_there(
    session: WriteSession, frozen_clock: FrozenClock, checker: Principal, sensor: Sensor
) -> None:
    del sensor
    listen(session, frozen_clock, "leader")
    die(session, frozen_clock, WEB)
    looks(session, frozen_clock, checker, 2)
    session.execute(delete(ServiceInstance))
    frozen_clock.advance(minutes=4)
    listen(session, frozen_clock, "leader", MQTT)

    looks(session, frozen_clock, checker, 5)

    [gone] = told(session, "telemetry.listeners_gone")
    assert gone["service"] == WEB
    assert str(gone["since"]) < (frozen_clock() - timedelta(minutes=9)).isoformat()


def test_a_worker_that_is_started_again_does_not_begin_the_counting_anew(
    session: WriteSession, frozen_clock: FrozenClock, checker: Principal, sensor: Sensor
) -> None:
    del sensor
    listen(session, frozen_clock, "leader")
    die(session, frozen_clock, WEB)
    looks(session, frozen_clock, checker, 3)
    listen(session, frozen_clock, "worker-1")

    looks(session, frozen_clock, checker, 2)

    assert len(told(session, "telemetry.listeners_gone")) == 1


def test_silence_is_counted_on_when_the_leases_are_forgotten(
    session: WriteSession, frozen_clock: FrozenClock, checker: Principal, sensor: Sensor
) -> None:
    del sensor
    die(session, frozen_clock, WEB, MQTT)
    looks(session, frozen_clock, checker, 3)
    session.execute(delete(ServiceInstance))

    assert [looks(session, frozen_clock, checker, minutes) for minutes in (8, 2)] == [0, 1]


def test_a_kind_that_is_not_set_up_is_not_missed(
    session: WriteSession, frozen_clock: FrozenClock, checker: Principal, sensor: Sensor
) -> None:
    del sensor
    die(session, frozen_clock, MQTT)
    for _ in range(10):
        frozen_clock.advance(minutes=1)
        listening.watch(session, checker, expected={WEB}, zone=BERLIN)

    assert told(session, "telemetry.listeners_gone") == []


def test_only_the_program_itself_watches(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    with pytest.raises(PermissionDenied):
        listening.watch(session, principal_of(Permission.STORAGE_VIEW), expected=BOTH, zone=BERLIN)

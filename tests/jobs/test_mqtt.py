"""Loggers that speak MQTT, with a real broker: nothing is lost, nothing counts twice."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from backend.core import clock
from backend.core.principal import Origin, Permission, Principal
from backend.core.transaction import reading, writing
from backend.telemetry import device_tokens, messages
from backend.telemetry.adapters.mqtt import Subscription, broker_of
from backend.telemetry.device_tokens import Unit
from backend.telemetry.message_views import LinkView, RefusedView
from backend.telemetry.models import Reading, Sensor
from jobs.leadership import MQTT_LOCK, Leadership
from jobs.mqtt import Ear
from jobs.supervisor.services import ROOT
from tests.factories.telemetry import make_sensor
from tests.support.mqtt_broker import MqttBroker

WITHIN_S = 8.0
LOGGER, OTHER = "north", "south"
KEEPER = Principal(
    user_id=None,
    name="Ada Admin",
    permissions=frozenset({Permission.STORAGE_CONFIGURE, Permission.HEALTH_OPERATE}),
    origin=Origin.UI,
    request_id="test",
)
# Between commit and acknowledgement, where it is worst.
DIES_UNACKNOWLEDGED = """
import os
from backend.telemetry.adapters.mqtt import Subscription
Subscription.acknowledge = lambda *_: os._exit(9)
from jobs import mqtt
mqtt.main()
"""


@pytest.fixture
def broker(open_folder: Path) -> Iterator[MqttBroker]:
    running = MqttBroker(open_folder, [LOGGER, OTHER])
    running.start()
    yield running
    running.kill()


@pytest.fixture
def sensor(committed_database: Engine) -> Sensor:
    """Return the sensor that the logger's token records for."""
    with writing() as session:
        sensor = make_sensor(session)
        unit = Unit(unit_id=sensor.unit_id, label=sensor.unit_label)
        device_tokens.make_device_token(session, KEEPER, name=LOGGER, unit=unit)
    return sensor


@pytest.fixture
def database_url(committed_database: Engine) -> str:
    return committed_database.url.render_as_string(hide_password=False)


@contextmanager
def listening(broker: MqttBroker, database_url: str) -> Iterator[Ear]:
    """Listen as the process does, a turn at a time; return when the broker sends what it has."""
    leadership = Leadership(database_url, MQTT_LOCK)
    assert leadership.held()
    address = broker_of(broker.url, prefix="tracseq", password_file=broker.password_file)
    try:
        with Subscription(address) as subscription:
            ear = Ear(subscription=subscription, leadership=leadership, kept_days=400)
            turns_until(ear, lambda: subscription.standing.is_connected)
            yield ear
    finally:
        leadership.resign()


def turns_until(ear: Ear, is_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not is_true():
        assert time.monotonic() < deadline, ear.subscription.standing
        ear.turn()


def message(sensor: Sensor | str, at: datetime, *values: float) -> bytes:
    """Return readings a second apart from ``at``."""
    code = sensor if isinstance(sensor, str) else sensor.code
    readings = [
        {"sensor": code, "at": (at + timedelta(seconds=number)).isoformat(), "value": value}
        for number, value in enumerate(values)
    ]
    return json.dumps({"readings": readings}).encode()


def kept() -> Sequence[float]:
    with reading() as session:
        return session.scalars(select(Reading.value).order_by(Reading.at)).all()


def link() -> LinkView:
    with reading() as session:
        found = messages.get_link(session, KEEPER)
    assert found is not None
    return found


def taken() -> int:
    """Return how many messages were taken; none before the first turn has told of the broker."""
    with reading() as session:
        found = messages.get_link(session, KEEPER)
    return 0 if found is None else found.messages


def refused() -> list[RefusedView]:
    with reading() as session:
        return messages.list_refused(session, KEEPER)


def test_what_a_logger_sends_is_kept_in_whatever_order_it_comes(
    broker: MqttBroker, sensor: Sensor, database_url: str
) -> None:
    now = clock.utc_now() - timedelta(minutes=5)
    with listening(broker, database_url) as ear:
        broker.send(
            LOGGER,
            message(sensor, now, -80.0, -79.5),
            message(sensor, now - timedelta(hours=30), -81.0),
            message(sensor, now, -80.0),
        )
        turns_until(ear, lambda: taken() == 3)

    found = link()
    assert broker.addresses() == {"127.0.0.1"}
    assert kept() == [-81.0, -80.0, -79.5]
    assert (found.readings, found.refused, found.is_connected) == (3, 0, True)
    with reading() as session:
        (token,) = device_tokens.list_device_tokens(session, KEEPER)
    assert token.last_used_at is not None


def test_messages_that_cannot_be_kept_are_refused_once_with_the_reason(
    broker: MqttBroker, sensor: Sensor, database_url: str
) -> None:
    now = clock.utc_now() - timedelta(minutes=5)
    with listening(broker, database_url) as ear:
        broker.send(
            LOGGER,
            b"\xff not JSON",
            b"\xfe no JSON either",
            b'{"readings": [{"sensor": "T1", "at": "2026-11-29T10:00:00", "value": 1}]}',
            message("T\0", now, -80.0),
            b"[" * 100_000,
            message("NOBODY", now, -80.0),
            message(sensor, now, -80.0),
        )
        broker.send(OTHER, message(sensor, now, -10.0))
        turns_until(ear, lambda: taken() == 8)
        again = ear.subscription.take(most=1, within_s=0.2)

    reasons = {(each.device, each.reason.split(".")[0]): each.times for each in refused()}
    assert again == []
    assert kept() == [-80.0]
    assert link().refused == 7
    assert sum(reasons.values()) == 7
    assert reasons[OTHER, "No token of this name holds"] == 1
    assert reasons[LOGGER, "NOBODY: There is no sensor of this code that you may record for"] == 1


def test_the_broker_lets_no_device_speak_for_another(
    broker: MqttBroker, sensor: Sensor, database_url: str
) -> None:
    now = clock.utc_now() - timedelta(minutes=5)
    with listening(broker, database_url) as ear:
        broker.send(OTHER, message(sensor, now, -10.0), topic=f"tracseq/{LOGGER}/readings")
        broker.send(LOGGER, message(sensor, now, -80.0))
        turns_until(ear, lambda: taken() == 1)

    assert kept() == [-80.0]


def test_what_was_sent_while_nobody_listened_survives_the_brokers_death(
    broker: MqttBroker, sensor: Sensor, database_url: str
) -> None:
    now = clock.utc_now() - timedelta(minutes=5)
    with listening(broker, database_url):
        pass
    broker.send(LOGGER, message(sensor, now, -80.0), message(sensor, now, -80.0, -71.0625))
    broker.wait_until_kept(b"-71.0625")

    broker.kill()
    broker.start()

    with listening(broker, database_url) as ear:
        turns_until(ear, lambda: taken() == 2)
    assert kept() == [-80.0, -71.0625]


def test_a_broker_that_dies_is_found_again_and_meanwhile_shown_as_gone(
    broker: MqttBroker, sensor: Sensor, database_url: str
) -> None:
    now = clock.utc_now() - timedelta(minutes=5)
    with listening(broker, database_url) as ear:
        ear.turn()
        broker.kill()
        turns_until(ear, lambda: not link().is_connected)
        broker.start()
        broker.send(LOGGER, message(sensor, now, -80.0))
        turns_until(ear, lambda: taken() == 1)
        ear.turn()

    assert kept() == [-80.0]
    assert link().is_connected


def test_a_process_killed_between_commit_and_acknowledgement_counts_nothing_twice(
    broker: MqttBroker, sensor: Sensor, database_url: str
) -> None:
    now = clock.utc_now() - timedelta(minutes=5)
    with listening(broker, database_url):
        pass
    broker.send(LOGGER, message(sensor, now, -80.0, -79.0))

    killed = run_listener(broker, database_url, DIES_UNACKNOWLEDGED)
    after_death = kept()
    with listening(broker, database_url) as ear:
        turns_until(ear, lambda: taken() == 2)
        left = ear.subscription.take(most=1, within_s=0.2)

    assert killed == 9
    assert after_death == [-80.0, -79.0]
    assert kept() == [-80.0, -79.0]
    assert (link().readings, left) == (2, [])


def run_listener(broker: MqttBroker, database_url: str, program: str) -> int:
    environment = {
        **os.environ,  # noqa: TID251 -- handed on, not read
        "DATABASE_URL": database_url,
        "TRACSEQ_MQTT_URL": broker.url,
        "TRACSEQ_MQTT_PASSWORD_FILE": str(broker.password_file),
        "TRACSEQ_HOME": str(broker.folder),
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        timeout=30,
        check=False,
    )
    return done.returncode

"""A broker with TLS and a certificate of the laboratory's own authority."""

import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from backend.core import clock
from backend.core.transaction import reading, writing
from backend.gateway import rules
from backend.gateway.ids import Health
from backend.gateway.views import Observation
from backend.telemetry import device_tokens, messages
from backend.telemetry.adapters.mqtt import (
    BrokerRefused,
    Subscription,
    broker_of,
    why_not_reached,
)
from backend.telemetry.device_tokens import Unit
from jobs.leadership import MQTT_LOCK, Leadership
from jobs.mqtt import Ear
from tests.factories.telemetry import make_sensor
from tests.jobs.test_mqtt import KEEPER, LOGGER, kept, message, turns_until
from tests.support.certificates import Authority
from tests.support.mqtt_broker import MqttBroker


@pytest.fixture
def authority(open_folder: Path) -> Authority:
    return Authority.made_in(open_folder, "laboratory")


@pytest.fixture
def broker(open_folder: Path, authority: Authority) -> Iterator[MqttBroker]:
    running = MqttBroker(open_folder, [LOGGER], authority)
    running.start()
    yield running
    running.kill()


def health() -> Observation:
    """Return what System health says of the broker while the listener lives."""
    now = clock.utc_now()
    with reading() as session:
        link = messages.get_link(session, KEEPER)
    assert link is not None
    return rules.of_mqtt(
        rules.Link(
            lease_until=now + rules.LEASE,
            is_connected=link.is_connected,
            detail=link.detail,
            last_message_at=link.last_message_at,
            refused=link.refused,
            last_refused_at=link.last_refused_at,
            last_reason=link.last_reason,
        ),
        now,
    )


def listened(engine: Engine, broker: MqttBroker, ca_file: Path | None, sends: bytes = b"") -> None:
    """Listen until a message has come, or until it is known why none can."""
    leadership = Leadership(engine.url.render_as_string(hide_password=False), MQTT_LOCK)
    assert leadership.held()
    address = broker_of(
        broker.url, prefix="tracseq", password_file=broker.password_file, ca_file=ca_file
    )
    try:
        with Subscription(address) as subscription:
            ear = Ear(subscription=subscription, leadership=leadership, kept_days=400)
            if sends:
                turns_until(ear, lambda: subscription.standing.is_connected)
                broker.send(LOGGER, sends)
                turns_until(ear, lambda: bool(kept()))
            else:
                turns_until(ear, lambda: "Not connected yet" not in subscription.standing.detail)
                ear.turn()
    finally:
        leadership.resign()


def test_readings_come_over_tls_from_a_broker_whose_authority_is_named(
    committed_database: Engine, broker: MqttBroker, authority: Authority
) -> None:
    with writing() as session:
        sensor = make_sensor(session)
        unit = Unit(unit_id=sensor.unit_id, label=sensor.unit_label)
        device_tokens.make_device_token(session, KEEPER, name=LOGGER, unit=unit)

    listened(committed_database, broker, authority.file, message(sensor, clock.utc_now(), -80.0))

    assert kept() == [-80.0]
    assert health().status is Health.OPERATIONAL


def test_a_broker_of_another_authority_is_refused_and_health_says_why(
    committed_database: Engine, broker: MqttBroker, tmp_path: Path
) -> None:
    stranger = Authority.made_in(tmp_path, "stranger")

    listened(committed_database, broker, stranger.file)

    seen = health()
    assert seen.status is Health.DOWN
    assert "The broker's certificate is not trusted" in seen.detail
    assert "Look at TRACSEQ_MQTT_CA_FILE" in seen.detail


def test_without_a_named_authority_only_whom_the_system_trusts_is_trusted(
    committed_database: Engine, broker: MqttBroker
) -> None:
    listened(committed_database, broker, None)

    assert "certificate is not trusted" in health().detail


def test_a_broker_without_tls_is_told_apart_from_one_that_is_away(
    committed_database: Engine, open_folder: Path, authority: Authority
) -> None:
    plain = MqttBroker(open_folder, [LOGGER])
    plain.start()
    address = broker_of(
        plain.url.replace("mqtt://", "mqtts://"), prefix="tracseq", ca_file=authority.file
    )
    with Subscription(address) as subscription:
        deadline = time.monotonic() + 8
        while "Not connected yet" in subscription.standing.detail:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        said = subscription.standing.detail
    plain.kill()

    assert "Does it speak TLS on this port?" in said
    assert why_not_reached(ConnectionRefusedError()) == "The broker cannot be reached."
    assert "speaks no TLS there (no answer)" in why_not_reached(ssl.SSLError())


def test_a_file_of_authorities_that_is_none_is_refused_before_anybody_connects(
    tmp_path: Path,
) -> None:
    (tmp_path / "empty.pem").write_text("no certificate")

    for name, sentence in (("empty.pem", "holds no certificate"), ("none.pem", "cannot be read")):
        with pytest.raises(BrokerRefused, match=f"{name} {sentence}"):
            broker_of("mqtts://host", prefix="tracseq", ca_file=tmp_path / name)

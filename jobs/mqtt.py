"""Listens to the broker that loggers send to, and keeps what they say. Several may run; one does.

    python -m jobs.mqtt

Everything is written over the connection that holds the lock, and a message is acknowledged after
its readings are committed: whatever dies in between, the broker sends the message again.
"""

import logging
import sys
from dataclasses import dataclass, field

from sqlalchemy.exc import DBAPIError

from backend.core.config import Settings
from backend.core.principal import Permission, machinery
from backend.telemetry import messages
from backend.telemetry.adapters.mqtt import (
    Broker,
    BrokerRefused,
    Delivery,
    Standing,
    Subscription,
    broker_of,
)
from backend.telemetry.message_views import Message
from jobs import process
from jobs.leadership import MQTT_LOCK, Leadership
from jobs.liveness import SignsOfLife
from jobs.process import Stop

log = logging.getLogger("jobs.mqtt")

_PRINCIPAL = machinery("mqtt", Permission.TELEMETRY_RECORD, request_id="mqtt")
_MOST_AT_ONCE = 200
_WAIT_S = 0.2
_STAND_BY_S = 1.0
_AFTER_TROUBLE_S = 0.5


@dataclass(slots=True, kw_only=True)
class Ear:
    """One process's turn at listening. What it has taken it keeps until it is written."""

    subscription: Subscription
    leadership: Leadership
    kept_days: int
    _unwritten: list[Delivery] = field(default_factory=list)
    _told: Standing | None = None

    def turn(self) -> None:
        """Write what has come, acknowledge it, and write down how it stands with the broker.

        Raises:
            DBAPIError: PostgreSQL is in trouble; what was taken is written by the next turn.
        """
        self._tell()
        if not self._unwritten:
            self._unwritten = self.subscription.take(most=_MOST_AT_ONCE, within_s=_WAIT_S)
        if not self._unwritten:
            return
        heard = [Message(device=each.device, payload=each.payload) for each in self._unwritten]
        with self.leadership.writing() as session:
            taken = messages.take(session, _PRINCIPAL, heard, kept_days=self.kept_days)
        if taken.refused:
            log.warning("%d of %d messages were refused", taken.refused, len(heard))
        self.subscription.acknowledge(self._unwritten)
        self._unwritten = []

    def _tell(self) -> None:
        standing = self.subscription.standing
        if standing == self._told:
            return
        with self.leadership.writing() as session:
            messages.note_link(
                session, _PRINCIPAL, is_connected=standing.is_connected, detail=standing.detail
            )
        self._told = standing
        log.info("broker: %s", "connected" if standing.is_connected else standing.detail)


def run(settings: Settings, broker: Broker, stop: Stop) -> None:
    """Listen, or stand by, until the end is asked for."""
    leadership = Leadership(process.database_url(settings), MQTT_LOCK)
    while not stop.asked:
        if not leadership.held():
            stop.wait(_STAND_BY_S)
            continue
        with Subscription(broker) as subscription:
            ear = Ear(
                subscription=subscription,
                leadership=leadership,
                kept_days=settings.readings_kept_days,
            )
            _listen(ear, stop)
    leadership.resign()


def _listen(ear: Ear, stop: Stop) -> None:
    """Take turns until the end is asked for or the lock is lost."""
    while not stop.asked and ear.leadership.held():
        try:
            ear.turn()
        except DBAPIError as error:
            log.warning("PostgreSQL did not answer: %s", error.__cause__ or error)
            if not ear.leadership.leads:
                return
            stop.wait(_AFTER_TROUBLE_S)


def main() -> int:
    """Listen for the laboratory's loggers; 2 says that there is nothing to listen to."""
    settings = process.start("mqtt")
    if not settings.mqtt_url:
        log.error("TRACSEQ_MQTT_URL is not set: there is no broker to listen to.")
        return 2
    try:
        broker = broker_of(
            settings.mqtt_url,
            prefix=settings.mqtt_prefix,
            password_file=settings.mqtt_password_file,
            ca_file=settings.mqtt_ca_file,
        )
    except BrokerRefused as refusal:
        log.error("%s", refusal)  # noqa: TRY400 -- a sentence for a person, no trace
        return 2
    if broker.password and not broker.has_tls and broker.host not in {"127.0.0.1", "localhost"}:
        log.warning("The password travels unencrypted: use mqtts://%s.", broker.host)
    stop = Stop()
    stop.on_signals()
    with SignsOfLife("mqtt"):
        run(settings, broker, stop)
    return 0


if __name__ == "__main__":
    sys.exit(main())

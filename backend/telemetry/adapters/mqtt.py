"""Listening to an MQTT broker: connecting, a session that outlives us, acknowledging by hand.

paho runs its own thread and connects again by itself, with growing pauses. Messages wait here
until somebody has kept what they say; until then the broker holds them as not delivered.
"""

import queue
import ssl
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import unquote, urlsplit

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

UNDER_WAY: Final = 500
"""Messages that the broker sends ahead of their acknowledgement."""
_KEEPALIVE_S: Final = 30
_LONGEST_PAUSE_S: Final = 30
_SESSION_NEVER_ENDS: Final = 0xFFFFFFFF
_PORTS: Final = {"mqtt": 1883, "mqtts": 8883}
# The topic's last part; in between stands one level, the device's name.
_LEAF: Final = "readings"


class BrokerRefused(Exception):
    """The broker's address cannot be used; the message says what to correct."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """Where to connect and as whom; ``prefix`` begins every topic and names the session."""

    host: str
    port: int
    prefix: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    has_tls: bool = False
    ca_file: Path | None = None

    @property
    def topic(self) -> str:
        return f"{self.prefix}/+/{_LEAF}"

    @property
    def client_id(self) -> str:
        """Return the session's name: two laboratories on one broker have two prefixes."""
        return f"{self.prefix.replace('/', '-')}-{_LEAF}"

    def device_of(self, topic: str) -> str:
        """Return the device's name in a topic; empty for a topic of another shape."""
        parts = topic.removeprefix(f"{self.prefix}/").split("/")
        return parts[0] if len(parts) == 2 else ""  # noqa: PLR2004 name and leaf


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A message that waits to be acknowledged, and on which connection it came."""

    device: str
    payload: bytes
    mid: int
    qos: int
    connection: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether messages can come, and why not."""

    is_connected: bool
    detail: str = ""


def broker_of(
    url: str, *, prefix: str, password_file: Path | None = None, ca_file: Path | None = None
) -> Broker:
    """Read an address like ``mqtts://user@host:8883``; a password comes from its file or from it.

    Raises:
        BrokerRefused: no such kind of address, or a file that cannot be read.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BrokerRefused("The port in TRACSEQ_MQTT_URL is no port.") from error
    if parts.scheme not in _PORTS or not parts.hostname:
        raise BrokerRefused("TRACSEQ_MQTT_URL begins with mqtt:// or mqtts:// and names a host.")
    cleaned = prefix.strip("/")
    if not cleaned or any(mark in cleaned for mark in "+#"):
        raise BrokerRefused("TRACSEQ_MQTT_PREFIX is a topic without + and #.")
    try:
        secret = password_file.read_text(encoding="utf-8").strip() if password_file else None
    except (OSError, UnicodeDecodeError) as error:
        raise BrokerRefused(f"The password file {password_file} cannot be read.") from error
    _trust(ca_file)
    return Broker(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        prefix=cleaned,
        user=unquote(parts.username) if parts.username else None,
        password=secret or (unquote(parts.password) if parts.password else None),
        has_tls=parts.scheme == "mqtts",
        ca_file=ca_file,
    )


def why_not_reached(error: BaseException | None) -> str:
    """Say in a sentence why no connection was made, and what to look at."""
    match error:
        case ssl.SSLCertVerificationError():
            return (
                f"The broker's certificate is not trusted: {error.verify_message}. Look at "
                "TRACSEQ_MQTT_CA_FILE and at the host in TRACSEQ_MQTT_URL."
            )
        case ssl.SSLError():
            why = getattr(error, "reason", None) or "no answer"
            return f"The broker speaks no TLS there ({why}). Look at its port."
        case ConnectionResetError():
            return "The broker closed the connection at once. Does it speak TLS on this port?"
        case _:
            return "The broker cannot be reached."


def _trust(ca_file: Path | None) -> ssl.SSLContext:
    """Return what trusts whom the file vouches for; None: whom the system trusts.

    Raises:
        BrokerRefused: the file cannot be read, or holds no certificate.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except ssl.SSLError as error:
        raise BrokerRefused(f"TRACSEQ_MQTT_CA_FILE {ca_file} holds no certificate.") from error
    except OSError as error:
        raise BrokerRefused(f"TRACSEQ_MQTT_CA_FILE {ca_file} cannot be read.") from error
    context.sslsocket_class = _ClosingSocket
    return context


class _ClosingSocket(ssl.SSLSocket):
    """A socket that is closed when its handshake fails: paho leaves it open and tries another."""

    def do_handshake(self, block: bool = False) -> None:  # noqa: FBT001, FBT002 -- as its base
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise


class Subscription:
    """A session at a broker. Used as ``with Subscription(broker) as …``.

    An acknowledgement counts on the connection on which its message came: after another one the
    broker sends the message again, maybe under a number that meanwhile means another.
    """

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._waiting: queue.SimpleQueue[Delivery] = queue.SimpleQueue()
        self._connection = 0
        self._turn = threading.Lock()
        self._standing = Standing(is_connected=False, detail="Not connected yet.")
        self._client = _client(broker)
        self._client.on_connect = self._connected
        self._client.on_connect_fail = self._not_reached
        self._client.on_subscribe = self._subscribed
        self._client.on_disconnect = self._lost
        self._client.on_message = self._heard

    def __enter__(self) -> Self:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho's own
        properties.SessionExpiryInterval = _SESSION_NEVER_ENDS
        properties.ReceiveMaximum = UNDER_WAY
        self._client.connect_async(
            self._broker.host,
            self._broker.port,
            keepalive=_KEEPALIVE_S,
            clean_start=False,
            properties=properties,
        )
        self._client.loop_start()
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    @property
    def standing(self) -> Standing:
        return self._standing

    def take(self, *, most: int, within_s: float) -> list[Delivery]:
        """Return what waits, oldest first: up to ``most``, or nothing after ``within_s``."""
        taken = []
        try:
            taken.append(self._waiting.get(timeout=within_s))
            while len(taken) < most:
                taken.append(self._waiting.get_nowait())
        except queue.Empty:
            pass
        return taken

    def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        """Tell the broker that it may forget them. Those of an earlier connection come again."""
        with self._turn:
            for each in deliveries:
                if each.qos and each.connection == self._connection:
                    self._client.ack(each.mid, each.qos)

    def _connected(
        self, client: Client, _: Any, _flags: ConnectFlags, code: ReasonCode, _p: Any
    ) -> None:
        if code.is_failure:
            self._standing = Standing(is_connected=False, detail=f"The broker says: {code}.")
            return
        # Again each time: a broker that lost its sessions would send nothing.
        client.subscribe(self._broker.topic, qos=1)

    def _subscribed(
        self, _client: Client, _: Any, _mid: int, codes: list[ReasonCode], _p: Any
    ) -> None:
        refused = next((code for code in codes if code.is_failure), None)
        detail = f"The broker refuses {self._broker.topic}: {refused}." if refused else ""
        self._standing = Standing(is_connected=refused is None, detail=detail)

    def _not_reached(self, _client: Client, _: Any) -> None:
        # paho says only that it failed, from where it handles why.
        why = why_not_reached(sys.exception())
        self._standing = Standing(is_connected=False, detail=why)

    def _lost(
        self, _client: Client, _: Any, _flags: DisconnectFlags, code: ReasonCode, _p: Any
    ) -> None:
        with self._turn:
            self._connection += 1
        if self._standing.is_connected:
            self._standing = Standing(is_connected=False, detail=f"Connection lost: {code}.")

    def _heard(self, _client: Client, _: Any, message: MQTTMessage) -> None:
        self._waiting.put(
            Delivery(
                device=self._broker.device_of(message.topic),
                payload=bytes(message.payload),
                mid=message.mid,
                qos=message.qos,
                connection=self._connection,
            )
        )


def _client(broker: Broker) -> Client:
    client = Client(
        CallbackAPIVersion.VERSION2,
        client_id=broker.client_id,
        protocol=MQTTProtocolVersion.MQTTv5,
        manual_ack=True,
    )
    client.reconnect_delay_set(min_delay=1, max_delay=_LONGEST_PAUSE_S)
    if broker.user is not None:
        client.username_pw_set(broker.user, broker.password)
    if broker.has_tls:
        client.tls_set_context(_trust(broker.ca_file))
    return client

"""Debian's mosquitto on loopback, started and killed at will; what it has queued is on its disk."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil
from paho.mqtt import publish
from paho.mqtt.enums import MQTTProtocolVersion

from tests.support.certificates import Authority

MOSQUITTO = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
LISTENER = "tracseq"
_PASSWORD = "a password of tests"
_READY_WITHIN_S = 5.0
# Users write under their own name only, and the laboratory reads all: what decision 13 asks for.
_RIGHTS = f"pattern write tracseq/%u/readings\n\nuser {LISTENER}\ntopic read tracseq/#\n"


class MqttBroker:
    """A broker with users; ``devices`` are the names under which loggers may send.

    With ``authority`` it speaks nothing but TLS, with a certificate of that one.
    """

    def __init__(
        self, folder: Path, devices: Sequence[str], authority: Authority | None = None
    ) -> None:
        assert MOSQUITTO, "mosquitto is missing: sudo apt-get install mosquitto"
        self.folder = folder
        self.authority = authority
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None
        self._write(devices)

    @property
    def url(self) -> str:
        scheme = "mqtts" if self.authority else "mqtt"
        return f"{scheme}://{LISTENER}@127.0.0.1:{self.port}"

    @property
    def password_file(self) -> Path:
        return self.folder / "listener"

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(MOSQUITTO), "-c", str(self.folder / "conf")], stdout=log, stderr=log
            )
        deadline = time.monotonic() + _READY_WITHIN_S
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise AssertionError((self.folder / "log").read_text())

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def addresses(self) -> set[str]:
        """Return where it listens."""
        assert self._process is not None
        found = psutil.Process(self._process.pid).net_connections("tcp")
        return {each.laddr.ip for each in found if each.status == psutil.CONN_LISTEN}

    def send(self, device: str, *payloads: bytes, topic: str | None = None) -> None:
        """Send as a logger does: QoS 1, its own user, each payload a message."""
        address = topic or f"tracseq/{device}/readings"
        publish.multiple(
            [{"topic": address, "payload": payload, "qos": 1} for payload in payloads],
            hostname="127.0.0.1",
            port=self.port,
            auth={"username": device, "password": _PASSWORD},
            protocol=MQTTProtocolVersion.MQTTv311,
            tls={"ca_certs": str(self.authority.file)} if self.authority else None,
        )

    def wait_until_kept(self, mark: bytes) -> None:
        """Wait until a message with ``mark`` is in the broker's file."""
        deadline = time.monotonic() + _READY_WITHIN_S
        kept = self.folder / "mosquitto.db"
        while not (kept.exists() and mark in kept.read_bytes()):
            assert time.monotonic() < deadline, "the broker has not saved what it queued"
            time.sleep(0.02)

    def _write(self, devices: Sequence[str]) -> None:
        user = psutil.Process().username()
        settings: Mapping[str, object] = {
            "listener": f"{self.port} 127.0.0.1",
            "user": user,
            "allow_anonymous": "false",
            "password_file": self.folder / "users",
            "acl_file": self.folder / "rights",
            "persistence": "true",
            "persistence_location": f"{self.folder}{os.sep}",
            "autosave_on_changes": "true",
            "autosave_interval": 1,
            "max_queued_messages": 0,
        }
        if self.authority:
            certificate, key = self.authority.issue(self.folder, "127.0.0.1")
            settings = {**settings, "certfile": certificate, "keyfile": key}
        lines = "".join(f"{name} {value}\n" for name, value in settings.items())
        (self.folder / "conf").write_text(lines)
        (self.folder / "rights").write_text(_RIGHTS)
        users = self.folder / "users"
        users.write_text("".join(f"{name}:{_PASSWORD}\n" for name in (LISTENER, *devices)))
        subprocess.run(["mosquitto_passwd", "-U", str(users)], check=True, capture_output=True)
        for file in (users, self.folder / "rights"):
            file.chmod(0o600)
        self.password_file.write_text(_PASSWORD)

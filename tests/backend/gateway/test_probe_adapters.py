"""Asking real servers, and what comes when nobody is there."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from backend.gateway.adapters import probes


class _Unready(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status = 200 if self.path == "/health/ready" else 503
        body = b'{"output": "draining"}'
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def web_port() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), _Unready)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def test_a_ready_web_server_has_a_latency(web_port: int) -> None:
    latency_ms, problem = probes.ask_web("127.0.0.1", web_port)

    assert latency_ms is not None
    assert latency_ms > 0
    assert problem == ""


def test_a_web_server_that_is_not_ready_says_why(web_port: int) -> None:
    latency_ms, problem = probes.ask_web("127.0.0.1", web_port, path="/other")

    assert latency_ms is None
    assert problem == 'Answers 503: {"output": "draining"}'


def test_nobody_at_the_port_is_said_so(closed_port: int) -> None:
    latency_ms, problem = probes.ask_web("127.0.0.1", closed_port)

    assert latency_ms is None
    assert f"No answer on port {closed_port}" in problem


def test_redis_answers_or_does_not(redis_url: str, closed_port: int) -> None:
    assert (probes.ask_redis(redis_url) or 0) > 0
    assert probes.ask_redis(f"redis://127.0.0.1:{closed_port}/0") is None


def test_a_mail_server_is_greeted_and_gets_no_message(closed_port: int) -> None:
    controller = Controller(Sink(), hostname="127.0.0.1", port=closed_port)
    controller.start()
    try:
        latency_ms, problem = probes.ask_mail(f"smtp://127.0.0.1:{closed_port}")
    finally:
        controller.stop()

    assert latency_ms is not None
    assert problem == ""


def test_a_mail_server_that_refuses_is_said_so(closed_port: int) -> None:
    latency_ms, problem = probes.ask_mail(f"smtp://127.0.0.1:{closed_port}")

    assert latency_ms is None
    assert "does not answer" in problem


def test_disk_space_is_that_of_the_folder(tmp_path: Path) -> None:
    free, total = probes.disk_space(tmp_path)

    assert 0 < free <= total

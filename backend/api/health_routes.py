"""Liveness and readiness for supervisors and proxies: no session, no detail, no cost.

Readiness is remembered for two seconds, so that asking often cannot become a load.
"""

import threading
import time
from dataclasses import dataclass

from flask import Blueprint, Response, jsonify
from sqlalchemy import text

from backend.core.config import Settings
from backend.core.errors import Unavailable
from backend.core.transaction import reading
from backend.gateway.adapters import schema

_REMEMBERED_S = 2.0
_DATABASE_LIMIT_MS = 1000.0


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether requests may come, else the reason in one sentence."""

    reason: str = ""

    @property
    def is_ready(self) -> bool:
        return not self.reason


class ReadinessCheck:
    """Asks the database at most every two seconds, whatever comes in."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = 0.0
        self._last = Readiness("Not asked yet.")

    def __call__(self) -> Readiness:
        with self._lock:
            if time.monotonic() >= self._until:
                self._last = _ask()
                self._until = time.monotonic() + _REMEMBERED_S
            return self._last


def blueprint(_settings: Settings) -> Blueprint:
    """Return the routes /health/live and /health/ready."""
    made = Blueprint("health", __name__)
    check = ReadinessCheck()

    @made.get("/health/live")
    def live() -> Response:
        return _answer(200, {"status": "pass"})

    @made.get("/health/ready")
    def ready() -> Response:
        readiness = check()
        if readiness.is_ready:
            return _answer(200, {"status": "pass"})
        response = _answer(503, {"status": "fail", "output": readiness.reason})
        response.headers["Retry-After"] = "2"
        return response

    return made


def _ask() -> Readiness:
    started = time.perf_counter()
    try:
        with reading() as session:
            session.execute(text("SET LOCAL statement_timeout = '1s'"))
            session.execute(text("SELECT 1"))
            latency_ms = (time.perf_counter() - started) * 1000
            found, in_recovery = (
                schema.found_revision(session),
                session.scalar(text("SELECT pg_is_in_recovery()")),
            )
    except Unavailable:
        return Readiness("The database does not answer.")
    if latency_ms > _DATABASE_LIMIT_MS:
        return Readiness(f"The database answers in {latency_ms:.0f} ms; 1,000 ms is the limit.")
    if in_recovery:
        return Readiness("The database is recovering.")
    if found != schema.expected_revision():
        return Readiness("The database is not at the newest migration.")
    return Readiness()


def _answer(status: int, body: dict[str, str]) -> Response:
    response = jsonify(body)
    response.status_code = status
    response.content_type = "application/health+json"
    response.headers["Cache-Control"] = "no-store"
    return response

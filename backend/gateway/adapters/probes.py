"""Asking the program's parts how they are. Every question ends within its time-out.

Each function returns the latency in milliseconds, or None and what came instead.
"""

import http.client
import shutil
import smtplib
import time
from pathlib import Path
from urllib.parse import urlsplit

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

_TIMEOUT_S = 5.0
_REDIS_TIMEOUT_S = 2.0
_OK = 200


def ask_web(host: str, port: int, path: str = "/health/ready") -> tuple[float | None, str]:
    """Ask a web server of ours whether it is ready."""
    started = time.perf_counter()
    connection = http.client.HTTPConnection(host, port, timeout=_TIMEOUT_S)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read(2000).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        return None, f"No answer on port {port}: {_reason(error)}."
    finally:
        connection.close()
    if response.status != _OK:
        return None, f"Answers {response.status}: {body[:200].strip()}"
    return _since(started), ""


def ask_redis(url: str) -> float | None:
    """Ping Redis."""
    client = Redis.from_url(
        url,
        socket_timeout=_REDIS_TIMEOUT_S,
        socket_connect_timeout=_REDIS_TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
    )
    started = time.perf_counter()
    try:
        client.ping()
        return _since(started)
    except RedisError:
        return None
    finally:
        client.close()


def ask_mail(url: str) -> tuple[float | None, str]:
    """Greet the mail server; no message is sent."""
    parts = urlsplit(url)
    started = time.perf_counter()
    try:
        with smtplib.SMTP(parts.hostname or "", parts.port or 25, timeout=_TIMEOUT_S) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        return None, f"The mail server does not answer: {_reason(error)}."
    return _since(started), ""


def disk_space(folder: Path) -> tuple[int, int]:
    """Return free and total bytes of the volume that holds ``folder``."""
    usage = shutil.disk_usage(folder)
    return usage.free, usage.total


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000


def _reason(error: Exception) -> str:
    return (str(error) or type(error).__name__).rstrip(".")[:200]

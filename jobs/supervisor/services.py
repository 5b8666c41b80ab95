"""What the laboratory consists of while it runs: a literal table of processes."""

import sys
from dataclasses import dataclass
from pathlib import Path

from backend.core.config import Settings

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True, slots=True)
class Service:
    """A process to keep running. ``patience_s``: how long a warm stop may take before the end."""

    name: str
    arguments: tuple[str, ...]
    patience_s: float


def laboratory_services(*, job_workers: int, has_broker: bool = False) -> list[Service]:
    """Return the services in the order in which they are stopped; they start in reverse.

    People are let go first, then nothing new is rung for, and the workers finish what they hold.
    """
    web = ("-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "wsgi:app")
    workers = [
        Service(f"worker-{number}", _python("-m", "jobs.worker", "--name", f"worker-{number}"), 30)
        for number in range(1, job_workers + 1)
    ]
    ears = [Service("mqtt", _python("-m", "jobs.mqtt"), 10)] if has_broker else []
    return [
        Service("web", _python(*web), 15),
        Service("live", _python("-m", "jobs.live"), 5),
        Service("dispatcher", _python("-m", "jobs.dispatcher"), 10),
        Service("leader", _python("-m", "jobs.leader"), 10),
        *ears,
        *workers,
    ]


def environment(settings: Settings) -> dict[str, str]:
    """Return what every service is told beside the supervisor's own environment."""
    told = {
        "DATABASE_URL": settings.database_url or "",
        "PORT": str(settings.port),
        "TRACSEQ_HOME": str(settings.home),
        "TRACSEQ_LIVE_PORT": str(settings.live_port_number),
        "PYTHONUNBUFFERED": "1",
    }
    if settings.redis_url:
        told["REDIS_URL"] = settings.redis_url
    return told


def _python(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, *arguments)

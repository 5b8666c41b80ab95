"""Judging what a probe measured: limits as data, one pure function per kind of part."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from backend.gateway.ids import Health
from backend.gateway.views import Observation

LEASE = timedelta(seconds=30)
"""Renewed every 10 s, so two renewals may fail before a process counts as gone."""
UNKNOWN_AFTER = timedelta(seconds=90)
"""Three probes of 30 s missed: what was true then is not known to be true now."""
FORGET_INSTANCE_AFTER = timedelta(hours=24)
KEEP_PROBES = timedelta(days=2)
KEEP_BUCKETS = timedelta(days=400)
BUCKET = timedelta(minutes=30)
PROBE_EVERY = timedelta(seconds=30)
"""What one finding vouches for; the schedule of jobs/schedule.py."""
MONTH = timedelta(days=30)

PROCESSES = ("dispatcher", "leader", "live")
"""Processes that there must always be one of; workers are whoever has said so."""

SEVERITY: Mapping[Health, int] = MappingProxyType(
    {
        Health.DOWN: 0,
        Health.DEGRADED: 1,
        Health.UNKNOWN: 2,
        Health.OPERATIONAL: 3,
        Health.OFF: 4,
    }
)

_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "web": "Web",
        "database": "PostgreSQL",
        "redis": "Redis",
        "dispatcher": "Dispatcher",
        "leader": "Leader",
        "live": "Live feed",
        "outbox": "Events",
        "schedules": "Schedules",
        "queues": "Job queues",
        "disk": "Disk",
        "mail": "Mail",
        "mqtt": "MQTT broker",
    }
)
_ORDER = {name: rank for rank, name in enumerate(_LABELS)}
_WORKER = "worker:"
JUDGED_BY_THEIR_WORK = frozenset({"web", "mqtt"})
"""Processes whose lease alone says too little."""
REFUSED_LATELY = timedelta(hours=1)
"""So long a refused message is news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What is known of the broker that loggers send to, and of the process that listens."""

    lease_until: datetime | None
    is_connected: bool
    detail: str
    last_message_at: datetime | None
    refused: int
    last_refused_at: datetime | None
    last_reason: str
    gone_since: datetime | None = None
    """Since when the alarms' check has found nobody listening."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Above ``degraded`` a part is slow or short; above ``down`` it cannot be used."""

    degraded: float
    down: float


LIMITS: Mapping[str, Limits] = MappingProxyType(
    {
        "web": Limits(degraded=500, down=5000),  # ms until /health/ready has answered
        "database": Limits(degraded=250, down=1000),  # ms; readiness gives up after 1 s
        "redis": Limits(degraded=100, down=2000),  # ms
        "mail": Limits(degraded=3000, down=10_000),  # ms
        "outbox": Limits(degraded=10, down=120),  # s, age of the oldest event not passed on
        "schedules": Limits(degraded=45, down=180),  # s, lateness of the latest schedule
        "queues": Limits(degraded=120, down=900),  # s, wait of the oldest job
        "disk": Limits(degraded=0.90, down=0.97),  # fraction used
    }
)


def label_of(component: str) -> str:
    """Return a part's name for people: ``worker:worker-1`` is “Worker 1”."""
    if component.startswith(_WORKER):
        return component.removeprefix(_WORKER).replace("-", " ").capitalize()
    return _LABELS.get(component, component.replace("_", " ").capitalize())


def order_of(component: str) -> tuple[int, str]:
    """Return where a part stands among parts of one severity."""
    return _ORDER.get(component, len(_ORDER)), component


def component_of_service(service: str) -> str:
    """Return the part that a process stands for."""
    return service if service in PROCESSES else f"{_WORKER}{service}"


def current(status: Health, checked_at: datetime, now: datetime) -> Health:
    """Return the state that may be claimed now: an old finding is no finding."""
    if status is Health.OFF:
        return status
    return status if now - checked_at <= UNKNOWN_AFTER else Health.UNKNOWN


def why_unknown(component: str) -> str:
    """Return why nothing is known of a part that was measured once."""
    if component in PROCESSES or component.startswith(_WORKER):
        return "The process has ended, and no other has taken its place."
    return "No measurement lately: the probes do not run."


def within(value: float, limits: Limits) -> Health:
    """Return the state of a measured value."""
    if value > limits.down:
        return Health.DOWN
    return Health.DEGRADED if value > limits.degraded else Health.OPERATIONAL


def of_answer(component: str, latency_ms: float | None, detail: str) -> Observation:
    """Judge a part that answers or does not; ``detail`` then says what came instead."""
    if latency_ms is None:
        return _observed(component, Health.DOWN, None, detail)
    status = within(latency_ms, LIMITS[component])
    said = detail if status is Health.OPERATIONAL else f"Answers in {latency_ms:.0f} ms. {detail}"
    return _observed(component, status, latency_ms, said)


def of_second_try(first: str, latency_ms: float | None, detail: str) -> Observation:
    """Judge the web server that left a first question unanswered; ``first`` says what came instead.

    A busy start lets one question wait too long. What answers the next is slow and not down.
    """
    if latency_ms is None:
        return of_answer("web", None, detail)
    said = f"Only a second try was answered, in {latency_ms:.0f} ms. First: {first}"
    return _observed("web", Health.DEGRADED, latency_ms, said)


def of_redis(latency_ms: float | None, *, configured: bool) -> Observation:
    """Judge Redis, which the program can do without: absent is slower, not down."""
    if latency_ms is not None:
        return of_answer("redis", latency_ms, "")
    why = "does not answer" if configured else "is not set up"
    effect = "Jobs still run and pages refresh by a slow poll; nothing is lost."
    return _observed("redis", Health.DEGRADED, None, f"Redis {why}. {effect}")


def of_mail(latency_ms: float | None, *, configured: bool, problem: str) -> Observation:
    """Judge the mail server; messages wait while it is away."""
    if not configured:
        return _observed("mail", Health.OFF, None, "Mail is not set up: messages stay in the bell.")
    if latency_ms is None:
        return _observed(
            "mail", Health.DEGRADED, None, f"{problem} Messages wait and will be sent."
        )
    return of_answer("mail", latency_ms, "")


def of_mqtt(link: Link | None, now: datetime) -> Observation:
    """Judge the broker and what comes from it; None where no broker is set up."""
    if link is None:
        why = "MQTT is not set up: loggers push by HTTP, or their files are brought in."
        return _observed("mqtt", Health.OFF, None, why)
    listening = of_lease("mqtt", link.lease_until, now)
    if listening.status is not Health.OPERATIONAL:
        return _deaf(link.gone_since, now) if link.gone_since else listening
    if not link.is_connected:
        why = link.detail or "Not connected yet."
        return _observed("mqtt", Health.DOWN, None, f"{why} Messages wait in the broker.")
    heard = "No message yet."
    if link.last_message_at is not None:
        heard = f"Last message {_ago((now - link.last_message_at).total_seconds())} ago."
    if link.last_refused_at is None:
        return _observed("mqtt", Health.OPERATIONAL, None, f"{heard} None refused.")
    is_news = now - link.last_refused_at <= REFUSED_LATELY
    said = f"{heard} {link.refused:,} refused so far"
    said += f", the newest of {link.last_reason}" if is_news else "."
    status = Health.DEGRADED if is_news else Health.OPERATIONAL
    return _observed("mqtt", status, None, said)


def _deaf(since: datetime, now: datetime) -> Observation:
    """Judge a listener that the alarms' check misses, also when its last lease is forgotten."""
    gone = _ago((now - since).total_seconds())
    why = f"Nothing listens for MQTT readings for {gone}. Messages wait in the broker."
    return _observed("mqtt", Health.DOWN, None, why)


def of_lease(component: str, lease_until: datetime | None, now: datetime) -> Observation:
    """Judge a process by its last sign of life."""
    if lease_until is None:
        return _observed(component, Health.UNKNOWN, None, "No such process has said that it lives.")
    if lease_until >= now:
        return _observed(component, Health.OPERATIONAL, None, "")
    gone_s = (now - lease_until + LEASE).total_seconds()
    return _observed(component, Health.DOWN, None, f"No sign of life for {_ago(gone_s)}.")


def of_outbox(oldest_s: float | None, *, waiting: int, dead_letters: int) -> Observation:
    """Judge the event log: how old the oldest event is that a consumer has not had."""
    status = within(oldest_s or 0.0, LIMITS["outbox"])
    said = (
        f"{waiting} events wait, the oldest for {_ago(oldest_s)}." if waiting and oldest_s else ""
    )
    if status is Health.OPERATIONAL:
        said = ""
    if dead_letters:
        status = max(status, Health.DEGRADED, key=lambda state: -SEVERITY[state])
        plural = "event waits" if dead_letters == 1 else "events wait"
        said = f"{dead_letters} {plural} in dead letters for a person. {said}".strip()
    return _observed("outbox", status, None, said)


def of_schedules(latest_s: float | None, *, name: str) -> Observation:
    """Judge the schedule tick by the schedule that is latest; None when there is no schedule."""
    if latest_s is None:
        return _observed("schedules", Health.UNKNOWN, None, "There is no schedule yet.")
    status = within(latest_s, LIMITS["schedules"])
    late = "" if status is Health.OPERATIONAL else f"“{name}” is {_ago(latest_s)} late."
    return _observed("schedules", status, None, late)


def of_queues(oldest_s: float | None, *, queue: str) -> Observation:
    """Judge the job queues by the job that has waited longest."""
    status = within(oldest_s or 0.0, LIMITS["queues"])
    waits = (
        ""
        if status is Health.OPERATIONAL
        else f"A job of the queue {queue} has waited for {_ago(oldest_s)}."
    )
    return _observed("queues", status, None, waits)


def of_disk(free_bytes: int, total_bytes: int) -> Observation:
    """Judge the volume of the data folder."""
    status = within(1 - free_bytes / total_bytes, LIMITS["disk"])
    gigabytes = free_bytes / 1e9
    share = free_bytes / total_bytes
    return _observed("disk", status, None, f"{gigabytes:,.1f} GB free ({share:.0%}).")


def _observed(component: str, status: Health, latency_ms: float | None, detail: str) -> Observation:
    return Observation(
        component=component, status=status, latency_ms=latency_ms, detail=detail[:500]
    )


def _ago(seconds: float | None) -> str:
    minutes = (seconds or 0.0) / 60
    if minutes < 1:
        return f"{seconds or 0.0:.0f} s"
    return f"{minutes:.0f} min" if minutes < 60 else f"{minutes / 60:.1f} h"  # noqa: PLR2004

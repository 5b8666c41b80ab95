"""Ask every part of the program how it is and write the answers down."""

import time
from typing import Final

from backend.core.config import Settings
from backend.core.sessions import ReadSession
from backend.core.transaction import reading, writing
from backend.gateway import measuring, outgoing, rules
from backend.gateway import service as gateway_service
from backend.gateway.adapters import probes
from backend.gateway.errors import CircuitOpen
from backend.gateway.rules import Link
from backend.gateway.views import Observation
from backend.notifications.adapters.mail import MAIL_SERVER, MailServerAway
from backend.telemetry import listening, messages
from jobs.context import JobContext

_BEFORE_ASKING_AGAIN_S: Final = 1.0
"""A server that is being started again refuses for a moment."""


def run(context: JobContext) -> None:
    """Probe with no transaction open, then store the round in one."""
    observations = _outside(context.settings)
    with reading() as session:
        observations += measuring.from_database(session)
        observations.append(_broker(session, context))
    with context.finishing() as session:
        gateway_service.store_probes(session, context.principal, observations=observations)


def _broker(session: ReadSession, context: JobContext) -> Observation:
    """Judge the broker that loggers send to by what the process that listens has written down."""
    now = measuring.database_now(session)
    if not context.settings.mqtt_url:
        return rules.of_mqtt(None, now)
    known = messages.get_link(session, context.principal)
    link = Link(
        lease_until=measuring.lease_of(session, "mqtt"),
        is_connected=known is not None and known.is_connected,
        detail=known.detail if known else "",
        last_message_at=known.last_message_at if known else None,
        refused=known.refused if known else 0,
        last_refused_at=known.last_refused_at if known else None,
        last_reason=known.last_reason if known else "",
        gone_since=listening.gone_since(session, listening.MQTT),
    )
    return rules.of_mqtt(link, now)


def _mail(url: str) -> tuple[float | None, str]:
    """Greet the mail server through its breaker: what sends and what probes know one state.

    While it is left alone nothing is asked, and the breaker's word is what is known; the probe may
    be the one call that tries whether it is back.
    """
    try:
        with outgoing.through(writing, MAIL_SERVER, away=MailServerAway):
            return _greeting_ms(url), ""
    except (MailServerAway, CircuitOpen) as nobody:
        return None, str(nobody)


def _greeting_ms(url: str) -> float:
    """Return how long the mail server takes to greet. Raises MailServerAway."""
    latency_ms, problem = probes.ask_mail(url)
    if latency_ms is None:
        raise MailServerAway(problem)
    return latency_ms


def _web(settings: Settings) -> Observation:
    """Ask the web server, and once more before anybody is told that it is down."""
    latency_ms, problem = probes.ask_web(settings.probe_host, settings.port)
    if latency_ms is not None:
        return rules.of_answer("web", latency_ms, problem)
    time.sleep(_BEFORE_ASKING_AGAIN_S)
    return rules.of_second_try(problem, *probes.ask_web(settings.probe_host, settings.port))


def _outside(settings: Settings) -> list[Observation]:
    redis_ms = probes.ask_redis(settings.redis_url) if settings.redis_url else None
    mail_ms, mail_problem = _mail(settings.smtp_url) if settings.smtp_url else (None, "")
    free, total = probes.disk_space(settings.home)
    return [
        _web(settings),
        rules.of_redis(redis_ms, configured=settings.redis_url is not None),
        rules.of_mail(mail_ms, configured=settings.smtp_url is not None, problem=mail_problem),
        rules.of_disk(free, total),
    ]

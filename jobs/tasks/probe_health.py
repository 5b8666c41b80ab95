"""Ask every part of the program how it is and write the answers down."""

from backend.core.config import Settings
from backend.core.transaction import reading
from backend.gateway import measuring, rules
from backend.gateway import service as gateway_service
from backend.gateway.adapters import probes
from backend.gateway.views import Observation
from jobs.context import JobContext


def run(context: JobContext) -> None:
    """Probe with no transaction open, then store the round in one."""
    observations = _outside(context.settings)
    with reading() as session:
        observations += measuring.from_database(session)
    with context.finishing() as session:
        gateway_service.store_probes(session, context.principal, observations=observations)


def _outside(settings: Settings) -> list[Observation]:
    web_ms, web_problem = probes.ask_web(settings.probe_host, settings.port)
    redis_ms = probes.ask_redis(settings.redis_url) if settings.redis_url else None
    mail_ms, mail_problem = probes.ask_mail(settings.smtp_url) if settings.smtp_url else (None, "")
    free, total = probes.disk_space(settings.home)
    return [
        rules.of_answer("web", web_ms, web_problem),
        rules.of_redis(redis_ms, configured=settings.redis_url is not None),
        rules.of_mail(mail_ms, configured=settings.smtp_url is not None, problem=mail_problem),
        rules.of_disk(free, total),
    ]

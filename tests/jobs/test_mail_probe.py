"""The probe of the mail server goes through its breaker: who sends and who looks know the same."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select, update

from backend.core.config import Settings
from backend.core.transaction import reading, writing
from backend.gateway import outgoing, queries
from backend.gateway.breaker_models import CircuitBreaker
from backend.gateway.errors import CircuitOpen
from backend.gateway.ids import BreakerState, Health
from backend.gateway.models import ComponentHealth
from backend.notifications.adapters.mail import MAIL_SERVER, MailServerAway
from jobs.tasks import probe_health
from tests.jobs.test_alarm_jobs import PROBE, attempt
from tests.jobs.test_deliver_mail import serving
from tests.support.label_printer import closed_port


@pytest.fixture
def port(committed_database: Engine) -> int:
    del committed_database
    return closed_port()


def probe(settings: Settings, port: int) -> ComponentHealth:
    """Do a round of probes; return what is known of the mail server then."""
    mailing = settings.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{port}", "port": 1})
    probe_health.run(attempt(PROBE, mailing))
    with reading() as session:
        found = session.get_one(ComponentHealth, "mail")
        session.expunge(found)
    return found


def state() -> BreakerState:
    with reading() as session:
        return session.scalars(select(CircuitBreaker.state)).one()


def log() -> list[tuple[str, Health, str]]:
    with reading() as session:
        lines = queries.changes(session)
    return [(each.label, each.new, each.detail) for each in lines if "reaker" in each.component]


def test_a_server_that_is_away_is_left_alone_and_the_log_says_so_once(
    settings: Settings, port: int
) -> None:
    seen = [probe(settings, port).detail for _ in range(4)]

    assert all("The mail server does not answer" in each for each in seen[:3])
    assert "The mail server is not called at the moment: 3 calls" in seen[3]
    assert state() is BreakerState.OPEN
    ((label, new, detail),) = log()
    assert (label, new) == ("The mail server", Health.DEGRADED)
    assert "3 calls in a row had no answer. The mail server does not answer" in detail


def test_while_the_breaker_is_open_no_probe_knocks(settings: Settings, port: int) -> None:
    for _ in range(3):
        probe(settings, port)

    with serving(port, object()):
        seen = probe(settings, port)

    assert (seen.status, seen.latency_ms) == (Health.DEGRADED, None)
    assert state() is BreakerState.OPEN


def test_a_probe_that_finds_the_server_again_closes_the_breaker_for_all(
    settings: Settings, port: int
) -> None:
    for _ in range(3):
        probe(settings, port)
    with writing() as session:
        session.execute(
            update(CircuitBreaker).values(next_try_at=func.clock_timestamp() - timedelta(seconds=1))
        )

    with serving(port, object()):
        seen = probe(settings, port)

    assert seen.status is Health.OPERATIONAL
    assert state() is BreakerState.CLOSED
    assert [new for _, new, _ in log()] == [Health.OPERATIONAL, Health.DEGRADED]


def test_what_sends_opens_the_breaker_for_the_probe_too(settings: Settings, port: int) -> None:
    for _ in range(3):
        with (
            pytest.raises(MailServerAway),
            outgoing.through(writing, MAIL_SERVER, away=MailServerAway),
        ):
            raise MailServerAway("Nobody was there.")

    with (
        pytest.raises(CircuitOpen),
        outgoing.through(writing, MAIL_SERVER, away=MailServerAway),
    ):
        pytest.fail("it is left alone")
    seen = probe(settings, port)

    assert "is not called at the moment" in seen.detail
    assert "Messages wait and will be sent." in seen.detail

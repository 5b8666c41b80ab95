"""The job that mails a notification: while no server is there it waits, and nothing is lost."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import Message as Mail
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from sqlalchemy import func, select, update

from backend.auth.ids import Role
from backend.core import clock
from backend.core.config import Settings
from backend.core.principal import Principal
from backend.core.transaction import reading, writing
from backend.gateway.breaker_models import CircuitBreaker
from backend.gateway.ids import BreakerState
from backend.notifications import rules, service
from backend.notifications.ids import Channel, DeliveryState, Kind
from backend.notifications.models import Delivery
from backend.notifications.service import DELIVER
from backend.work.ids import JobState
from backend.work.models import Job
from jobs import execution
from jobs.queues import TASKS
from tests.jobs.conftest import Somebody
from tests.support.label_printer import closed_port

pytestmark = pytest.mark.slow


class _Mailbox(Message):
    def __init__(self) -> None:
        super().__init__()
        self.mails: list[Mail] = []

    def handle_message(self, message: Mail) -> None:
        self.mails.append(message)


class _Greylisting:
    async def handle_RCPT(self, *_arguments: Any) -> str:  # noqa: N802 aiosmtpd's name
        return "451 Come back later"


class _Hanging:
    """Breaks off whenever it is handed a message."""

    async def handle_DATA(self, server: Any, *_arguments: Any) -> str:  # noqa: N802 aiosmtpd's name
        server.transport.abort()
        return "451 never sent"


class _Shut(socketserver.StreamRequestHandler):
    """Greets with a refusal, as a server does that is being looked after."""

    def handle(self) -> None:
        self.wfile.write(b"421 Closed for maintenance\r\n")


@contextmanager
def serving(port: int, handler: Any) -> Iterator[None]:
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


@pytest.fixture
def port(somebody: Somebody, settings: Settings) -> int:
    """Return where the laboratory's mail server would be; nothing listens there."""
    port = closed_port()
    mailing = settings.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{port}"})
    execution.prepare(execution.Setup(settings=mailing, worker="test", tasks=TASKS))
    return port


@pytest.fixture
def told(somebody: Somebody) -> Callable[[str], None]:
    """Return how to tell an administrator of something, by mail too."""
    person: Principal = somebody(Role.ADMINISTRATOR)
    assert person.user_id is not None
    with writing() as session:
        service.set_preference(
            session, person, kind=Kind.JOB_FAILED, channel=Channel.EMAIL, enabled=True
        )

    def tell(key: str) -> None:
        notice = rules.job_failed(job_kind="work.retention", error=key)
        assert person.user_id is not None
        with writing() as session:
            service.notify(session, user_ids=[person.user_id], notice=notice, dedupe_key=key)

    return tell


def work() -> None:
    """Do one attempt at each waiting message, due or not."""
    with writing() as session:
        waiting = session.scalars(
            update(Job)
            .where(Job.kind == DELIVER, Job.state == JobState.QUEUED)
            .values(run_after=Job.created_at)
            .returning(Job.id)
        ).all()
    for job_id in waiting:
        execution.run_job(str(job_id))


def end_wait() -> None:
    with writing() as session:
        session.execute(
            update(CircuitBreaker)
            .where(CircuitBreaker.state != BreakerState.CLOSED)
            .values(next_try_at=func.clock_timestamp())
        )


def deliveries() -> list[DeliveryState]:
    with reading() as session:
        return list(session.scalars(select(Delivery.state).order_by(Delivery.created_at)))


def breaker() -> BreakerState:
    with reading() as session:
        return session.scalars(select(CircuitBreaker.state)).one()


def test_an_outage_of_any_length_loses_no_message_and_sends_each_once(
    port: int, told: Callable[[str], None]
) -> None:
    told("one")
    told("two")
    for _ in range(15):  # more often than a message has attempts
        work()
        end_wait()
    waiting, state = deliveries(), breaker()

    mailbox = _Mailbox()
    with serving(port, mailbox):
        for _ in range(3):
            end_wait()
            work()

    assert waiting == [DeliveryState.PENDING] * 2
    assert state is BreakerState.OPEN
    assert deliveries() == [DeliveryState.SENT] * 2
    assert breaker() is BreakerState.CLOSED
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == len(mailbox.mails) == 2


def test_a_server_that_is_left_alone_is_not_called(port: int, told: Callable[[str], None]) -> None:
    told("one")
    for _ in range(3):
        work()
    mailbox = _Mailbox()

    with serving(port, mailbox):
        work()
        refused, state = list(mailbox.mails), deliveries()

    assert refused == []
    assert state == [DeliveryState.PENDING]


def test_a_server_that_puts_a_message_off_has_answered(
    port: int, told: Callable[[str], None]
) -> None:
    told("one")
    with serving(port, _Greylisting()):
        for _ in range(4):
            work()

    with reading() as session:
        attempts = session.scalars(select(Job.attempt).where(Job.kind == DELIVER)).one()
    assert (breaker(), attempts) == (BreakerState.CLOSED, 4)


def test_a_message_that_breaks_the_connection_has_its_attempts_and_no_more(
    port: int, told: Callable[[str], None]
) -> None:
    told("one")
    with serving(port, _Hanging()):
        for _ in range(13):
            end_wait()
            work()

    with reading() as session:
        detail = session.scalars(select(Delivery.detail)).one()
    assert deliveries() == [DeliveryState.FAILED]
    assert "broke off" in detail
    assert "Given up after 12 attempts" in detail


def test_a_server_that_is_shut_costs_a_message_no_attempt(
    port: int, told: Callable[[str], None]
) -> None:
    told("one")
    with socketserver.TCPServer(("127.0.0.1", port), _Shut) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        for _ in range(4):
            work()
        server.shutdown()
        thread.join()

    assert deliveries() == [DeliveryState.PENDING]
    assert breaker() is BreakerState.OPEN


def test_after_days_without_a_server_a_message_is_given_up_in_words(
    port: int, told: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    told("one")
    later = clock.utc_now() + timedelta(days=4, minutes=1)
    monkeypatch.setattr(clock, "utc_now", lambda: later)

    work()

    with reading() as session:
        detail = session.scalars(select(Delivery.detail)).one()
    assert deliveries() == [DeliveryState.FAILED]
    assert "Given up after 4 days without a server" in detail

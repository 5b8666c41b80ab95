"""A plan is ready, an import ends, a freezer passes 95%, a freezer warms: told and mailed once.

A real SMTP server, the product's own leader and workers. Every worker that is handing a mail over
is killed in the middle of it: some before the server has said yes, some after.
"""

import asyncio
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import Message
from email.parser import BytesParser
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select, text

from backend.auth.ids import Role
from backend.auth.rules import PERMISSIONS_OF
from backend.core import clock
from backend.core.blobs import MemoryStore
from backend.core.principal import Origin, Permission, Principal, UserId, machinery
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.notifications.models import Notification
from backend.notifications.service import DELIVER
from backend.samples.models import Project
from backend.storage import service as storage_service
from backend.telemetry import service as telemetry_service
from backend.templates.service import imports
from tests.chaos.laboratory import Laboratory
from tests.factories.people import make_user
from tests.factories.samples import make_project
from tests.factories.storage import Freezer, make_freezer, make_tube, stand
from tests.factories.telemetry import make_sensor, read_until
from tests.support.sample_files import manifest

pytestmark = [pytest.mark.chaos, pytest.mark.slow]

ADA, BEN = "ada@laboratory.example", "ben@laboratory.example"
TO_WHOM = Counter(
    {
        (ADA, "Placement plan ready"): 1,
        (ADA, "samples registered from manifest.csv"): 1,
        (ADA, "% full"): 1,
        (BEN, "% full"): 1,
        (ADA, "Temperature alarm"): 1,
        (BEN, "Temperature alarm"): 1,
    }
)
WORKERS = 3
WITHIN_S = 300.0


@dataclass(slots=True)
class MailServer:
    """Accepts mail; while ``holding``, every sender is left waiting for the answer.

    Every other held message counts as taken before its sender dies, as when a server's yes is lost
    on the way; the rest were never taken.
    """

    accepted: list[Message] = field(default_factory=list)
    held: int = 0
    taken_while_held: int = 0
    holding: bool = True

    async def handle_DATA(  # noqa: N802 -- the name that aiosmtpd calls
        self, _server: object, _session: object, envelope: Any
    ) -> str:
        message = BytesParser().parsebytes(envelope.content)
        if not self.holding:
            self.accepted.append(message)
            return "250 Taken"
        self.held += 1
        if self.held % 2 == 0:
            self.taken_while_held += 1
            self.accepted.append(message)
        while self.holding:  # noqa: ASYNC110 -- let go by the test's thread, an Event by its loop's
            await asyncio.sleep(0.01)
        return "451 Try again"


@pytest.fixture
def mail_server() -> Iterator[tuple[MailServer, str]]:
    """Yield a real SMTP server and its address."""
    handler = MailServer()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, f"smtp://127.0.0.1:{port}"
    handler.holding = False
    controller.stop()


def wait_until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline:
        if holds():
            return
        time.sleep(0.05)
    pytest.fail(f"not within {WITHIN_S:.0f} s: {what}; {standing()}")


def technician(session: WriteSession) -> Principal:
    user = make_user(session, Role.TECHNICIAN, name="Ada Marsh", email=ADA)
    make_user(session, Role.ADMINISTRATOR, name="Ben Ode", email=BEN)
    make_user(session, Role.GUEST, email="guest@laboratory.example")
    return Principal(
        user_id=UserId(user.id),
        name=user.name,
        permissions=PERMISSIONS_OF[Role.TECHNICIAN],
        origin=Origin.UI,
        request_id="mail",
    )


def nearly_full(session: WriteSession, project: Project) -> Freezer:
    """Return a freezer of 20 positions that the next tube takes past 95%."""
    freezer = make_freezer(session, rows=4, columns=5)
    for number in range(18):
        row, column = number // 5 + 1, number % 5 + 1
        stand(session, make_tube(session, project), freezer.box_id, row, column)
    return freezer


def live_a_day() -> None:
    """Do the four things that people are told of; each is one transaction of the product."""
    with writing() as session:
        ada = technician(session)
        project = session.get_one(Project, make_project(session, "MAIL").id)
        full = nearly_full(session, project)
        make_freezer(session)
        tube = make_tube(session, project)
        for _ in range(4):
            make_tube(session, project)
        sensor = make_sensor(session, unit_label="ULT-77")
        read_until(session, sensor, clock.utc_now() - timedelta(seconds=5), [-60.0] * 30)
    with writing() as session:
        storage_service.place_sample(session, ada, sample_id=tube, box_id=full.box_id)
    with writing() as session:
        storage_service.request_plan(session, ada)
    with writing() as session:
        imports.import_file(
            session,
            ada,
            file_name="manifest.csv",
            content=manifest(),
            project_code="MAIL",
            files=MemoryStore(),
        )
    with writing() as session:
        watch = machinery("watch", Permission.HEALTH_OPERATE, request_id="mail")
        assert telemetry_service.check_alarms(session, watch).raised == 1


def standing() -> list[tuple[str, str, str, str]]:
    """Return of each mail: the notification's title, how it stands, its job's state and error."""
    with reading() as session:
        rows = session.execute(
            text(
                "SELECT n.title, d.state, j.state AS job_state, coalesce(j.error, '') AS error "
                "FROM notification_delivery AS d "
                "JOIN notification AS n ON n.id = d.notification_id "
                "JOIN job AS j ON j.key = d.id::text ORDER BY n.title"
            )
        ).all()
    return [(row.title, row.state, row.job_state, row.error) for row in rows]


def all_delivered() -> bool:
    found = standing()
    return len(found) == TO_WHOM.total() and {each[1:3] for each in found} == {("sent", "done")}


def test_four_things_are_told_and_mailed_once_though_workers_die_in_the_middle(
    start: Callable[..., Laboratory],
    mail_server: tuple[MailServer, str],
    record_property: Callable[[str, object], None],
) -> None:
    server, address = mail_server
    laboratory = start(TRACSEQ_SMTP_URL=address)
    live_a_day()
    laboratory.start("leader")
    laboratory.start("dispatcher")
    laboratory.start("worker", WORKERS)

    wait_until(lambda: server.held == WORKERS, f"{WORKERS} workers in the middle of a mail")
    killed = laboratory.workers_in(DELIVER)
    for pid in killed:
        laboratory.kill_process("worker", pid)
    laboratory.kill("leader")
    server.holding = False
    wait_until(all_delivered, "every mail noted as sent")

    told, mailed = _told(), _by_message_id(server.accepted)
    record_property(
        "counts",
        f"  kill -9 of {len(killed)} workers in the middle of a mail, "
        f"{server.taken_while_held} of them after the server had taken it, and of the leader\n"
        f"  notifications {len(told)}, mails {len(mailed)}, "
        f"handed over twice under one Message-ID {len(server.accepted) - len(mailed)}",
    )
    assert len(killed) == WORKERS
    assert len(told) == TO_WHOM.total()
    assert _kinds(mailed.values()) == TO_WHOM
    # Only a mail whose yes was lost is handed over again, and under its own Message-ID.
    assert len(server.accepted) - len(mailed) == server.taken_while_held


def _told() -> list[tuple[Any, str]]:
    with reading() as session:
        rows = session.execute(select(Notification.user_id, Notification.title)).all()
    return [(row.user_id, row.title) for row in rows]


def _by_message_id(messages: list[Message]) -> dict[str, Message]:
    return {str(message["Message-ID"]): message for message in messages}


def _kinds(messages: Any) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for message in messages:
        address = ADA if ADA in str(message["To"]) else BEN
        kinds = [kind for to, kind in TO_WHOM if to == address and kind in str(message["Subject"])]
        found.update((address, kind) for kind in kinds)
    return found

"""The job that checks the audit chain: a little often, all of it at night."""

from collections.abc import Mapping

from sqlalchemy import Engine, select, text

from backend.core.config import Settings
from backend.core.ids import new_id
from backend.core.principal import machinery
from backend.core.transaction import reading, writing
from backend.events import sealing
from backend.events.models import ChainCheck, OutboxEvent
from backend.work import leases
from backend.work import service as work_service
from backend.work.models import Job
from jobs.context import JobContext
from jobs.queues import TASKS
from jobs.schedule import SCHEDULE
from jobs.tasks import verify_chain
from tests.factories.samples import make_sample

KIND = "events.verify_chain"


def run(settings: Settings, **arguments: object) -> Mapping[str, object] | None:
    principal = machinery("schedule", *TASKS[KIND].permissions, request_id="test")
    with writing() as session:
        job_id = work_service.request_job(
            session, principal, kind=KIND, key=str(new_id()), arguments=arguments, queue="long"
        )
        claim = leases.claim(session, job_id, "test", lease_s=30)
        sealing.seal(session)
    assert claim is not None
    verify_chain.run(JobContext(claim=claim, principal=principal, settings=settings))
    with reading() as session:
        return session.scalars(select(Job.result).where(Job.id == job_id)).one()


def test_the_job_follows_what_is_new_and_all_of_it_when_asked(
    committed_database: Engine, settings: Settings
) -> None:
    with writing() as session:
        make_sample(session)

    first, second, third = run(settings), run(settings), run(settings, whole=True)

    with reading() as session:
        checks = session.execute(
            select(ChainCheck.is_whole, ChainCheck.from_pos, ChainCheck.to_pos).order_by(
                ChainCheck.id
            )
        ).all()
    assert [each.is_whole for each in checks] == [True, False, True]
    assert checks[1].from_pos == checks[0].to_pos
    assert all(result and result["whole"] is True for result in (first, second, third))


def test_a_break_ends_the_job_well_and_is_an_event(
    committed_database: Engine, settings: Settings
) -> None:
    with writing() as session:
        make_sample(session)
        sealing.seal(session)
    with committed_database.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("UPDATE audit_entry SET reason = 'x' WHERE pos = 1"))

    result = run(settings, whole=True)

    assert result is not None
    assert result["whole"] is False
    with reading() as session:
        told = session.scalars(
            select(OutboxEvent.payload).where(OutboxEvent.type == "events.chain_broke")
        ).all()
    assert [payload["position"] for payload in told] == [1]


def test_every_night_a_check_begins_at_the_first_entry() -> None:
    asked = {each.cron: each.arguments for each in SCHEDULE.values() if each.job_kind == KIND}

    assert asked == {"@every 900s": {}, "40 2 * * *": {"whole": True}}

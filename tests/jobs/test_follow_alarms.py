"""Incidents are reckoned apart from the checks of alarms, so that the next alarm waits for none."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select

from backend.core import clock
from backend.core.config import Settings
from backend.core.ids import new_id
from backend.core.principal import machinery
from backend.core.transaction import reading, writing
from backend.incidents import service as incidents_service
from backend.incidents.models import Incident
from backend.telemetry.alarm_models import Alarm
from backend.work import joining, leases
from backend.work import service as work_service
from backend.work.ids import JobId, JobState
from backend.work.models import Job
from jobs.context import JobContext
from jobs.queues import TASKS
from jobs.tasks import check_alarms, follow_alarms
from tests.factories.incidents import warm_up, watch_freezer

CHECK = "telemetry.check_alarms"
Take = Callable[[JobId, str], JobContext]


@pytest.fixture
def take(settings: Settings) -> Take:
    def taken(job_id: JobId, kind: str) -> JobContext:
        with writing() as session:
            claim = leases.claim(session, job_id, "test", lease_s=30)
        assert claim is not None
        principal = machinery("schedule", *TASKS[kind].permissions, request_id="test")
        return JobContext(claim=claim, principal=principal, settings=settings)

    return taken


def check(take: Take) -> None:
    with writing() as session:
        job_id = work_service.request_job(
            session,
            machinery("schedule", request_id="test"),
            kind=CHECK,
            key=str(new_id()),
            arguments={},
        )
    check_alarms.run(take(job_id, CHECK))


def waiting() -> list[tuple[JobId, float]]:
    """Return the followings that are asked for, with the seconds until they are due."""
    with reading() as session:
        rows = session.execute(
            select(Job.id, Job.run_after - func.clock_timestamp()).where(
                Job.kind == follow_alarms.KIND, Job.state == JobState.QUEUED
            )
        )
        return [(JobId(job_id), due.total_seconds()) for job_id, due in rows]


def counted(table: type[Alarm] | type[Incident]) -> int:
    with reading() as session:
        return session.scalars(select(func.count()).select_from(table)).one()


@pytest.fixture
def warm(committed_database: Engine) -> None:
    with writing() as session:
        warm_up(session, watch_freezer(session), clock.utc_now())


@pytest.mark.usefixtures("warm")
def test_an_alarm_stands_before_its_incident_which_one_run_opens_for_all_that_asked(
    take: Take,
) -> None:
    check(take)
    check(take)
    [(job_id, due_s)] = waiting()
    before = counted(Alarm), counted(Incident)
    follow_alarms.run(take(job_id, follow_alarms.KIND))

    assert due_s <= 0
    assert before == (1, 0)
    assert counted(Incident) == 1
    assert waiting() == []


@pytest.mark.usefixtures("committed_database")
def test_what_only_goes_on_is_followed_a_little_later_and_news_bring_it_forward(
    take: Take,
) -> None:
    check(take)
    [(_, quiet_s)] = waiting()
    with writing() as session:
        warm_up(session, watch_freezer(session), clock.utc_now())
    check(take)
    [(_, news_s)] = waiting()

    assert 5 < quiet_s <= 10
    assert news_s <= 0


@pytest.mark.usefixtures("warm")
def test_where_somebody_else_has_the_turn_the_worker_is_free_again_at_once(take: Take) -> None:
    check(take)
    [(job_id, _)] = waiting()
    with writing() as other:
        assert incidents_service.can_take_turns(other)
        follow_alarms.run(take(job_id, follow_alarms.KIND))
        [(again, due_s)] = waiting()

    assert again != job_id
    assert 0 < due_s <= 2
    assert counted(Incident) == 0


@pytest.mark.usefixtures("committed_database")
def test_a_waiting_run_is_not_begun_before_the_asker_has_written_all() -> None:
    machine = machinery("schedule", request_id="test")
    with writing() as session:
        joining.request_joined(session, machine, kind="test.work")
    with writing() as first:
        joining.request_joined(first, machine, kind="test.work")
        with writing() as second:
            held = second.scalars(
                select(Job.id).where(Job.kind == "test.work").with_for_update(skip_locked=True)
            ).all()
            joining.request_joined(second, machine, kind="test.work", within=timedelta(seconds=3))
    with reading() as session:
        asked = session.scalars(select(func.count()).where(Job.kind == "test.work")).one()

    assert held == []
    assert asked == 2

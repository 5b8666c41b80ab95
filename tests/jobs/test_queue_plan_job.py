"""The job that plans the sequencing queue: what it stores, whom it tells, how it is called off."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from backend.auth.ids import Role
from backend.core import clock
from backend.core.errors import PermissionDenied
from backend.core.principal import Principal
from backend.core.transaction import reading, writing
from backend.events.models import OutboxEvent
from backend.notifications import work_names
from backend.notifications.consuming import ON
from backend.sequencing.pool_models import LibraryPool
from backend.sequencing.queue_plans import asking, queries, service
from backend.sequencing.queue_plans.ids import QueuePlanId, QueuePlanState
from backend.sequencing.queue_plans.views import QueuePlanView
from backend.work.ids import JobState
from backend.work.models import Job
from jobs import execution
from jobs.queues import TASKS
from tests.factories.sequencing import (
    make_instrument,
    make_libraries,
    make_project,
    make_request,
    put_on_hold,
)
from tests.jobs.conftest import Somebody

pytestmark = pytest.mark.slow


def plan_of(person: Principal, plan_id: QueuePlanId) -> QueuePlanView:
    with reading() as session:
        return queries.get_plan(session, person, plan_id)


def run_job(plan: QueuePlanView) -> tuple[JobState, str]:
    """Run the plan's job; return what became of it and its error."""
    execution.run_job(str(plan.job_id))
    with reading() as session:
        job = session.get(Job, plan.job_id)
        assert job is not None
        return job.state, job.error or ""


@pytest.fixture
def plan_id(technician: Principal) -> QueuePlanId:
    """Ask about a request of four libraries, one of them on hold, and one free instrument."""
    with writing() as session:
        libraries = make_libraries(session, make_project(session), 4)
        put_on_hold(session, libraries[3])
        due = (clock.utc_now() + timedelta(days=12)).date()
        make_request(session, libraries=libraries, project=make_project(session), due_on=due)
        make_instrument(session)
        return service.ask_plan(session, technician, limit_s=10)


def test_the_job_stores_a_proven_plan_tells_who_asked_and_moves_nothing(
    technician: Principal, plan_id: QueuePlanId
) -> None:
    state, _ = run_job(plan_of(technician, plan_id))

    plan = plan_of(technician, plan_id)
    assert state is JobState.DONE
    assert plan.state is QueuePlanState.READY
    assert sum(run.libraries for run in plan.runs) == 3
    (held,) = plan.left_out
    assert f"{held.barcode} is on hold" in held.left_out[0]
    assert plan.bound is not None
    assert plan.gap == pytest.approx(0, abs=1e-3)
    assert plan.seconds is not None
    with reading() as session:
        assert session.scalars(select(LibraryPool)).all() == []
        (told,) = session.scalars(
            select(OutboxEvent.payload).where(OutboxEvent.type == "sequencing.queue_plan_ready")
        )
    assert UUID(str(told["requested_by"])) == technician.user_id
    assert "sequencing.queue_plan_ready" in ON


def test_a_plan_dismissed_while_it_is_made_is_never_stored(
    technician: Principal, plan_id: QueuePlanId
) -> None:
    with writing() as session:
        service.dismiss_plan(session, technician, plan_id=plan_id)

    state, _ = run_job(plan_of(technician, plan_id))

    plan = plan_of(technician, plan_id)
    assert state is JobState.CANCELLED
    assert (plan.state, plan.runs) == (QueuePlanState.DISMISSED, ())


def test_a_plan_that_breaks_a_rule_is_not_stored(
    technician: Principal, plan_id: QueuePlanId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.tasks.plan_queue.violations", lambda *_: ["lane 1: a clash"])

    _, error = run_job(plan_of(technician, plan_id))

    assert "a clash" in error
    assert plan_of(technician, plan_id).runs == ()


def test_who_may_not_plan_sees_no_plan(somebody: Somebody, plan_id: QueuePlanId) -> None:
    scientist = somebody(Role.SCIENTIST)

    with reading() as session, pytest.raises(PermissionDenied):
        queries.get_plan(session, scientist, plan_id)


def test_the_kind_of_work_has_a_name_and_a_limit() -> None:
    assert work_names.NAMES[asking.JOB_KIND]
    assert TASKS[asking.JOB_KIND].time_limit_s > asking.LONGEST_S

"""The jobs that accept a plan and take that back: all of it or nothing, once, and stoppable."""

import pytest
from sqlalchemy import delete, func, insert, select, update

from backend.auth.ids import Role
from backend.auth.models import UserRole
from backend.core.principal import Principal
from backend.core.transaction import reading, writing
from backend.samples.ids import Custody
from backend.samples.models import Sample
from backend.storage import plan_queries, plan_states, plans, service
from backend.storage.ids import PlanId, PlanState
from backend.storage.models import Placement
from backend.storage.views import PlanView
from backend.work import queries as work_queries
from backend.work import service as work_service
from backend.work.ids import JobId, JobState
from backend.work.models import Job
from backend.work.views import JobView
from jobs import execution
from jobs.context import JobContext
from tests.factories.plans import make_ready
from tests.factories.sequencing import make_project
from tests.factories.storage import make_freezer, make_tube, stand

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def parts_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a worker tell how far it is after every second sample."""
    monkeypatch.setattr(plans, "LINES_OF_A_STATEMENT", 2)


@pytest.fixture
def plan_id(technician: Principal) -> PlanId:
    """Return a ready plan of five lines."""
    with writing() as session:
        project = make_project(session)
        make_freezer(session, boxes=1)
        for _ in range(5):
            make_tube(session, project)
        plan_id = service.request_plan(session, technician)
        make_ready(session, technician, plan_id)
    return plan_id


def accept(person: Principal, plan_id: PlanId) -> JobId:
    with writing() as session:
        return service.request_acceptance(session, person, plan_id=plan_id)


def take_back(person: Principal, plan_id: PlanId) -> JobId:
    with writing() as session:
        return service.request_taking_back(session, person, plan_id=plan_id)


def look(person: Principal, plan_id: PlanId) -> PlanView:
    with reading() as session:
        return plan_queries.get_plan(session, person, plan_id)


def job_of(person: Principal, job_id: JobId) -> JobView:
    with reading() as session:
        return work_queries.get_job(session, person, job_id)


def standing() -> int:
    """Count the stays; the samples' own custody says the same."""
    with reading() as session:
        stays = session.scalars(
            select(func.count()).select_from(Placement).where(Placement.removed_at.is_(None))
        ).one()
        stored = select(func.count()).where(Sample.custody == Custody.IN_STORAGE)
        assert session.scalars(stored).one() == stays
    return stays


def lapse(job_id: JobId) -> None:
    """Let the time pass in which a worker that is gone still holds the job."""
    with writing() as session:
        session.execute(update(Job).where(Job.id == job_id).values(lease_until=Job.created_at))


def test_a_worker_places_all_of_a_plan_once_and_says_how_many(
    technician: Principal, plan_id: PlanId, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[float, str]] = []
    tell = JobContext.progress

    def hear(context: JobContext, fraction: float, note: str = "") -> None:
        tell(context, fraction, note)
        told = job_of(technician, context.claim.job_id)  # as a page sees it meanwhile
        said.append((told.progress, told.progress_note))
        assert look(technician, plan_id).state is PlanState.ACCEPTING

    monkeypatch.setattr(JobContext, "progress", hear)
    job_id = accept(technician, plan_id)

    execution.run_job(str(job_id))
    execution.run_job(str(job_id))

    assert said == [
        (0.0, "0 of 5 samples placed"),
        (0.4, "2 of 5 samples placed"),
        (0.8, "4 of 5 samples placed"),
        (1.0, "5 of 5 samples placed"),
    ]
    job = job_of(technician, job_id)
    assert (job.state, job.result) == (JobState.DONE, {"placed": 5, "refused": 0})
    assert (look(technician, plan_id).state, standing()) == (PlanState.ACCEPTED, 5)
    with reading() as session:
        placed_by = session.scalars(select(Placement.placed_by).distinct()).one()
    assert placed_by == technician.user_id


def test_a_line_that_has_become_impossible_is_refused_by_its_position_and_the_others_go_ahead(
    technician: Principal, plan_id: PlanId
) -> None:
    line = look(technician, plan_id).placements[2]
    with writing() as session:
        other = make_tube(session, make_project(session))
        at = line.position
        stand(session, other, line.box_id, at.row, at.column)
        session.execute(update(Sample).where(Sample.id == other).values(custody=Custody.IN_STORAGE))
    job_id = accept(technician, plan_id)

    execution.run_job(str(job_id))

    assert job_of(technician, job_id).result == {"placed": 4, "refused": 1}
    refused = look(technician, plan_id).placements[2].outcome
    assert refused == f"{line.position.label} of {line.path} has been filled meanwhile."


def test_a_worker_who_is_stopped_on_the_way_has_placed_nothing_and_the_plan_waits_again(
    technician: Principal, plan_id: PlanId, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell = JobContext.progress

    def stop(context: JobContext, fraction: float, note: str = "") -> None:
        if fraction == 0.4:
            with writing() as session:
                work_service.request_cancel(session, technician, job_id=context.claim.job_id)
        tell(context, fraction, note)

    monkeypatch.setattr(JobContext, "progress", stop)
    job_id = accept(technician, plan_id)

    execution.run_job(str(job_id))

    plan = look(technician, plan_id)
    assert (plan.state, standing()) == (PlanState.READY, 0)
    assert plan.answer is not None
    assert plan.answer.job_state is JobState.CANCELLED
    assert {line.outcome for line in plan.placements} == {None}


class _Killed(BaseException):
    """Nothing in a worker catches it, as nothing catches a kill."""


def test_a_worker_who_dies_midway_leaves_nothing_and_another_one_does_it(
    technician: Principal, plan_id: PlanId, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = accept(technician, plan_id)
    with monkeypatch.context() as patched:
        tell = JobContext.progress

        def die(context: JobContext, fraction: float, note: str = "") -> None:
            tell(context, fraction, note)
            if fraction == 0.8:
                raise _Killed

        patched.setattr(JobContext, "progress", die)
        with pytest.raises(_Killed):
            execution.run_job(str(job_id))
    died_at = (standing(), look(technician, plan_id).state, job_of(technician, job_id).progress)

    lapse(job_id)
    execution.run_job(str(job_id))

    assert died_at == (0, PlanState.ACCEPTING, 0.8)
    assert (standing(), look(technician, plan_id).state) == (5, PlanState.ACCEPTED)


def test_a_worker_who_lost_the_job_rolls_back_what_it_placed(
    technician: Principal, plan_id: PlanId, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = accept(technician, plan_id)
    tell = plan_states.tell_nobody
    monkeypatch.setattr(JobContext, "progress", lambda *_: tell(0, 0))  # it learns at the end

    def overtake(context: JobContext) -> None:
        with writing() as session:
            session.execute(update(Job).where(Job.id == job_id).values(fence=Job.fence + 1))
        assert context.claim.job_id == job_id

    monkeypatch.setattr(JobContext, "check", overtake)

    execution.run_job(str(job_id))

    assert standing() == 0
    assert job_of(technician, job_id).state == JobState.RUNNING


def test_who_may_not_place_any_more_when_the_worker_comes_has_placed_nothing(
    technician: Principal, plan_id: PlanId
) -> None:
    job_id = accept(technician, plan_id)
    with writing() as session:
        session.execute(delete(UserRole).where(UserRole.user_id == technician.user_id))
        session.execute(insert(UserRole).values(user_id=technician.user_id, role=Role.ANALYST))

    execution.run_job(str(job_id))

    plan = look(technician, plan_id)
    assert (plan.state, standing()) == (PlanState.READY, 0)
    assert plan.answer is not None
    assert plan.answer.job_state is JobState.FAILED
    assert "storage.place" in (plan.answer.error or "")


def test_an_acceptance_is_taken_back_by_a_worker_who_says_how_many(
    technician: Principal, plan_id: PlanId
) -> None:
    execution.run_job(str(accept(technician, plan_id)))
    job_id = take_back(technician, plan_id)
    waiting = look(technician, plan_id).state

    execution.run_job(str(job_id))

    job = job_of(technician, job_id)
    assert (waiting, job.progress_note) == (PlanState.TAKING_BACK, "5 of 5 samples taken out")
    assert (job.state, job.result) == (JobState.DONE, {"taken_back": 5, "kept": 0})
    plan = look(technician, plan_id)
    assert (plan.state, standing()) == (PlanState.ACCEPTED, 0)
    assert {line.outcome for line in plan.placements} == {"taken back"}

"""Answering a plan: at once where it is small, else by a worker, and never twice."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select, update

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.samples.ids import SampleId
from backend.samples.models import Project
from backend.storage import plan_answers, plan_queries, service
from backend.storage.errors import (
    NothingToUndo,
    PlanBeingAnswered,
    PlanNotFound,
    PlanNotOpen,
    UndoTooLate,
)
from backend.storage.ids import PlanId, PlanState
from backend.storage.models import Placement
from backend.storage.rules import UNDO_WITHIN
from backend.storage.views import PlanView
from backend.work import service as work_service
from backend.work.ids import JobState
from backend.work.models import Job
from tests.factories.plans import make_ready
from tests.factories.storage import make_freezer, make_tube
from tests.support.clock import FrozenClock


@pytest.fixture
def plan_id(session: WriteSession, technician: Principal, project: Project) -> PlanId:
    """Return a ready plan of three lines."""
    make_freezer(session, boxes=1)
    tubes: list[SampleId] = [make_tube(session, project) for _ in range(3)]
    plan_id = service.request_plan(session, technician, sample_ids=tubes)
    make_ready(session, technician, plan_id)
    return plan_id


@pytest.fixture
def long_from_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave plans of more than two lines to a worker."""
    monkeypatch.setattr(plan_answers, "AT_ONCE", 2)


def look(session: WriteSession, person: Principal, plan_id: PlanId) -> PlanView:
    return plan_queries.get_plan(session, person, plan_id)


def end_job(session: WriteSession, plan: PlanView, state: JobState, error: str = "") -> None:
    assert plan.answer is not None
    session.execute(
        update(Job).where(Job.id == plan.answer.job_id).values(state=state, error=error or None)
    )


def stays(session: WriteSession) -> int:
    return session.scalars(
        select(func.count()).select_from(Placement).where(Placement.removed_at.is_(None))
    ).one()


def test_a_small_plan_is_accepted_and_taken_back_at_once(
    session: WriteSession, technician: Principal, plan_id: PlanId
) -> None:
    accepted = service.start_acceptance(session, technician, plan_id=plan_id)
    stood = stays(session)
    taken_back = service.start_taking_back(session, technician, plan_id=plan_id)

    assert isinstance(accepted, list)
    assert isinstance(taken_back, list)
    assert (stood, stays(session)) == (3, 0)
    assert look(session, technician, plan_id).answer is None


@pytest.mark.usefixtures("long_from_two")
def test_a_long_plan_is_left_to_a_worker_and_nothing_moves_before(
    session: WriteSession, technician: Principal, plan_id: PlanId
) -> None:
    job_id = service.start_acceptance(session, technician, plan_id=plan_id)

    plan = look(session, technician, plan_id)
    assert (plan.state, stays(session)) == (PlanState.ACCEPTING, 0)
    assert plan.answer is not None
    assert (plan.answer.job_id, plan.answer.is_alive) == (job_id, True)


@pytest.mark.usefixtures("long_from_two")
def test_few_chosen_lines_of_a_long_plan_are_placed_at_once(
    session: WriteSession, technician: Principal, plan_id: PlanId
) -> None:
    outcomes = service.start_acceptance(session, technician, plan_id=plan_id, steps={1, 3})

    assert isinstance(outcomes, list)
    assert stays(session) == 2


ANSWERS: dict[str, Callable[[WriteSession, Principal, PlanId], object]] = {
    "again": lambda session, person, plan: service.request_acceptance(
        session, person, plan_id=plan
    ),
    "at once": lambda session, person, plan: service.accept_plan(session, person, plan_id=plan),
    "aside": lambda session, person, plan: service.dismiss_plan(
        session, person, plan_id=plan, reason="No"
    ),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_while_a_worker_accepts_a_plan_nobody_else_answers_it(
    session: WriteSession, technician: Principal, plan_id: PlanId, answer: str
) -> None:
    service.request_acceptance(session, technician, plan_id=plan_id)

    with pytest.raises(PlanBeingAnswered, match="places the samples of this plan already"):
        ANSWERS[answer](session, technician, plan_id)

    jobs = select(func.count()).where(Job.kind == plan_answers.ACCEPT_KIND)
    assert session.scalars(jobs).one() == 1


@pytest.mark.parametrize("ended", [JobState.FAILED, JobState.CANCELLED])
def test_an_answer_that_ended_without_its_effect_leaves_the_plan_open_and_says_why(
    session: WriteSession, technician: Principal, plan_id: PlanId, ended: JobState
) -> None:
    first = service.request_acceptance(session, technician, plan_id=plan_id)
    end_job(session, look(session, technician, plan_id), ended, "The disk is full.")

    plan = look(session, technician, plan_id)
    assert plan.state is PlanState.READY
    assert plan.answer is not None
    assert (plan.answer.job_state, plan.answer.error) == (ended, "The disk is full.")
    assert [each.id for each in plan_queries.plans_to_review(session, technician)] == [plan_id]
    assert service.request_acceptance(session, technician, plan_id=plan_id) != first


def test_a_plan_that_a_worker_accepts_waits_for_nobody_any_more(
    session: WriteSession, technician: Principal, plan_id: PlanId
) -> None:
    service.request_acceptance(session, technician, plan_id=plan_id)

    assert plan_queries.plans_to_review(session, technician) == []
    latest = plan_queries.latest_plan(session, technician)
    assert latest is not None
    assert (latest.id, latest.state) == (plan_id, PlanState.ACCEPTING)


def test_a_job_of_an_earlier_answer_does_nothing_when_it_is_started_again(
    session: WriteSession, technician: Principal, plan_id: PlanId
) -> None:
    first = service.request_acceptance(session, technician, plan_id=plan_id)
    work_service.request_cancel(session, technician, job_id=first)
    service.request_acceptance(session, technician, plan_id=plan_id, steps={1})

    with pytest.raises(PlanNotOpen, match="answered otherwise"):
        service.accept_plan(session, technician, plan_id=plan_id, job_id=first)


def test_taking_back_is_refused_at_the_press_where_it_cannot_be(
    session: WriteSession, technician: Principal, plan_id: PlanId, frozen_clock: FrozenClock
) -> None:
    with pytest.raises(PlanNotOpen):
        service.request_taking_back(session, technician, plan_id=plan_id)
    service.accept_plan(session, technician, plan_id=plan_id, steps={1})
    service.take_out(
        session,
        technician,
        sample_id=look(session, technician, plan_id).placements[0].sample_id,
        reason="extraction",
    )
    with pytest.raises(NothingToUndo):
        service.request_taking_back(session, technician, plan_id=plan_id)
    frozen_clock.advance(seconds=UNDO_WITHIN.total_seconds() + 1)
    with pytest.raises(UndoTooLate):
        service.request_taking_back(session, technician, plan_id=plan_id)


def test_the_ten_minutes_end_with_the_press_and_not_with_the_queue(
    session: WriteSession, technician: Principal, plan_id: PlanId, frozen_clock: FrozenClock
) -> None:
    service.accept_plan(session, technician, plan_id=plan_id)
    asked_at = frozen_clock.now
    job_id = service.request_taking_back(session, technician, plan_id=plan_id)
    assert look(session, technician, plan_id).state is PlanState.TAKING_BACK
    frozen_clock.advance(minutes=11)

    service.undo_acceptance(session, technician, plan_id=plan_id, asked_at=asked_at, job_id=job_id)

    assert stays(session) == 0


def test_somebody_elses_plan_is_not_there(
    session: WriteSession, plan_id: PlanId, technician: Principal, stranger: Principal
) -> None:
    service.request_acceptance(session, technician, plan_id=plan_id)

    with pytest.raises(PlanNotFound):
        service.request_acceptance(session, stranger, plan_id=plan_id)

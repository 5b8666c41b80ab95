"""The job that makes a placement plan: what it stores, how it tells, how it stops."""

import time
from collections.abc import Callable
from threading import Thread

import pytest
from sqlalchemy import func, select

from backend.core.principal import Principal
from backend.core.transaction import reading, writing
from backend.events.models import OutboxEvent
from backend.samples.ids import TemperatureClass
from backend.samples.models import Project
from backend.storage import plan_queries, service
from backend.storage.ids import PlanId, PlanState
from backend.storage.models import Placement, PlannedPlacement
from backend.storage.views import PlanView
from backend.work import queries as work_queries
from backend.work import service as work_service
from backend.work.ids import JobState
from backend.work.views import JobView
from jobs import execution
from tests.factories.sequencing import make_project
from tests.factories.storage import make_freezer, make_tube

pytestmark = pytest.mark.slow

_LONGEST_S = 90.0


def wait_for_places(*, tubes: int, boxes: int, families: int = 0) -> None:
    """Set the scene: tubes that stand nowhere, in families of working samples and backups."""
    with writing() as session:
        project: Project = make_project(session)
        for _ in range(2):
            make_freezer(session, boxes=boxes)
        firsts = [make_tube(session, project) for _ in range(families)]
        for number in range(tubes - families):
            family = firsts[number % families] if families else None
            make_tube(session, project, family_id=family, is_backup=number % 3 == 0)


def ask(person: Principal) -> PlanId:
    with writing() as session:
        return service.request_plan(session, person)


def plan_of(person: Principal, plan_id: PlanId) -> PlanView:
    with reading() as session:
        return plan_queries.get_plan(session, person, plan_id)


def job_of(person: Principal, plan_id: PlanId) -> JobView:
    with reading() as session:
        job_id = plan_queries.get_plan(session, person, plan_id).job_id
        return work_queries.get_job(session, person, job_id)


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _LONGEST_S
    while not holds():
        assert time.monotonic() < deadline, "It did not come about."
        time.sleep(0.05)


def test_the_job_stores_a_plan_with_reasons_and_moves_nothing(technician: Principal) -> None:
    wait_for_places(tubes=6, boxes=1)
    plan_id = ask(technician)

    execution.run_job(str(plan_of(technician, plan_id).job_id))

    plan = plan_of(technician, plan_id)
    assert plan.state is PlanState.READY
    assert len(plan.placements) == 6
    assert all(line.reasons for line in plan.placements)
    assert plan.objective_s is not None
    assert plan.first_fit_s is not None
    assert plan.objective_s <= plan.first_fit_s
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Placement)) == 0


def test_a_proven_bound_is_never_above_the_plan(technician: Principal) -> None:
    wait_for_places(tubes=6, boxes=1)
    plan_id = ask(technician)

    execution.run_job(str(plan_of(technician, plan_id).job_id))

    plan = plan_of(technician, plan_id)
    assert plan.bound_s is not None
    assert plan.objective_s is not None
    assert plan.bound_s <= plan.objective_s + 1e-6
    assert plan.gap_fraction is not None


def test_whoever_asked_is_told_when_the_plan_is_ready(technician: Principal) -> None:
    wait_for_places(tubes=2, boxes=1)
    plan_id = ask(technician)

    execution.run_job(str(plan_of(technician, plan_id).job_id))

    with reading() as session:
        told = session.scalars(
            select(OutboxEvent.payload).where(OutboxEvent.type == "storage.plan_ready")
        ).one()
    assert told["requested_by"] == str(technician.user_id)
    assert told["placements"] == 2


def test_samples_without_a_box_that_may_take_them_say_which_rule_kept_them_out(
    technician: Principal,
) -> None:
    wait_for_places(tubes=1, boxes=1)
    with writing() as session:
        project = make_project(session)
        make_tube(session, project, barcode="COLD-1", temperature_class=TemperatureClass.LN2_VAPOUR)
    plan_id = ask(technician)

    execution.run_job(str(plan_of(technician, plan_id).job_id))

    summary = plan_of(technician, plan_id).summary
    assert summary is not None
    (left,) = summary.left_over
    assert left.barcodes == ("COLD-1",)
    assert left.boxes_allowed == 0
    assert [(taken.rule, taken.boxes) for taken in left.filters] == [("temperature", 2)]


def test_the_job_done_twice_makes_one_plan(technician: Principal) -> None:
    wait_for_places(tubes=2, boxes=1)
    plan_id = ask(technician)
    job_id = str(plan_of(technician, plan_id).job_id)

    execution.run_job(job_id)
    execution.run_job(job_id)

    assert len(plan_of(technician, plan_id).placements) == 2


def test_a_plan_that_is_called_off_while_it_is_made_stores_nothing(technician: Principal) -> None:
    wait_for_places(tubes=240, boxes=12, families=40)
    plan_id = ask(technician)
    worker = Thread(target=execution.run_job, args=[str(plan_of(technician, plan_id).job_id)])
    worker.start()
    wait_until(lambda: job_of(technician, plan_id).progress > 0)

    with writing() as session:
        service.cancel_plan(session, technician, plan_id=plan_id)
    worker.join(_LONGEST_S)

    assert not worker.is_alive()
    assert job_of(technician, plan_id).state == JobState.CANCELLED
    assert plan_of(technician, plan_id).state is PlanState.CANCELLED
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(PlannedPlacement)) == 0


def test_a_job_that_is_stopped_by_its_own_button_ends_its_plan(technician: Principal) -> None:
    wait_for_places(tubes=2, boxes=1)
    plan_id = ask(technician)

    job_id = plan_of(technician, plan_id).job_id
    with writing() as session:
        work_service.request_cancel(session, technician, job_id=job_id)
    execution.run_job(str(job_id))

    assert plan_of(technician, plan_id).state is PlanState.CANCELLED

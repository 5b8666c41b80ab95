"""The job that plans how to free boxes or to empty a unit: what it stores, how it tells."""

from uuid import UUID

import pytest
from sqlalchemy import func, select

from backend.core.principal import Principal
from backend.core.transaction import reading, writing
from backend.events.models import OutboxEvent
from backend.storage import relocation_queries, service
from backend.storage.ids import PlanState, RelocationPlanId
from backend.storage.models import Placement
from backend.storage.relocation_views import RelocationPlanView
from jobs import execution
from tests.factories.sequencing import make_project
from tests.factories.storage import make_freezer, make_tube, stand

pytestmark = pytest.mark.slow


def plan_of(person: Principal, plan_id: RelocationPlanId) -> RelocationPlanView:
    with reading() as session:
        return relocation_queries.get_relocation(session, person, plan_id)


@pytest.fixture
def two_plans(technician: Principal) -> dict[str, RelocationPlanId]:
    """Ask for both about a freezer of two boxes with one tube each, beside an empty freezer."""
    with writing() as session:
        project = make_project(session)
        freezer = make_freezer(session, boxes=2)
        make_freezer(session, boxes=1)
        for box_id in freezer.box_ids:
            stand(session, make_tube(session, project), box_id, 1, 1)
        unit_id = freezer.unit_id
        return {
            "free": service.request_consolidation(session, technician, unit_id=unit_id),
            "save": service.request_evacuation(session, technician, unit_id=unit_id),
        }


def test_both_jobs_store_a_plan_with_reasons_tell_who_asked_and_move_nothing(
    technician: Principal, two_plans: dict[str, RelocationPlanId]
) -> None:
    for plan_id in two_plans.values():
        execution.run_job(str(plan_of(technician, plan_id).job_id))

    plans = {name: plan_of(technician, plan_id) for name, plan_id in two_plans.items()}
    assert {plan.state for plan in plans.values()} == {PlanState.READY}
    assert [len(plans[name].moves) for name in ("free", "save")] == [1, 2]
    assert all(move.reasons for plan in plans.values() for move in plan.moves)
    with reading() as session:
        moved = session.scalar(select(func.count()).where(Placement.removed_at.is_not(None)))
        told = session.scalars(
            select(OutboxEvent.payload).where(OutboxEvent.type == "storage.relocation_ready")
        ).all()
    assert moved == 0
    assert {UUID(str(each["requested_by"])) for each in told} == {technician.user_id}


def test_a_plan_called_off_is_never_stored(
    technician: Principal, two_plans: dict[str, RelocationPlanId]
) -> None:
    plan_id = two_plans["free"]
    with writing() as session:
        service.cancel_relocation(session, technician, plan_id=plan_id)

    execution.run_job(str(plan_of(technician, plan_id).job_id))

    plan = plan_of(technician, plan_id)
    assert (plan.state, plan.moves) == (PlanState.CANCELLED, ())

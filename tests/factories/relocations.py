"""Consolidations and evacuations as their job makes them, in moments."""

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.samples.ids import SampleId
from backend.samples.models import Project
from backend.storage import plan_states, relocation_problem, relocation_queries, service
from backend.storage.ids import NodeId, RelocationPlanId
from backend.storage.models import StorageNode
from backend.storage.planning.consolidation import plan_consolidation
from backend.storage.planning.evacuation import plan_evacuation
from backend.storage.planning.relocation_checking import (
    consolidation_violations,
    evacuation_violations,
)
from backend.storage.relocation_models import RelocationPlan
from backend.storage.relocation_views import RelocationPlanView
from tests.backend.storage.planning_support import ANY_TIME
from tests.factories.storage import Freezer, make_tube, stand


def freed(
    session: WriteSession,
    person: Principal,
    freezer: Freezer,
    *,
    boxes_to_free: int | None = None,
    to_other_units: bool = False,
) -> RelocationPlanView:
    """Ask how to free boxes, plan it, store it; return the plan with its lines."""
    plan_id = service.request_consolidation(
        session,
        person,
        unit_id=freezer.unit_id,
        boxes_to_free=boxes_to_free,
        to_other_units=to_other_units,
    )
    scope = plan_states.get_scope(session, person, RelocationPlan, plan_id)
    asked = relocation_problem.load_consolidation(session, person, freezer.unit_id, scope)
    plan = plan_consolidation(asked, ANY_TIME)
    assert consolidation_violations(asked, plan) == []
    service.store_consolidation(
        session, person, plan_id=plan_id, asked=asked, plan=plan, elapsed_s=0.0
    )
    return _stored(session, person, plan_id)


def evacuation(session: WriteSession, person: Principal, freezer: Freezer) -> RelocationPlanView:
    """Ask where a unit's contents could go, plan it, store it; return the plan with its lines."""
    plan_id = service.request_evacuation(session, person, unit_id=freezer.unit_id)
    return evacuation_planned(session, person, freezer, plan_id)


def evacuation_planned(
    session: WriteSession, person: Principal, freezer: Freezer, plan_id: RelocationPlanId
) -> RelocationPlanView:
    """Plan an evacuation that was asked for, store it; return the plan with its lines."""
    asked = relocation_problem.load_evacuation(session, person, freezer.unit_id)
    plan = plan_evacuation(asked)
    assert evacuation_violations(asked, plan) == []
    service.store_evacuation(
        session, person, plan_id=plan_id, asked=asked, plan=plan, elapsed_s=0.0
    )
    return _stored(session, person, plan_id)


def _stored(
    session: WriteSession, person: Principal, plan_id: RelocationPlanId
) -> RelocationPlanView:
    return relocation_queries.get_relocation(session, person, plan_id)


def fill(session: WriteSession, project: Project, box_id: NodeId, count: int) -> list[SampleId]:
    """Put tubes into the first positions of a box of two by three."""
    tubes = [make_tube(session, project) for _ in range(count)]
    for number, tube in enumerate(tubes):
        stand(session, tube, box_id, 1 + number // 3, 1 + number % 3)
    return tubes


def give_slots(session: WriteSession, freezer: Freezer, box_slots: int | None) -> None:
    """Say how many boxes the rack of a freezer takes."""
    session.get_one(StorageNode, freezer.rack_id).box_slots = box_slots
    session.flush()

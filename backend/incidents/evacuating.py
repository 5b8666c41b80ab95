"""Asking where the contents of a unit in an incident could go. Exported by service.py."""

from sqlalchemy import select

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.incidents import closing, rules
from backend.incidents.errors import IncidentRefused
from backend.incidents.events import EvacuationAsked
from backend.incidents.ids import IncidentId
from backend.incidents.models import IncidentUnit
from backend.storage import service as storage_service
from backend.storage.ids import NodeId, RelocationPlanId


def ask_evacuation(
    session: WriteSession, principal: Principal, *, incident_id: IncidentId, unit_id: NodeId
) -> RelocationPlanId:
    """Ask for a plan that brings what stands in one of the incident's units to safety.

    The incident remembers the newest plan; nothing moves until a person accepts it.

    Raises:
        IncidentNotFound, IncidentClosed: there is none, or it is over.
        IncidentRefused: the unit is not in it.
        InvalidInput: nothing stands in the unit.
    """
    principal.require(Permission.STORAGE_PLAN)
    incident = closing.lock_standing(session, incident_id)
    code = rules.code_of(incident.number, incident.opened_at)
    label = session.scalar(
        select(IncidentUnit.unit_label).where(
            IncidentUnit.incident_id == incident.id, IncidentUnit.unit_id == unit_id
        )
    )
    if label is None:
        raise IncidentRefused(f"{code} is not about that unit. Choose one of its units.")
    plan_id = storage_service.request_evacuation(
        session, principal, unit_id=unit_id, incident_id=incident.id
    )
    incident.evacuation_id = plan_id
    asked = EvacuationAsked(aggregate_id=incident.id, code=code, plan_id=plan_id, unit=label)
    events_service.record(session, principal, asked)
    return plan_id

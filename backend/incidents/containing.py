"""Saying that a unit is back in range of which no thermometer is heard. Exported by service.py.

A probe that died in an incident and was taken away leaves nobody to say how cold it is. What is
known then is what a person knows, measured by hand or seen at the unit's own display.
"""

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.incidents import following, queries, rules, unheard
from backend.incidents.closing import lock_standing
from backend.incidents.errors import IncidentRefused, UnitHeard
from backend.incidents.events import UnitSaidBack
from backend.incidents.ids import IncidentId


def say_back(
    session: WriteSession,
    principal: Principal,
    *,
    incident_id: IncidentId,
    unit_label: str,
    reason: str,
) -> None:
    """Note that a unit is back in range as of now, and how the person knows.

    The time until now stays unknown. An alarm that comes later takes the word back.

    Raises:
        IncidentNotFound, IncidentClosed: there is none, or it is over.
        IncidentRefused: no such unit in it, or no reason given.
        UnitHeard: its alarms are open, or it was heard: its readings say how it is.
    """
    principal.require(Permission.SAMPLES_HOLD)
    following.take_turns(session)
    incident = lock_standing(session, incident_id)
    units = {unit.unit_label: unit for unit in queries.units_of(session, incident.id)}
    faults = rules.word_faults(unit_label, list(units), reason)
    code = rules.code_of(incident.number, incident.opened_at)
    if faults:
        raise IncidentRefused(f"{code}: {' '.join(faults.values())}", fields=faults)
    unit = units[unit_label]
    if unit.ended_at is not None:
        raise UnitHeard(f"{unit_label} is back in range already.")
    if unit_label not in unheard.unheard_units(session, incident.id):
        raise UnitHeard(
            f"An alarm of {unit_label} is open; its readings say when it is back in range. Where "
            "its sensor is broken, connect another one, or disconnect it first."
        )
    unit.said_back_at = unit.ended_at = max(clock.utc_now(), unit.began_at)
    unit.said_back_by_name, unit.said_back_why = principal.name, reason.strip()
    session.flush()
    said = UnitSaidBack(aggregate_id=incident.id, code=code, unit=unit_label)
    events_service.record(session, principal, said, reason=reason.strip())
    following.settle_incident(session, principal, incident)

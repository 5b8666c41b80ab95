"""Who acknowledged the alarms of incidents, as the audit trail of their sensors says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from backend.core.sessions import ReadSession
from backend.events.models import AuditEntry
from backend.incidents.models import Incident, IncidentUnit

_ACKNOWLEDGED = "telemetry.alarm_acknowledged"
_SENSOR = "sensor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """A person saw the alarm of a unit."""

    unit_label: str
    at: datetime
    by: str
    reason: str


def acknowledgements(
    session: ReadSession,
    incidents: Sequence[Incident],
    units: Mapping[UUID, Sequence[IncidentUnit]],
) -> dict[UUID, list[Acknowledgement]]:
    """Return for each incident who acknowledged its alarms, oldest first.

    An entry belongs to an incident while that stands: from when its unit was out until it closed.
    """
    every = [unit for each in units.values() for unit in each]
    if not every:
        return {}
    entries = session.execute(
        select(AuditEntry.entity_id, AuditEntry.at, AuditEntry.actor_name, AuditEntry.reason)
        .where(
            AuditEntry.entity == _SENSOR,
            AuditEntry.entity_id.in_({unit.sensor_id for unit in every}),
            AuditEntry.action == _ACKNOWLEDGED,
            AuditEntry.at >= min(unit.began_at for unit in every),
        )
        .order_by(AuditEntry.at)
    ).all()
    return {
        incident.id: [
            Acknowledgement(unit_label=unit.unit_label, at=at, by=by, reason=reason or "")
            for sensor_id, at, by, reason in entries
            for unit in units.get(incident.id, ())
            if unit.sensor_id == sensor_id
            and unit.began_at <= at
            and (incident.closed_at is None or at <= incident.closed_at)
        ]
        for incident in incidents
    }

"""Which units of an incident nobody has heard since their alarms were over."""

from uuid import UUID

from sqlalchemy import select

from backend.core.sessions import ReadSession
from backend.incidents.models import IncidentAlarm, IncidentUnit


def unheard_units(session: ReadSession, incident_id: UUID) -> list[str]:
    """Return the units whose alarms are noted as over, but not since when they are in range.

    No thermometer has said so; somebody who knows otherwise may.
    """
    standing = (
        select(IncidentAlarm.unit_id)
        .where(
            IncidentAlarm.incident_id == IncidentUnit.incident_id,
            IncidentAlarm.unit_id == IncidentUnit.unit_id,
            IncidentAlarm.over_at.is_(None),
        )
        .exists()
    )
    return list(
        session.scalars(
            select(IncidentUnit.unit_label)
            .where(
                IncidentUnit.incident_id == incident_id,
                IncidentUnit.ended_at.is_(None),
                ~standing,
            )
            .order_by(IncidentUnit.unit_label)
        )
    )

"""Looking after an incident and closing it, with a signature. Exported by service.py."""

from uuid import UUID

from sqlalchemy import select

from backend.auth import service as auth_service
from backend.auth.views import Locked, Refused, SignatureView
from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.incidents import following, queries, reckoning, rules
from backend.incidents.errors import (
    ClosingRefused,
    IncidentClosed,
    IncidentNotFound,
    IncidentRefused,
)
from backend.incidents.events import IncidentClosedSigned, IncidentTaken
from backend.incidents.ids import HoldState, IncidentId, IncidentState
from backend.incidents.models import Incident, IncidentUnit
from backend.incidents.rules import Closing


def take_incident(session: WriteSession, principal: Principal, *, incident_id: IncidentId) -> None:
    """Say that the principal looks after an incident from now on.

    Raises:
        IncidentNotFound: there is no such incident.
        IncidentClosed: there is nothing to look after any more.
    """
    principal.require(Permission.SAMPLES_HOLD)
    incident = lock_standing(session, incident_id)
    if incident.owner_id == principal.user_id:
        return
    before = incident.owner_name
    incident.owner_id, incident.owner_name = principal.user_id, principal.name
    event = IncidentTaken(aggregate_id=incident.id, code=_code(incident), owner_name=principal.name)
    events_service.record(session, principal, event, old={"owner_name": before})


def close_incident(
    session: WriteSession,
    principal: Principal,
    *,
    incident_id: IncidentId,
    said: Closing,
    password: str,
) -> SignatureView | Refused | Locked:
    """Close an incident in the principal's name and freeze what stands in it.

    A password that does not do is returned, not raised, so that the try is committed and counts;
    the incident is as open as before then.

    Raises:
        IncidentNotFound: there is no such incident.
        IncidentClosed: somebody closed it.
        IncidentRefused: a field lacks words; names all of them.
        ClosingRefused: alarms are open or holds undecided; names all that is to be done.
    """
    principal.require(Permission.SAMPLES_HOLD)
    following.take_turns(session)
    incident = lock_standing(session, incident_id)
    faults = rules.closing_faults(said)
    if faults:
        raise IncidentRefused(
            f"{_code(incident)} is not closed: {' '.join(faults.values())}", fields=faults
        )
    units = _units(session, incident)
    for unit in units:
        reckoning.reckon(session, unit, clock.utc_now())
    gaps = queries.closing_gaps(session, principal, incident)
    if gaps:
        raise ClosingRefused(_code(incident), gaps)
    assert said.disposition is not None  # noqa: S101 a fault otherwise
    signature = auth_service.sign(
        session,
        principal,
        password=password,
        meaning=rules.MEANING,
        entity=queries.SIGNED_INCIDENT,
        entity_id=incident.id,
        record_digest=auth_service.digest_of(_record(session, incident, units, said)),
    )
    if isinstance(signature, (Refused, Locked)):
        return signature
    for unit in units:
        unit.is_open = False
    session.flush()  # before the incident closes: its parts never change afterwards
    incident.cause, incident.action = said.cause.strip(), said.action.strip()
    incident.disposition, incident.disposition_note = said.disposition, said.note.strip()
    incident.signature_id, incident.closed_at = signature.id, signature.signed_at
    incident.closed_by_name, incident.state = signature.signer_name, IncidentState.CLOSED
    session.flush()
    event = IncidentClosedSigned(
        aggregate_id=incident.id,
        code=_code(incident),
        signer_name=signature.signer_name,
        disposition=said.disposition.value,
    )
    events_service.record(session, principal, event, reason=said.cause.strip())
    return signature


def lock_standing(session: WriteSession, incident_id: UUID) -> Incident:
    """Hold an incident that is not over; raises IncidentNotFound or IncidentClosed."""
    incident = session.scalars(
        select(Incident)
        .where(Incident.id == incident_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if incident is None:
        raise IncidentNotFound("There is no such incident.")
    if incident.state is IncidentState.MERGED:
        raise IncidentClosed(f"{_code(incident)} went into another incident. Look there.")
    if incident.state is IncidentState.CLOSED:
        raise IncidentClosed(f"{incident.closed_by_name} has closed {_code(incident)}.")
    return incident


def _units(session: WriteSession, incident: Incident) -> list[IncidentUnit]:
    return list(
        session.scalars(
            select(IncidentUnit)
            .where(IncidentUnit.incident_id == incident.id)
            .order_by(IncidentUnit.unit_label)
            .execution_options(populate_existing=True)
        )
    )


def _record(
    session: WriteSession, incident: Incident, units: list[IncidentUnit], said: Closing
) -> dict[str, object]:
    """Return what is signed: what people say, and what they say it of."""
    counts = queries.decided_counts(session, incident.id)
    return {
        "incident": _code(incident),
        "began_at": incident.began_at,
        "ended_at": incident.ended_at,
        "units": [
            {
                "unit": unit.unit_label,
                "highest_c": unit.highest_c,
                "lowest_c": unit.lowest_c,
                "out_min": unit.out_min,
                "unknown_min": unit.unknown_min,
            }
            for unit in units
        ],
        "items": {state.value: counts.get(state, 0) for state in HoldState},
        "cause": said.cause.strip(),
        "action": said.action.strip(),
        "disposition": said.disposition,
        "disposition_note": said.note.strip(),
    }


def _code(incident: Incident) -> str:
    return rules.code_of(incident.number, incident.opened_at)

"""Telling of parcels that should have arrived: those from outside, and those under way."""

from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.custody import incoming_queries, shipment_queries
from backend.custody.events import ParcelLate
from backend.custody.ids import IncomingState, ShipmentState
from backend.custody.incoming_models import Incoming
from backend.custody.models import Shipment
from backend.events import service as events_service
from backend.samples.models import Project


def tell_of_late(session: WriteSession, principal: Principal, today: date) -> int:
    """Record each parcel whose day has passed, once a day; return how many."""
    return _shipments(session, principal, today) + _incoming(session, principal, today)


def _shipments(session: WriteSession, principal: Principal, today: date) -> int:
    late = session.scalars(
        select(Shipment)
        .where(
            Shipment.state == ShipmentState.SHIPPED,
            Shipment.expected_on < today,
            or_(Shipment.told_late_on.is_(None), Shipment.told_late_on < today),
        )
        .order_by(Shipment.number)
        .with_for_update()
    ).all()
    for shipment in late:
        code, shipment.told_late_on = shipment_queries.code_of(shipment), today
        event = ParcelLate(
            aggregate_id=shipment.id,
            code=code,
            page=f"/custody/shipments/{code}",
            party=f"to {shipment.recipient}",
            expected_on=f"{shipment.expected_on}",
            people=_named(shipment.created_by),
        )
        events_service.record(session, principal, event)
    return len(late)


def _incoming(session: WriteSession, principal: Principal, today: date) -> int:
    late = session.execute(
        select(Incoming, Project.owner_id)
        .join(Project, Project.id == Incoming.project_id)
        .where(
            Incoming.state == IncomingState.EXPECTED,
            Incoming.expected_on < today,
            or_(Incoming.told_late_on.is_(None), Incoming.told_late_on < today),
        )
        .order_by(Incoming.number)
        .with_for_update(of=Incoming)
    ).all()
    for parcel, owner_id in late:
        code, parcel.told_late_on = incoming_queries.code_of(parcel), today
        event = ParcelLate(
            aggregate_id=parcel.id,
            code=code,
            page=f"/custody/incoming/{code}",
            party=f"from {parcel.sender}",
            expected_on=parcel.expected_on.isoformat(),
            people=_named(parcel.created_by, owner_id),
        )
        events_service.record(session, principal, event)
    return len(late)


def _named(*keys: UUID | None) -> list[str]:
    return sorted({str(key) for key in keys if key is not None})

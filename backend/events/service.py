"""Writing facts: the outbox row and the audit entry, in the transaction of the change itself."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.events import rules
from backend.events.models import AuditEntry, OutboxEvent
from backend.events.rules import Event

_BUMP = text(
    "INSERT INTO aggregate (type, id, version) VALUES (:type, :id, 1) "
    "ON CONFLICT (type, id) DO UPDATE SET version = aggregate.version + 1 RETURNING version"
)


def record(
    session: WriteSession,
    principal: Principal,
    event: Event,
    *,
    old: Mapping[str, object] | None = None,
    new: Mapping[str, object] | None = None,
    reason: str | None = None,
) -> None:
    """Write the event and its audit entry.

    ``old`` and ``new`` hold the changed fields' values before and after; without ``new`` the
    event's payload stands. The aggregate's row stays locked until the end of the transaction,
    which is what puts one thing's events in order.
    """
    payload = rules.payload_of(event)
    session.add(
        OutboxEvent(
            aggregate_type=event.AGGREGATE,
            aggregate_id=event.aggregate_id,
            seq=_next_version(session, event.AGGREGATE, event.aggregate_id),
            type=event.TYPE,
            payload=payload,
            actor_id=principal.user_id,
            actor_name=principal.name,
            request_id=principal.request_id,
        )
    )
    audit(
        session,
        principal,
        action=event.TYPE,
        entity=event.AGGREGATE,
        entity_id=event.aggregate_id,
        old=old,
        new=new if new is not None else payload,
        reason=reason,
    )
    session.flush()
    # A hint that wakes the leader when this transaction commits; nothing depends on it.
    session.execute(text("SELECT pg_notify('tracseq_outbox', '')"))


def audit(
    session: WriteSession,
    principal: Principal,
    *,
    action: str,
    entity: str,
    entity_id: UUID,
    old: Mapping[str, object] | None = None,
    new: Mapping[str, object] | None = None,
    reason: str | None = None,
) -> None:
    """Write an audit entry without an event: one row of a bulk edit under its envelope's event."""
    session.add(
        AuditEntry(
            actor_id=principal.user_id,
            actor_name=principal.name,
            origin=principal.origin.value,
            request_id=principal.request_id,
            action=action,
            entity=entity,
            entity_id=entity_id,
            old_values=_json_values(old),
            new_values=_json_values(new),
            reason=reason,
        )
    )


def _next_version(session: Session, aggregate_type: str, aggregate_id: UUID) -> int:
    version: int = session.execute(_BUMP, {"type": aggregate_type, "id": aggregate_id}).scalar_one()
    return version


def _json_values(values: Mapping[str, object] | None) -> dict[str, object] | None:
    return None if values is None else {key: rules.as_json(item) for key, item in values.items()}

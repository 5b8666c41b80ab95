"""Reading the event log, the audit trail and the dead letters."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.events import sealing
from backend.events.models import AuditEntry, DeadLetter, LiveTopic, OutboxEvent
from backend.events.views import AuditFilters, AuditView, ChainState, DeadLetterView, EventView

_VERSIONS = select(LiveTopic.topic, LiveTopic.version)


def read_after(session: ReadSession, pos: int, limit: int = 200) -> list[EventView]:
    """Return the next stamped events in log order."""
    statement = _events().where(OutboxEvent.pos > pos).order_by(OutboxEvent.pos).limit(limit)
    return [_event(event, in_order) for event, in_order in session.execute(statement)]


def read_at(session: ReadSession, positions: list[int]) -> list[EventView]:
    """Return the events at the given positions, in log order."""
    statement = _events().where(OutboxEvent.pos.in_(positions)).order_by(OutboxEvent.pos)
    return [_event(event, in_order) for event, in_order in session.execute(statement)]


def latest_versions(session: ReadSession) -> dict[str, int]:
    """Return each live topic's version: the position of its newest stamped event."""
    return {topic: version for topic, version in session.execute(_VERSIONS)}  # noqa: C416 -- rows


def entity_history(
    session: ReadSession, entity: str, entity_id: UUID, limit: int = 200
) -> list[AuditView]:
    """Return what happened to one record, newest first.

    Who may see the record is the caller's to decide: its domain asks first.
    """
    statement = (
        select(AuditEntry)
        .where(AuditEntry.entity == entity, AuditEntry.entity_id == entity_id)
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    return [_audit(entry) for entry in session.scalars(statement)]


def audit_window(
    session: ReadSession,
    principal: Principal,
    *,
    before_id: int | None = None,
    limit: int = 100,
    action: str | None = None,
    actor: str | None = None,
    entity: str | None = None,
    entity_id: UUID | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[AuditView]:
    """Return audit entries, newest first, older than ``before_id``.

    ``action`` matches a prefix such as ``storage.``; ``actor`` any part of a name; ``since`` is
    included, ``until`` is not.

    Raises:
        PermissionDenied: without the right to read the audit trail.
    """
    principal.require(Permission.AUDIT_VIEW)
    found = filtered(
        AuditFilters(
            action=action,
            actor=actor,
            entity=entity,
            entity_id=entity_id,
            since=since,
            until=until,
        )
    )
    statement = found.order_by(AuditEntry.id.desc()).limit(limit)
    if before_id is not None:
        statement = statement.where(AuditEntry.id < before_id)
    return [_audit(entry) for entry in session.scalars(statement)]


def filtered(asked: AuditFilters) -> Select[AuditEntry]:
    """Return the entries that filters leave, in no order; who may read them the caller asks."""
    statement = select(AuditEntry)
    if asked.action:
        statement = statement.where(AuditEntry.action.startswith(asked.action, autoescape=True))
    if asked.actor:
        statement = statement.where(AuditEntry.actor_name.icontains(asked.actor, autoescape=True))
    if asked.entity:
        statement = statement.where(AuditEntry.entity == asked.entity)
    if asked.entity_id:
        statement = statement.where(AuditEntry.entity_id == asked.entity_id)
    if asked.since is not None:
        statement = statement.where(AuditEntry.at >= asked.since)
    if asked.until is not None:
        statement = statement.where(AuditEntry.at < asked.until)
    return statement


def audited_entities(session: ReadSession, principal: Principal) -> list[str]:
    """Return the kinds of record that the trail speaks of, by name.

    Jumps from kind to kind along the index, so a million entries cost as many steps as kinds.
    """
    principal.require(Permission.AUDIT_VIEW)
    first = select(func.min(AuditEntry.entity).label("entity")).cte("kinds", recursive=True)
    following = (
        select(func.min(AuditEntry.entity))
        .where(AuditEntry.entity > first.c.entity)
        .scalar_subquery()
    )
    kinds = first.union_all(select(following).where(first.c.entity.is_not(None)))
    return list(session.scalars(select(kinds.c.entity).where(kinds.c.entity.is_not(None))))


def verify_chain(session: ReadSession, principal: Principal) -> ChainState:
    """Walk the audit chain for a person.

    Raises:
        PermissionDenied: without the right to read the audit trail.
    """
    principal.require(Permission.AUDIT_VIEW)
    return sealing.verify_chain(session)


def dead_letters(session: ReadSession, *, limit: int = 100) -> list[DeadLetterView]:
    """Return unresolved letters: events that failed, and those that wait behind them."""
    statement = (
        select(DeadLetter, OutboxEvent.type)
        .outerjoin(OutboxEvent, OutboxEvent.pos == DeadLetter.event_pos)
        .where(DeadLetter.resolved_at.is_(None))
        .order_by(DeadLetter.consumer, DeadLetter.event_pos)
        .limit(limit)
    )
    return [
        DeadLetterView(
            id=letter.id,
            consumer=letter.consumer,
            event_pos=letter.event_pos,
            event_type=event_type or "",
            aggregate_type=letter.aggregate_type,
            aggregate_id=letter.aggregate_id,
            error=letter.error,
            attempts=letter.attempts,
            first_at=letter.first_at,
            retry_at=letter.retry_at,
        )
        for letter, event_type in session.execute(statement)
    ]


def due_letters(session: ReadSession, consumer: str, limit: int = 50) -> list[DeadLetter]:
    """Return letters to try now: due, and with none before them of the same aggregate."""
    earlier = aliased(DeadLetter)
    blocked = exists().where(
        earlier.consumer == DeadLetter.consumer,
        earlier.aggregate_type == DeadLetter.aggregate_type,
        earlier.aggregate_id == DeadLetter.aggregate_id,
        earlier.event_pos < DeadLetter.event_pos,
        earlier.resolved_at.is_(None),
    )
    statement = (
        select(DeadLetter)
        .where(
            DeadLetter.consumer == consumer,
            DeadLetter.resolved_at.is_(None),
            ~blocked,
            or_(
                DeadLetter.retry_at <= func.clock_timestamp(),
                # Never tried: it only waited for one before it.
                and_(DeadLetter.attempts == 0, DeadLetter.retry_at.is_(None)),
            ),
        )
        .order_by(DeadLetter.event_pos)
        .limit(limit)
        .with_for_update()
    )
    return list(session.scalars(statement))


def parked(session: ReadSession, consumer: str) -> set[tuple[str, UUID]]:
    """Return the aggregates whose events wait because one of them failed."""
    statement = (
        select(DeadLetter.aggregate_type, DeadLetter.aggregate_id)
        .where(DeadLetter.consumer == consumer, DeadLetter.resolved_at.is_(None))
        .distinct()
    )
    return {(row.aggregate_type, row.aggregate_id) for row in session.execute(statement)}


def _events() -> Select[OutboxEvent, bool]:
    """Select events, each with whether its predecessor stands before it in the log."""
    before = aliased(OutboxEvent)
    in_order = or_(
        OutboxEvent.seq == 1,
        exists().where(
            before.aggregate_type == OutboxEvent.aggregate_type,
            before.aggregate_id == OutboxEvent.aggregate_id,
            before.seq == OutboxEvent.seq - 1,
            before.pos < OutboxEvent.pos,
        ),
    )
    return select(OutboxEvent, in_order)


def _event(event: OutboxEvent, in_order: bool) -> EventView:  # noqa: FBT001 -- a column of the row
    if event.pos is None:
        raise ValueError(f"Event {event.event_id} is not stamped yet.")
    return EventView(
        pos=event.pos,
        event_id=event.event_id,
        aggregate_type=event.aggregate_type,
        aggregate_id=event.aggregate_id,
        seq=event.seq,
        type=event.type,
        payload=event.payload,
        actor_id=event.actor_id,
        actor_name=event.actor_name,
        at=event.at,
        in_order=in_order,
    )


def _audit(entry: AuditEntry) -> AuditView:
    return AuditView(
        id=entry.id,
        at=entry.at,
        actor_name=entry.actor_name,
        origin=entry.origin,
        request_id=entry.request_id,
        action=entry.action,
        entity=entry.entity,
        entity_id=entry.entity_id,
        old_values=entry.old_values,
        new_values=entry.new_values,
        reason=entry.reason,
        sealed=entry.pos is not None,
    )

"""A consumer's bookkeeping: checkpoint, retries and parked aggregates, in its effect's transaction.

An event that fails is put aside with every later event of the same aggregate, in order, while the
others flow. It is tried again with growing pauses; after the last attempt a person decides.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import rules
from backend.events import service as events_service
from backend.events.errors import ConsumerUnknown, LetterNotFound
from backend.events.models import Consumer, DeadLetter
from backend.events.views import EventView

_ERROR_LENGTH = 2000


def lock_checkpoint(session: WriteSession, name: str) -> int:
    """Return how far a consumer has come, its row locked; a new one starts at 0."""
    session.execute(
        insert(Consumer).values(name=name).on_conflict_do_nothing(index_elements=["name"])
    )
    statement = select(Consumer.pos).where(Consumer.name == name).with_for_update()
    return session.scalars(statement).one()


def move_checkpoint(session: WriteSession, name: str, pos: int) -> None:
    """Say that every event up to ``pos`` was applied or put aside."""
    consumer = session.get_one(Consumer, name, populate_existing=True)
    consumer.pos = pos
    session.flush()


def put_aside(
    session: WriteSession, name: str, event: EventView, error: str | None, jitter: float
) -> None:
    """Park an event: after its first failure, or (``error`` None) because it waits for another."""
    attempts = 0 if error is None else 1
    row = insert(DeadLetter).values(
        consumer=name,
        event_pos=event.pos,
        aggregate_type=event.aggregate_type,
        aggregate_id=event.aggregate_id,
        error=(error or "Waits for an earlier event of the same record.")[:_ERROR_LENGTH],
        attempts=attempts,
        retry_at=_retry_at(attempts, jitter),
        id=func.gen_random_uuid(),
    )
    # A replay passes the same event again: what stands there stays.
    session.execute(row.on_conflict_do_nothing(index_elements=["consumer", "event_pos"]))


def mark_failed(session: WriteSession, letter: DeadLetter, error: str, jitter: float) -> None:
    """Count a failed attempt; the last one leaves the letter to a person."""
    letter.attempts += 1
    letter.error = error[:_ERROR_LENGTH]
    letter.last_at = session.execute(select(func.clock_timestamp())).scalar_one()
    letter.retry_at = (
        session.execute(select(_retry_at(letter.attempts, jitter))).scalar_one()
        if letter.attempts < rules.MOST_ATTEMPTS
        else None
    )
    session.flush()


def mark_applied(session: WriteSession, letter: DeadLetter) -> None:
    """Say that the event was applied after all."""
    letter.resolved_at = session.execute(select(func.clock_timestamp())).scalar_one()
    letter.resolution = "applied"
    session.flush()


def retry_letter(session: WriteSession, principal: Principal, *, letter_id: UUID) -> None:
    """Let the leader try a dead letter again, at once and with fresh attempts.

    Raises:
        PermissionDenied: without the right to replay events.
        LetterNotFound: no unresolved letter has this key.
    """
    letter = _lock_letter(session, principal, letter_id)
    letter.attempts = 1
    letter.retry_at = session.execute(select(func.clock_timestamp())).scalar_one()
    _audit(session, principal, letter, "events.letter_retried", None)


def skip_letter(
    session: WriteSession, principal: Principal, *, letter_id: UUID, reason: str
) -> None:
    """Give an event up; those that wait behind it flow again. Same errors as `retry_letter`."""
    letter = _lock_letter(session, principal, letter_id)
    letter.resolved_at = session.execute(select(func.clock_timestamp())).scalar_one()
    letter.resolution = f"skipped: {reason}"
    _audit(session, principal, letter, "events.letter_skipped", reason)


def replay(session: WriteSession, principal: Principal, *, consumer: str, from_pos: int) -> int:
    """Send a consumer back to just before ``from_pos``; return where it stood.

    Its effects must bear being applied twice, as ours do.

    Raises:
        PermissionDenied: without the right to replay events.
        ConsumerUnknown: no consumer of that name has run yet.
    """
    principal.require(Permission.EVENTS_REPLAY)
    statement = select(Consumer).where(Consumer.name == consumer).with_for_update()
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise ConsumerUnknown(f"There is no consumer “{consumer}”. List them: tracseq events lag")
    stood_at, found.pos = found.pos, max(0, from_pos - 1)
    session.flush()
    return stood_at


def _lock_letter(session: WriteSession, principal: Principal, letter_id: UUID) -> DeadLetter:
    principal.require(Permission.EVENTS_REPLAY)
    statement = (
        select(DeadLetter)
        .where(DeadLetter.id == letter_id, DeadLetter.resolved_at.is_(None))
        .with_for_update()
    )
    letter = session.scalars(statement).one_or_none()
    if letter is None:
        raise LetterNotFound(f"There is no open dead letter {letter_id}.")
    return letter


def _audit(
    session: WriteSession, principal: Principal, letter: DeadLetter, action: str, reason: str | None
) -> None:
    events_service.audit(
        session,
        principal,
        action=action,
        entity="dead_letter",
        entity_id=letter.id,
        old={"error": letter.error},
        new={"consumer": letter.consumer, "event_pos": letter.event_pos},
        reason=reason,
    )
    session.flush()


def _retry_at(attempts: int, jitter: float) -> Any:
    if attempts == 0:
        return None
    pause_s = rules.pause_s(attempts, jitter)
    return func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, pause_s)

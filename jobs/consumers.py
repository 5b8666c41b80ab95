"""Running a consumer of the event log: effect, checkpoint and failures in one transaction."""

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

from backend.core.sessions import WriteSession
from backend.events import consuming, queries
from backend.events.models import DeadLetter
from backend.events.views import EventView

log = logging.getLogger("jobs.consumers")

Effect = Callable[[WriteSession, EventView], None]
_SPREAD = 10_000
_BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What a consumer does with which events. ``types`` empty means every event."""

    effect: Effect
    types: frozenset[str] = frozenset()

    def wants(self, event: EventView) -> bool:
        return not self.types or event.type in self.types


Subscriptions = Mapping[str, Subscription]


def advance(session: WriteSession, name: str, subscription: Subscription) -> int:
    """Apply the next events of one consumer; return how many it passed.

    An event that fails is undone alone and put aside; the others of its batch stand.
    """
    pos = consuming.lock_checkpoint(session, name)
    _retry_letters(session, name, subscription)
    events = queries.read_after(session, pos, _BATCH)
    if not events:
        return 0
    parked = queries.parked(session, name)
    for event in events:
        if not subscription.wants(event):
            continue
        aggregate = (event.aggregate_type, event.aggregate_id)
        if aggregate in parked:
            consuming.put_aside(session, name, event, None, _jitter())
            continue
        error = _apply(session, subscription, event)
        if error is not None:
            log.error("%s could not apply %s at %d: %s", name, event.type, event.pos, error)
            consuming.put_aside(session, name, event, error, _jitter())
            parked.add(aggregate)
    consuming.move_checkpoint(session, name, events[-1].pos)
    return len(events)


def _retry_letters(session: WriteSession, name: str, subscription: Subscription) -> None:
    # One round frees at most one event of each parked aggregate; the next round takes the next.
    due = {letter.event_pos: letter for letter in queries.due_letters(session, name)}
    for event in queries.read_at(session, list(due)) if due else []:
        letter: DeadLetter = due[event.pos]
        error = _apply(session, subscription, event)
        if error is None:
            consuming.mark_applied(session, letter)
        else:
            consuming.mark_failed(session, letter, error, _jitter())


def _apply(session: WriteSession, subscription: Subscription, event: EventView) -> str | None:
    """Return None when the effect was applied, else the reason; nothing of it remains then."""
    if not event.in_order:
        return f"Event {event.seq} of this record stands in the log before its predecessor."
    try:
        with session.begin_nested():
            subscription.effect(session, event)
            session.flush()
    except DBAPIError as error:
        if error.connection_invalidated:
            raise  # the database is in trouble, not the event
        return str(error.orig)
    except Exception as error:  # noqa: BLE001 -- the edge: whatever an effect raises is its failure
        return f"{type(error).__name__}: {error}"
    return None


def _jitter() -> float:
    return secrets.randbelow(_SPREAD) / _SPREAD

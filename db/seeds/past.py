"""Living through the past of the demonstration: services under a stopped clock."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.sessions import WriteSession
from backend.events import consuming, sequencer
from backend.events.models import AuditEntry, OutboxEvent
from backend.samples.models import SampleHold
from backend.sequencing.models import SequencingRequest, SequencingRun
from backend.sequencing.pool_models import LibraryPool
from backend.sequencing.pooling.models import PoolTopUp

TOLD: Final = "notifications"
"""Who tells people of events, by the name under which jobs/subscriptions.py runs it."""
_DATED: Final[Mapping[type, str]] = {
    AuditEntry: "at",
    OutboxEvent: "at",
    SampleHold: "set_at",
    SequencingRequest: "created_at",
    SequencingRun: "created_at",
    LibraryPool: "created_at",
    PoolTopUp: "proposed_at",
}
"""What the database would date itself."""


@contextmanager
def at(session: WriteSession, instant: datetime) -> Iterator[None]:
    """Stop the clock, and let what the database would date itself be of that instant, too."""

    def date(writing: Session, *_others: Any) -> None:
        for row in writing.new:
            column = _DATED.get(type(row))
            if column is not None:
                setattr(row, column, instant)

    event.listen(session, "before_flush", date)
    try:
        with clock.stopped_at(instant):  # noqa: TID251 the demonstration's past
            yield
            session.flush()
    finally:
        event.remove(session, "before_flush", date)


def let_be_told(session: WriteSession) -> None:
    """Count every event so far as passed on: people are not told today of what happened then."""
    sequencer.stamp(session, limit=10**6)
    last = session.scalars(select(func.max(OutboxEvent.pos))).one()
    consuming.lock_checkpoint(session, TOLD)
    consuming.move_checkpoint(session, TOLD, last or 0)

"""Reminding of tubes that have been in somebody's hand for long. Exported by service.py."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples.models import Sample
from backend.storage.hand_events import HandEscalated, HandReminded
from backend.storage.hand_models import HandTrayItem
from backend.storage.hand_views import REMIND_AFTER

ESCALATE_AFTER = timedelta(hours=4)
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded:
    """How many people were reminded, and of how many others were told."""

    people: int
    escalated: int


def remind_hands(session: WriteSession, principal: Principal) -> Reminded:
    """Remind each person of what they have had in hand for more than an hour, once a tube.

    After more than four hours whoever answers for storage is told, once a tube as well. Tubes
    that somebody is just placing are left out. Asked again at once it tells nothing.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    now = clock.utc_now()
    late = _due(session, HandTrayItem.taken_at < now - REMIND_AFTER, HandTrayItem.reminded_at)
    very_late = _due(
        session, HandTrayItem.taken_at < now - ESCALATE_AFTER, HandTrayItem.escalated_at
    )
    for user_id, held in late.items():
        reminded = HandReminded(
            aggregate_id=user_id,
            holder_id=user_id,
            tubes=len(held),
            first=[barcode for _, barcode in held[:_MOST_NAMED]],
        )
        events_service.record(session, principal, reminded)
    for user_id, held in very_late.items():
        escalated = HandEscalated(
            aggregate_id=user_id,
            name=held[0][0].user_name,
            tubes=len(held),
            first=[barcode for _, barcode in held[:_MOST_NAMED]],
        )
        events_service.record(session, principal, escalated)
    for row in _rows(late):
        row.reminded_at = now
    for row in _rows(very_late):
        row.escalated_at = now
    session.flush()
    return Reminded(people=len(late), escalated=len(very_late))


_Held = dict[UUID, list[tuple[HandTrayItem, str]]]


def _due(
    session: WriteSession,
    is_late: ColumnElement[bool],
    told_at: InstrumentedAttribute[datetime | None],
) -> _Held:
    """Return by person what is late and not told yet, the longest first."""
    rows = session.execute(
        select(HandTrayItem, Sample.barcode)
        .join(Sample, Sample.id == HandTrayItem.sample_id)
        .where(is_late, told_at.is_(None))
        .order_by(HandTrayItem.taken_at, Sample.barcode)
        # Whoever places a tube waits for nobody who only reminds, and the other way round.
        .with_for_update(of=HandTrayItem, skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    held: _Held = defaultdict(list)
    for row, barcode in rows:
        held[row.user_id].append((row, barcode))
    return held


def _rows(held: _Held) -> Iterable[HandTrayItem]:
    return (row for tubes in held.values() for row, _ in tubes)

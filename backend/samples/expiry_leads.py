"""How long before a day projects hear of it. Exported by service.py."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select, text

from backend.core.errors import InvalidInput
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.samples import expiry_rules
from backend.samples.expiry_events import ExpiryLeadsSet
from backend.samples.expiry_models import ExpiryLead

_KEY = UUID(int=2)


def lead_days(session: ReadSession) -> list[int]:
    """Return the lead times in days, the longest first."""
    return list(session.scalars(select(ExpiryLead.days).order_by(ExpiryLead.days.desc())))


def set_lead_days(
    session: WriteSession, principal: Principal, *, days: Sequence[int], reason: str | None = None
) -> list[int]:
    """Put lead times in the place of those that stand, and return them, the longest first.

    What comes under a new one is told by the next search; what was told stays told.

    Raises:
        InvalidInput: none, too many, or one that cannot be.
    """
    principal.require(Permission.SAMPLES_CONFIGURE)
    fault = expiry_rules.leads_fault(set(days))
    if fault:
        raise InvalidInput(fault, fields={"days": fault})
    # Of two people at once the second waits, and theirs stand.
    session.execute(text("LOCK TABLE expiry_lead IN SHARE ROW EXCLUSIVE MODE"))
    before = lead_days(session)
    after = sorted(set(days), reverse=True)
    if after == before:
        return before
    session.execute(delete(ExpiryLead).where(ExpiryLead.days.not_in(after)))
    session.add_all(
        ExpiryLead(days=each, set_by=principal.user_id, set_by_name=principal.name)
        for each in after
        if each not in before
    )
    session.flush()
    event = ExpiryLeadsSet(aggregate_id=_KEY, days=after)
    events_service.record(
        session,
        principal,
        event,
        old={"days": before},
        new={"days": after},
        reason=(reason or "").strip() or None,
    )
    return after

"""Adding a link to the chain of a locked sample."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from backend.core import clock
from backend.core.principal import Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.custody.ids import Cause, PartyKind
from backend.custody.models import CustodyEvent
from backend.samples.ids import SampleId

OUTSIDE = "Outside the laboratory"


@dataclass(frozen=True, slots=True)
class Party:
    """Who or what holds a tube."""

    kind: PartyKind
    id: UUID | None
    label: str


def person(user_id: UUID | None, name: str) -> Party:
    """Return a person as a party."""
    return Party(PartyKind.PERSON, user_id, name)


def last_link(session: ReadSession, sample_id: SampleId) -> CustodyEvent | None:
    """Return the newest link of a sample, None where it has no chain yet."""
    return session.scalars(
        select(CustodyEvent)
        .where(CustodyEvent.sample_id == sample_id)
        .order_by(CustodyEvent.number.desc())
        .limit(1)
    ).one_or_none()


def add_link(
    session: WriteSession,
    principal: Principal,
    sample_id: SampleId,
    *,
    cause: Cause,
    to: Party,
    condition: str = "",
    temperature_c: float | None = None,
    note: str = "",
    seal: str = "",
    document: str = "",
) -> CustodyEvent:
    """Say who holds a locked sample from now on. It begins with whoever holds it now.

    Nobody's clock makes the chain run backwards: a link is never older than the one before it.
    """
    last, now = last_link(session, sample_id), clock.utc_now()
    link = CustodyEvent(
        sample_id=sample_id,
        number=last.number + 1 if last else 1,
        cause=cause,
        from_kind=last.to_kind if last else PartyKind.OUTSIDE,
        from_id=last.to_id if last else None,
        from_label=last.to_label if last else OUTSIDE,
        to_kind=to.kind,
        to_id=to.id,
        to_label=to.label,
        at=max(now, last.at) if last else now,
        condition=condition.strip(),
        temperature_c=temperature_c,
        note=note.strip(),
        seal=seal,
        document=document,
        actor_id=principal.user_id,
        actor_name=principal.name,
    )
    session.add(link)
    session.flush()
    return link

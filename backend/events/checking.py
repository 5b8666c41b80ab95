"""Checking the audit chain by schedule: a little often, all of it every night.

A check begins at the last position that an earlier one found right, so it costs what was written
since. What it rests on could itself have been changed: so every night one begins at the first
entry (jobs/schedule.py). Each is written down; a break is told once.
"""

from uuid import UUID

from sqlalchemy import Select, func, select

from backend.core import clock
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import sealing
from backend.events import service as events_service
from backend.events.events import ChainBroke
from backend.events.models import AuditEntry, ChainCheck
from backend.events.views import ChainChecks, ChainCheckView, FoundChain, RecordChain


def check_chain(session: ReadSession, principal: Principal, *, whole: bool) -> FoundChain:
    """Follow the chain from where the last good check ended, or from its first entry.

    Raises:
        PermissionDenied: without the right to read the audit trail.
    """
    principal.require(Permission.AUDIT_VIEW)
    started_at = clock.utc_now()
    good = None if whole else session.scalars(_newest().where(_IS_GOOD).limit(1)).one_or_none()
    after, link = (0, b"") if good is None else (good.to_pos, good.to_hash)
    lost = _lost(session, good)
    if lost is not None:
        broken, to_pos, to_hash = after, after, link
    else:
        walked = sealing.walk(session, after=after, link=link)
        broken_at, to_pos, to_hash = walked.first_broken_pos, walked.last_pos, walked.last_hash
        broken, lost = (0, None) if broken_at is None else (broken_at, _said(session, broken_at))
    return FoundChain(
        is_whole=good is None,
        started_at=started_at,
        from_pos=after,
        to_pos=to_pos,
        to_hash=to_hash,
        broken_pos=None if lost is None else broken,
        said=lost,
    )


def keep_check(session: WriteSession, principal: Principal, found: FoundChain) -> bool:
    """Write a check down and return whether the chain is whole; a new break is an event.

    Raises:
        PermissionDenied: without the right to read the audit trail.
    """
    principal.require(Permission.AUDIT_VIEW)
    last = session.scalars(_newest().limit(1)).one_or_none()
    session.add(
        ChainCheck(
            is_whole=found.is_whole,
            started_at=found.started_at,
            from_pos=found.from_pos,
            to_pos=found.to_pos,
            to_hash=found.to_hash,
            broken_pos=found.broken_pos,
            said=found.said,
        )
    )
    session.flush()
    if found.broken_pos is None or found.said is None:
        return True
    if last is None or last.broken_pos != found.broken_pos:
        event = ChainBroke(aggregate_id=new_id(), position=found.broken_pos, said=found.said)
        events_service.record(session, principal, event)
    return False


def chain_checks(session: ReadSession) -> ChainChecks:
    """Return how the chain stands. It names no record, so whoever sees any record may know."""
    last = session.scalars(_newest().limit(1)).one_or_none()
    whole = session.scalars(_newest().where(ChainCheck.is_whole).limit(1)).one_or_none()
    return ChainChecks(last=_view(last), whole=_view(whole))


def record_chain(session: ReadSession, entity: str, entity_id: UUID) -> RecordChain:
    """Return how the entries of one record stand in the chain.

    Who may see the record is the caller's to decide: its domain asks first.
    """
    checks = chain_checks(session)
    reached = checks.last.to_pos if checks.last else 0
    sealed, unsealed, verified = session.execute(
        select(
            func.count(AuditEntry.pos),
            func.count().filter(AuditEntry.pos.is_(None)),
            func.count().filter(AuditEntry.pos <= reached),
        ).where(AuditEntry.entity == entity, AuditEntry.entity_id == entity_id)
    ).one()
    return RecordChain(sealed=sealed, unsealed=unsealed, verified=verified, checks=checks)


_IS_GOOD = ChainCheck.broken_pos.is_(None)


def _newest() -> Select[ChainCheck]:
    return select(ChainCheck).order_by(ChainCheck.id.desc())


def _lost(session: ReadSession, good: ChainCheck | None) -> str | None:
    """Say what became of the entry that the last good check ended at, None when it is there."""
    if good is None or good.to_pos == 0:
        return None
    found = sealing.hash_at(session, good.to_pos)
    if found is None:
        return (
            f"The chain had reached position {good.to_pos:,} and ends before it now: its newest "
            "entries were cut off."
        )
    if found != good.to_hash:
        return f"The entry at position {good.to_pos:,} is not the one that was verified there."
    return None


def _said(session: ReadSession, pos: int) -> str:
    link = sealing.find_link(session, pos)
    reads = f" It reads now: {link.action} by {link.actor_name}, {link.entity}." if link else ""
    return (
        f"The entry at position {pos:,}, or one before it, was changed, inserted or removed "
        f"outside the program.{reads}"
    )[:500]


def _view(check: ChainCheck | None) -> ChainCheckView | None:
    if check is None:
        return None
    return ChainCheckView(
        at=check.at,
        is_whole=check.is_whole,
        from_pos=check.from_pos,
        to_pos=check.to_pos,
        broken_pos=check.broken_pos,
        said=check.said,
    )

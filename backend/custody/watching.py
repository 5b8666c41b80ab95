"""The gap detector and the reminders of what is overdue. Exported by service.py."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select

from backend.auth import queries as auth_queries
from backend.core import clock
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.custody import lateness, queries, rules
from backend.custody.events import GapsFound, ProjectGapsFound, ReturnOverdue
from backend.custody.ids import GapKind
from backend.custody.models import CustodyCheckout, CustodyFinding
from backend.custody.rules import Gap
from backend.custody.views import Watched
from backend.events import service as events_service
from backend.samples.models import Project, Sample


def watch(session: WriteSession, principal: Principal) -> Watched:
    """Compare every tube's record with the rules: open new findings, close what is over, remind.

    Running it twice changes nothing the second time; reminders come once a day.
    """
    principal.require(Permission.CUSTODY_HANDLE)
    now, today = clock.utc_now(), auth_queries.laboratory_day(session)
    gaps = {
        (gap.sample_id, gap.kind): gap
        for seen in queries.observed(session)
        for gap in rules.gaps_of(seen, now=now, today=today)
    }
    opened, closed = _keep(session, gaps, now)
    if opened:
        event = GapsFound(aggregate_id=new_id(), opened=len(opened), first=opened[0].sentence)
        events_service.record(session, principal, event)
        _tell_projects(session, principal, opened)
    return Watched(
        opened=len(opened),
        closed=closed,
        reminded=_remind(session, principal, today),
        late=lateness.tell_of_late(session, principal, today),
    )


def _keep(
    session: WriteSession, gaps: Mapping[tuple[UUID, GapKind], Gap], now: datetime
) -> tuple[list[Gap], int]:
    standing = {
        (row.sample_id, row.kind): row
        for row in session.scalars(
            select(CustodyFinding).where(CustodyFinding.closed_at.is_(None)).with_for_update()
        )
    }
    over = [row for key, row in standing.items() if key not in gaps]
    for row in over:
        row.closed_at = now
    opened = [gap for key, gap in gaps.items() if key not in standing]
    session.add_all(
        CustodyFinding(sample_id=gap.sample_id, kind=gap.kind, sentence=gap.sentence, opened_at=now)
        for gap in opened
    )
    session.flush()
    return opened, len(over)


def _tell_projects(session: WriteSession, principal: Principal, opened: Sequence[Gap]) -> None:
    """Record for each project with an owner what was found in it; one fact, not one a tube."""
    rows = session.execute(
        select(Sample.id, Project.id, Project.code, Project.owner_id)
        .join(Project, Project.id == Sample.project_id)
        .where(Sample.id.in_({gap.sample_id for gap in opened}))
    )
    project_of = {
        sample_id: (key, code, owner) for sample_id, key, code, owner in rows if owner is not None
    }
    found: dict[tuple[UUID, str, UUID], list[Gap]] = {}
    for gap in opened:
        if gap.sample_id in project_of:
            found.setdefault(project_of[gap.sample_id], []).append(gap)
    for (key, code, owner), gaps in found.items():
        event = ProjectGapsFound(
            aggregate_id=key,
            owner_id=owner,
            project=code,
            opened=len(gaps),
            first=gaps[0].sentence,
        )
        events_service.record(session, principal, event)


def _remind(session: WriteSession, principal: Principal, today: date) -> int:
    overdue = session.execute(
        select(CustodyCheckout, Sample.barcode)
        .join(Sample, Sample.id == CustodyCheckout.sample_id)
        .where(
            CustodyCheckout.returned_at.is_(None),
            CustodyCheckout.due_on < today,
            or_(CustodyCheckout.reminded_on.is_(None), CustodyCheckout.reminded_on < today),
        )
        .order_by(CustodyCheckout.id)
        .with_for_update(of=CustodyCheckout)
    ).all()
    for checkout, barcode in overdue:
        checkout.reminded_on = today
        event = ReturnOverdue(
            aggregate_id=checkout.id,
            holder_id=checkout.holder_id,
            barcode=barcode,
            due_on=checkout.due_on.isoformat(),
        )
        events_service.record(session, principal, event)
    return len(overdue)

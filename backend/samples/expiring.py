"""Telling projects what expires: samples, and the consents that they rest on.

Each is told once for each lead time that it comes under, and again when its day was moved. A
project hears of all of them in one notice a lead time, not in one a tube: those of its people who
may act on its samples, and where it has none, those who may act on every project's. Exported by
service.py.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from backend.auth import queries as auth_queries
from backend.auth.rules import PERMISSIONS_OF
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples import expiry_leads
from backend.samples.expiry_events import ExpiryNear
from backend.samples.expiry_rules import PAST, Expiring, lead_of
from backend.samples.models import Project, ProjectMember

_ACTS = {Permission.SAMPLES_EDIT, Permission.SAMPLES_TRANSITION, Permission.SAMPLES_HOLD}
_DUE = {
    Expiring.SAMPLE: text("""
        SELECT id, project_id, expires_on FROM sample
        WHERE expires_on <= :until AND lifecycle NOT IN
            ('rejected', 'depleted', 'disposed', 'returned', 'lost', 'destroyed')
        """),
    Expiring.CONSENT: text("""
        SELECT DISTINCT consent.id, sample.project_id, consent.expires_on
        FROM consent JOIN sample ON sample.consent_id = consent.id
        WHERE consent.expires_on <= :until AND consent.withdrawn_at IS NULL
        """),
}
_TOLD = text("""
INSERT INTO expiry_told (kind, subject_id, project_id, expires_on, lead_days)
SELECT :kind, due.* FROM unnest(
    CAST(:subjects AS uuid[]), CAST(:projects AS uuid[]), CAST(:days AS date[]),
    CAST(:leads AS bigint[])
) AS due
ON CONFLICT DO NOTHING
RETURNING project_id, lead_days, expires_on
""")


def tell_expiring(session: WriteSession, principal: Principal, *, today: date) -> int:
    """Tell every project what has come under a lead time; return how many notices that made.

    ``today`` is the laboratory's. Asked again on the same day it tells nothing.
    """
    principal.require(Permission.SAMPLES_VIEW_ALL_PROJECTS)
    leads = expiry_leads.lead_days(session)
    return sum(_tell(session, principal, kind, today, leads) for kind in Expiring)


def _tell(
    session: WriteSession,
    principal: Principal,
    kind: Expiring,
    today: date,
    leads: Sequence[int],
) -> int:
    until = today + timedelta(days=max(leads, default=PAST))
    due = session.execute(_DUE[kind], {"until": until}).all()
    if not due:
        return 0
    told = {
        "kind": kind.value,
        "subjects": [row.id for row in due],
        "projects": [row.project_id for row in due],
        "days": [row.expires_on for row in due],
        "leads": [lead_of(row.expires_on, today, leads) for row in due],
    }
    groups: dict[tuple[UUID, int], list[date]] = {}
    for row in session.execute(_TOLD, told):
        groups.setdefault((row.project_id, row.lead_days), []).append(row.expires_on)
    people = _people(session, {project for project, _ in groups})
    for (project, lead), days in groups.items():
        code, members = people[project]
        event = ExpiryNear(
            aggregate_id=project,
            project=code,
            kind=kind.value,
            lead_days=lead,
            count=len(days),
            first_on=min(days).isoformat(),
            last_on=max(days).isoformat(),
            people=members,
        )
        events_service.record(session, principal, event)
    return len(groups)


def _people(
    session: WriteSession, projects: Iterable[UUID]
) -> dict[UUID, tuple[str, tuple[str, ...]]]:
    """Return the code of each project, and which of its people may act on what it has."""
    rows: Sequence[Any] = session.execute(
        select(Project.id, Project.code, Project.owner_id, ProjectMember.user_id)
        .outerjoin(ProjectMember, ProjectMember.project_id == Project.id)
        .where(Project.id.in_(projects))
    ).all()
    acting, everywhere = _acting(session), _acting(session, Permission.SAMPLES_VIEW_ALL_PROJECTS)
    people: dict[UUID, set[UUID]] = {}
    for row in rows:
        people.setdefault(row.id, set()).update({row.owner_id, row.user_id} & acting)
    codes = {row.id: row.code for row in rows}
    return {key: (codes[key], tuple(sorted(map(str, people[key] or everywhere)))) for key in codes}


def _acting(session: WriteSession, *besides: Permission) -> set[UUID]:
    """Return the active people who may change, move on or hold a sample, and all ``besides``."""
    roles = [
        role
        for role, may in PERMISSIONS_OF.items()
        if may & _ACTS and all(each in may for each in besides)
    ]
    return set(auth_queries.users_with_permission(session, roles))

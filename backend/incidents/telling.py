"""Telling the people of projects what of theirs stood in an incident: once a person and incident.

Told are the owner and the members of each project with samples in it, of their own projects only,
who may open the incident's page at all.
"""

from collections import defaultdict
from uuid import UUID

from sqlalchemy import func, select

from backend.auth import queries as auth_queries
from backend.auth.models import User
from backend.auth.rules import PERMISSIONS_OF
from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.incidents import rules
from backend.incidents.events import OwnerTold
from backend.incidents.ids import HoldState
from backend.incidents.models import Incident, IncidentItem, IncidentTold, IncidentUnit
from backend.samples.models import Project, ProjectMember, Sample

_READS = {Permission.STORAGE_VIEW, Permission.SAMPLES_VIEW}


def tell_owners(session: WriteSession, principal: Principal, incident: Incident) -> int:
    """Tell everybody concerned who has not been told; return how many were."""
    concerned = _concerned(session, incident)
    if not concerned:
        return 0
    told = set(
        session.scalars(select(IncidentTold.user_id).where(IncidentTold.incident_id == incident.id))
    )
    labels = tuple(
        session.scalars(
            select(IncidentUnit.unit_label)
            .where(IncidentUnit.incident_id == incident.id)
            .order_by(IncidentUnit.unit_label)
        )
    )
    people = sorted(concerned.keys() - told)
    users = session.scalars(select(User).where(User.id.in_(people)))
    names = {user.id: user.name for user in users}
    for person in people:
        projects = concerned[person]
        samples = sum(each.samples for each in projects)
        session.add(
            IncidentTold(
                incident_id=incident.id,
                user_id=person,
                user_name=names[person],
                samples=samples,
                told_at=clock.utc_now(),
            )
        )
        event = OwnerTold(
            aggregate_id=incident.id,
            code=rules.code_of(incident.number, incident.opened_at),
            owner_id=person,
            units=labels,
            projects=tuple(sorted(each.code for each in projects)),
            samples=samples,
            proposed=sum(each.proposed for each in projects),
        )
        events_service.record(session, principal, event)
    session.flush()
    return len(people)


def has_proposals(session: WriteSession, incident: Incident) -> bool:
    """Say whether a hold waits for a decision."""
    return (
        session.scalar(
            select(IncidentItem.id)
            .where(
                IncidentItem.incident_id == incident.id,
                IncidentItem.hold_state == HoldState.PROPOSED,
            )
            .limit(1)
        )
        is not None
    )


class _Share:
    """What of one project stood there."""

    def __init__(self, code: str, samples: int, proposed: int) -> None:
        self.code, self.samples, self.proposed = code, samples, proposed


def _concerned(session: WriteSession, incident: Incident) -> dict[UUID, list[_Share]]:
    """Return the shares of each person who is to hear of them."""
    shares = {
        row.project_id: _Share(row.code, int(row.samples), int(row.proposed))
        for row in session.execute(
            select(
                Sample.project_id,
                Project.code,
                func.count(Sample.id.distinct()).label("samples"),
                func.count(Sample.id.distinct())
                .filter(IncidentItem.hold_state == HoldState.PROPOSED)
                .label("proposed"),
            )
            .join(Sample, Sample.id == IncidentItem.sample_id)
            .join(Project, Project.id == Sample.project_id)
            .where(IncidentItem.incident_id == incident.id)
            .group_by(Sample.project_id, Project.code)
        )
    }
    if not shares:
        return {}
    roles = [role for role, may in PERMISSIONS_OF.items() if may >= _READS]
    reading = set(auth_queries.users_with_permission(session, roles))
    owners = session.execute(select(Project.id, Project.owner_id).where(Project.id.in_(shares)))
    members = session.execute(
        select(ProjectMember.project_id, ProjectMember.user_id).where(
            ProjectMember.project_id.in_(shares)
        )
    )
    people: dict[UUID, set[UUID]] = defaultdict(set)
    for project_id, person in (*owners, *members):
        if person in reading:
            people[person].add(project_id)
    return {person: [shares[key] for key in keys] for person, keys in people.items()}

"""Reading projects and their members, for who manages them."""

from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import func, select

from backend.auth.models import User
from backend.core.principal import Permission, Principal, UserId
from backend.core.sessions import ReadSession
from backend.samples.errors import ProjectNotFound
from backend.samples.ids import ProjectId
from backend.samples.models import Project, ProjectMember, SampleTally
from backend.samples.queries import visible_project_ids, visible_projects
from backend.samples.views import MemberView, ProjectSummary


def list_projects(session: ReadSession, principal: Principal) -> list[ProjectSummary]:
    """Return the visible projects by code, open ones first."""
    principal.require(Permission.PROJECTS_MANAGE)
    members = select(func.count()).where(ProjectMember.project_id == Project.id).scalar_subquery()
    samples = (
        select(func.coalesce(func.sum(SampleTally.step), 0))
        .where(SampleTally.project_id == Project.id)
        .scalar_subquery()
    )
    rows = session.execute(
        visible_projects(principal)
        .add_columns(members, samples)
        .order_by(Project.is_open.desc(), Project.code)
    )
    return [
        ProjectSummary(
            id=ProjectId(project.id),
            code=project.code,
            name=project.name,
            is_open=project.is_open,
            members=counted or 0,
            samples=int(tallied or 0),
        )
        for project, counted, tallied in rows
    ]


def get_project(session: ReadSession, principal: Principal, code: str) -> ProjectSummary:
    """Return one project.

    Raises:
        ProjectNotFound: no such project, or not one of the principal's.
    """
    for project in list_projects(session, principal):
        if project.code == code:
            return project
    raise ProjectNotFound(f"There is no project {code}. Look at the list of projects again.")


def list_members(
    session: ReadSession, principal: Principal, project_id: ProjectId
) -> list[MemberView]:
    """Return the people who see a visible project's samples because they belong to it, by name."""
    principal.require(Permission.PROJECTS_MANAGE)
    visible = visible_project_ids(principal)
    rows = session.execute(
        select(User.id, User.name, User.email, User.is_active)
        .join(ProjectMember, ProjectMember.user_id == User.id)
        .where(ProjectMember.project_id == project_id, ProjectMember.project_id.in_(visible))
        .order_by(User.name, User.id)
    )
    return [
        MemberView(user_id=UserId(key), name=name, email=email, is_active=is_active)
        for key, name, email, is_active in rows
    ]


def codes_by_person(session: ReadSession, principal: Principal) -> Mapping[UUID, list[str]]:
    """Return the codes of everybody's projects, of those that the principal may see."""
    principal.require(Permission.PROJECTS_MANAGE)
    visible = visible_project_ids(principal)
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    rows = session.execute(
        select(ProjectMember.user_id, Project.code)
        .join(Project, Project.id == ProjectMember.project_id)
        .where(Project.id.in_(visible))
        .order_by(Project.code)
    )
    for user_id, code in rows:
        found[user_id].append(code)
    return found

"""Projects and their members. Exported by service.py."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.samples import queries
from backend.samples.errors import ProjectClosed, ProjectCodeTaken, ProjectNotFound
from backend.samples.events import MemberAdded, ProjectAdded
from backend.samples.ids import ProjectId
from backend.samples.models import Project, ProjectMember
from backend.samples.views import ProjectView


def add_project(
    session: WriteSession, principal: Principal, *, code: str, name: str
) -> ProjectView:
    """Add a project; its code is unique and is what files and scanners name it by.

    Raises:
        ProjectCodeTaken: another project has the code.
    """
    principal.require(Permission.PROJECTS_MANAGE)
    if session.scalar(select(Project.id).where(Project.code == code)) is not None:
        raise ProjectCodeTaken(f"There is a project {code} already. Choose another code.")
    project = Project(code=code, name=name, owner_id=principal.user_id)
    session.add(project)
    session.flush()
    events_service.record(session, principal, ProjectAdded(aggregate_id=project.id, code=code))
    return ProjectView(id=ProjectId(project.id), code=code, name=name, is_open=True)


def add_member(
    session: WriteSession, principal: Principal, *, project_id: UUID, user_id: UUID
) -> None:
    """Let a person see and work on a project; adding somebody twice changes nothing.

    Raises:
        ProjectNotFound: no such project.
    """
    principal.require(Permission.PROJECTS_MANAGE)
    if session.get(Project, project_id) is None:
        raise ProjectNotFound("There is no such project. Choose one from the list.")
    added = session.scalar(
        insert(ProjectMember)
        .values(project_id=project_id, user_id=user_id)
        .on_conflict_do_nothing()
        .returning(ProjectMember.user_id)
    )
    if added is not None:
        event = MemberAdded(aggregate_id=project_id, user_id=user_id)
        events_service.record(session, principal, event)


def open_project(session: ReadSession, principal: Principal, code: str) -> Project:
    """Return a project that takes samples from this principal.

    Raises:
        ProjectNotFound: no such project, or not one of theirs.
        ProjectClosed: it takes no more samples.
    """
    visible = queries.visible_projects(principal).where(Project.code == code)
    project = session.scalars(visible).one_or_none()
    if project is None:
        raise ProjectNotFound(
            f"There is no project {code} among yours. Choose one from the list, or ask to join it.",
            fields={"project_code": f"Choose one of your projects; {code} is not among them."},
        )
    if not project.is_open:
        raise ProjectClosed(f"Project {code} is closed and takes no more samples.")
    return project

"""Projects and their members. Exported by service.py."""

from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from backend.auth import queries as auth_queries
from backend.core.errors import InvalidInput
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.samples import queries, rules
from backend.samples.errors import ProjectClosed, ProjectCodeTaken, ProjectNotFound
from backend.samples.events import MemberAdded, MemberRemoved, ProjectAdded, ProjectStateSet
from backend.samples.ids import ProjectId
from backend.samples.models import Project, ProjectMember
from backend.samples.views import ProjectView


def add_project(
    session: WriteSession, principal: Principal, *, code: str, name: str
) -> ProjectView:
    """Add a project; its code is unique and is what files and scanners name it by.

    Whoever does not see every project becomes its first member, to see what they have made.

    Raises:
        InvalidInput: the code or the name; each fault stands at its field.
        ProjectCodeTaken: another project has the code, in whatever case of letters.
    """
    principal.require(Permission.PROJECTS_MANAGE)
    code, name = code.strip(), name.strip()
    faults = rules.project_faults(code=code, name=name)
    if faults:
        raise InvalidInput("The project cannot be added yet.", fields=faults)
    taken = select(Project.code).where(func.lower(Project.code) == code.lower())
    if (other := session.scalar(taken)) is not None:
        sentence = f"There is a project {other} already. Choose another code."
        raise ProjectCodeTaken(sentence, fields={"code": sentence})
    project = Project(code=code, name=name, owner_id=principal.user_id)
    session.add(project)
    session.flush()
    added = ProjectAdded(aggregate_id=project.id, code=code)
    events_service.record(session, principal, added)
    if principal.user_id is not None and not principal.may(Permission.SAMPLES_VIEW_ALL_PROJECTS):
        _join(session, principal, project.id, principal.user_id)
    return ProjectView(id=ProjectId(project.id), code=code, name=name, is_open=True)


def add_member(
    session: WriteSession, principal: Principal, *, project_id: UUID, user_id: UUID
) -> None:
    """Let a person see and work on a project; adding somebody twice changes nothing.

    Raises:
        ProjectNotFound: no such project, or not one of the principal's.
        UserNotFound: no such person.
    """
    principal.require(Permission.PROJECTS_MANAGE)
    _managed(session, principal, project_id)
    auth_queries.load_user(session, user_id)
    _join(session, principal, project_id, user_id)


def remove_member(
    session: WriteSession, principal: Principal, *, project_id: UUID, user_id: UUID
) -> None:
    """Take a person off a project; from their next request they see nothing of it.

    Raises:
        ProjectNotFound: no such project, or not one of the principal's.
    """
    principal.require(Permission.PROJECTS_MANAGE)
    _managed(session, principal, project_id)
    removed = session.scalar(
        delete(ProjectMember)
        .where(ProjectMember.project_id == project_id, ProjectMember.user_id == user_id)
        .returning(ProjectMember.user_id)
    )
    if removed is not None:
        event = MemberRemoved(aggregate_id=project_id, user_id=user_id)
        events_service.record(session, principal, event)


def set_project_open(
    session: WriteSession, principal: Principal, *, project_id: UUID, is_open: bool
) -> None:
    """Close a project to new samples, or open it again; what it holds stays as it is.

    Raises:
        ProjectNotFound: no such project, or not one of the principal's.
    """
    principal.require(Permission.PROJECTS_MANAGE)
    project = _managed(session, principal, project_id)
    if project.is_open is is_open:
        return
    project.is_open = is_open
    session.flush()
    changed = ProjectStateSet(aggregate_id=project_id, code=project.code, is_open=is_open)
    events_service.record(
        session, principal, changed, old={"is_open": not is_open}, new={"is_open": is_open}
    )


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


def _managed(session: WriteSession, principal: Principal, project_id: UUID) -> Project:
    """Lock and return a project that the principal sees, and may therefore manage."""
    visible = queries.visible_projects(principal).where(Project.id == project_id)
    project = session.scalars(visible.with_for_update()).one_or_none()
    if project is None:
        raise ProjectNotFound("There is no such project. Choose one from the list.")
    return project


def _join(session: WriteSession, principal: Principal, project_id: UUID, user_id: UUID) -> None:
    added = session.scalar(
        insert(ProjectMember)
        .values(project_id=project_id, user_id=user_id)
        .on_conflict_do_nothing()
        .returning(ProjectMember.user_id)
    )
    if added is not None:
        event = MemberAdded(aggregate_id=project_id, user_id=user_id)
        events_service.record(session, principal, event)

"""Named ways of looking at the list of samples, of one's own or shared with a project.

A view keeps an address, no rows and no rights: whoever opens it sees their own samples through it.
"""

from uuid import UUID

from sqlalchemy import func, or_, select

from backend.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.samples.errors import ProjectNotFound
from backend.samples.events import ViewRemoved, ViewRenamed, ViewSaved
from backend.samples.models import Project, SampleView
from backend.samples.queries import visible_project_ids, visible_projects
from backend.samples.views import SavedView

LONGEST_NAME = 60
LONGEST_ADDRESS = 2_000
MOST_VIEWS = 50


class ViewNotFound(NotFound):
    """No such view, or not the principal's."""


class ViewNameTaken(Conflict):
    """A person's views have names of their own, whatever their capitals."""


class TooManyViews(Conflict):
    """A person keeps as many views as a row of tabs can bear."""


def list_views(session: ReadSession, principal: Principal) -> list[SavedView]:
    """Return the principal's own views and those shared with their projects, by name."""
    principal.require(Permission.SAMPLES_VIEW)
    shared_with = visible_project_ids(principal)
    rows = session.execute(
        select(SampleView, Project.code)
        .outerjoin(Project, Project.id == SampleView.project_id)
        .where(
            or_(
                SampleView.owner_id == principal.user_id,
                SampleView.project_id.in_(shared_with),
            )
        )
        .order_by(func.lower(SampleView.name), SampleView.id)
    )
    return [
        SavedView(
            id=view.id,
            name=view.name,
            address=view.address,
            project_code=code,
            is_own=view.owner_id == principal.user_id,
        )
        for view, code in rows
    ]


def save_view(
    session: WriteSession,
    principal: Principal,
    *,
    name: str,
    address: str,
    project_code: str | None = None,
) -> UUID:
    """Keep an address under a name, in place of an own view of that name; return its key.

    Raises:
        InvalidInput: no name, or one that is too long for a tab; the address is too long.
        ProjectNotFound: the project to share it with is not one of the principal's.
        TooManyViews: the principal has MOST_VIEWS already.
    """
    principal.require(Permission.SAMPLES_VIEW)
    tidy = _tidy(name)
    if principal.user_id is None:
        raise PermissionDenied("Only a person keeps views. Sign in.")
    if len(address) > LONGEST_ADDRESS:
        raise InvalidInput("This view has too many filters to be kept. Take some out.")
    project_id = _shared_with(session, principal, project_code)
    own = select(SampleView).where(SampleView.owner_id == principal.user_id)
    same = own.where(func.lower(SampleView.name) == tidy.lower())
    view = session.scalars(same.with_for_update()).one_or_none()
    if view is None:
        kept = session.execute(select(func.count()).select_from(own.subquery())).scalar_one()
        if kept >= MOST_VIEWS:
            raise TooManyViews(f"You keep {MOST_VIEWS} views already. Remove one first.")
        view = SampleView(owner_id=principal.user_id, name=tidy, address=address)
        session.add(view)
    view.name, view.address, view.project_id = tidy, address, project_id
    session.flush()
    events_service.record(session, principal, ViewSaved(aggregate_id=view.id, name=tidy))
    return view.id


def rename_view(session: WriteSession, principal: Principal, *, view_id: UUID, name: str) -> None:
    """Give one of the principal's own views another name; what it shows stays.

    Raises:
        InvalidInput: no name, or one that is too long for a tab.
        ViewNotFound: no such view, or somebody else's.
        ViewNameTaken: another of their views is called so.
    """
    principal.require(Permission.SAMPLES_VIEW)
    tidy = _tidy(name)
    view = _own(session, principal, view_id)
    same = select(SampleView.id).where(
        SampleView.owner_id == principal.user_id,
        func.lower(SampleView.name) == tidy.lower(),
        SampleView.id != view.id,
    )
    if session.scalars(same).first() is not None:
        say = f"Another view of yours is called “{tidy}”. Choose another name."
        raise ViewNameTaken(say, fields={"name": say})
    before, view.name = view.name, tidy
    session.flush()
    events_service.record(
        session,
        principal,
        ViewRenamed(aggregate_id=view.id, name=tidy),
        old={"name": before},
        new={"name": tidy},
    )


def remove_view(session: WriteSession, principal: Principal, *, view_id: UUID) -> None:
    """Forget one of the principal's own views.

    Raises:
        ViewNotFound: no such view, or somebody else's.
    """
    principal.require(Permission.SAMPLES_VIEW)
    view = _own(session, principal, view_id)
    events_service.record(session, principal, ViewRemoved(aggregate_id=view.id, name=view.name))
    session.delete(view)
    session.flush()


def _tidy(name: str) -> str:
    tidy = " ".join(name.split())
    if not 0 < len(tidy) <= LONGEST_NAME:
        say = f"Write a name of at most {LONGEST_NAME} characters."
        raise InvalidInput(say, fields={"name": say})
    return tidy


def _own(session: WriteSession, principal: Principal, view_id: UUID) -> SampleView:
    """Return an own view, locked."""
    view = session.scalars(
        select(SampleView)
        .where(SampleView.id == view_id, SampleView.owner_id == principal.user_id)
        .with_for_update()
    ).one_or_none()
    if view is None:
        raise ViewNotFound("There is no such view of yours. Only who saved a view changes it.")
    return view


def _shared_with(
    session: WriteSession, principal: Principal, project_code: str | None
) -> UUID | None:
    if not project_code:
        return None
    project = session.scalars(
        visible_projects(principal).where(Project.code == project_code)
    ).one_or_none()
    if project is None:
        raise ProjectNotFound(f"There is no project {project_code} among yours.")
    return project.id

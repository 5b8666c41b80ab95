"""A saved view is one's own, or shared with people of a project; it gives no rights."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from backend.core.errors import InvalidInput, PermissionDenied
from backend.core.principal import Permission, Principal, UserId
from backend.core.sessions import WriteSession
from backend.events.models import OutboxEvent
from backend.samples import saved_views, service
from backend.samples.errors import ProjectNotFound
from backend.samples.saved_views import ViewNameTaken, ViewNotFound
from tests.factories.people import make_user
from tests.factories.samples import EVERYBODY, make_project

PrincipalOf = Callable[..., Principal]


def _person(session: WriteSession, principal_of: PrincipalOf) -> Principal:
    return principal_of(Permission.SAMPLES_VIEW, user_id=UserId(make_user(session).id))


def _names(session: WriteSession, principal: Principal) -> list[str]:
    return [view.name for view in saved_views.list_views(session, principal)]


def test_a_view_is_seen_by_who_saved_it_alone(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    ada, ben = _person(session, principal_of), _person(session, principal_of)

    service.save_view(session, ada, name="  Low   RNA ", address="?f=type:rna,below:20")

    (view,) = saved_views.list_views(session, ada)
    assert (view.name, view.address, view.is_own) == ("Low RNA", "?f=type:rna,below:20", True)
    assert _names(session, ben) == []


def test_a_shared_view_is_seen_by_members_of_its_project_only(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    project = make_project(session)
    ada, ben, eve = (_person(session, principal_of) for _ in range(3))
    for person in (ada, ben):
        assert person.user_id is not None
        service.add_member(session, EVERYBODY, project_id=project.id, user_id=person.user_id)

    service.save_view(session, ada, name="Ours", address="", project_code=project.code)

    (seen,) = saved_views.list_views(session, ben)
    assert (seen.project_code, seen.is_own) == (project.code, False)
    assert _names(session, eve) == []


def test_a_project_that_is_not_ones_own_takes_no_view(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    project = make_project(session)
    ada = _person(session, principal_of)

    with pytest.raises(ProjectNotFound):
        service.save_view(session, ada, name="Ours", address="", project_code=project.code)

    assert _names(session, ada) == []


def test_the_same_name_again_replaces_the_view(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    ada = _person(session, principal_of)
    first = service.save_view(session, ada, name="Mine", address="?f=type:rna")

    again = service.save_view(session, ada, name="MINE", address="?f=type:gdna")

    assert again == first
    assert [view.address for view in saved_views.list_views(session, ada)] == ["?f=type:gdna"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_view_without_a_fit_name_is_not_kept(
    session: WriteSession, principal_of: PrincipalOf, name: str
) -> None:
    ada = _person(session, principal_of)

    with pytest.raises(InvalidInput, match="at most 60"):
        service.save_view(session, ada, name=name, address="")

    assert _names(session, ada) == []


def test_nobody_removes_somebody_elses_view(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    ada, ben = _person(session, principal_of), _person(session, principal_of)
    view = service.save_view(session, ada, name="Mine", address="")

    with pytest.raises(ViewNotFound):
        service.remove_view(session, ben, view_id=view)

    assert _names(session, ada) == ["Mine"]


def test_a_removed_view_is_gone(session: WriteSession, principal_of: PrincipalOf) -> None:
    ada = _person(session, principal_of)
    view = service.save_view(session, ada, name="Mine", address="")

    service.remove_view(session, ada, view_id=view)

    assert _names(session, ada) == []


def test_a_view_is_renamed_and_shows_the_same(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    ada = _person(session, principal_of)
    key = service.save_view(session, ada, name="Old", address="?f=type:rna")

    service.rename_view(session, ada, view_id=key, name=" New  name ")

    (view,) = saved_views.list_views(session, ada)
    assert (view.name, view.address) == ("New name", "?f=type:rna")
    assert "samples.view_renamed" in set(session.scalars(select(OutboxEvent.type)))


def test_two_views_of_a_person_never_share_a_name(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    ada = _person(session, principal_of)
    service.save_view(session, ada, name="Taken", address="")
    key = service.save_view(session, ada, name="Mine", address="")

    with pytest.raises(ViewNameTaken, match="Another view"):
        service.rename_view(session, ada, view_id=key, name="taken")


def test_somebody_elses_view_is_not_renamed(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    ada, ben = _person(session, principal_of), _person(session, principal_of)
    key = service.save_view(session, ada, name="Hers", address="")

    with pytest.raises(ViewNotFound):
        service.rename_view(session, ben, view_id=key, name="His")


def test_without_the_permission_no_view_is_renamed(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    ada = _person(session, principal_of)
    key = service.save_view(session, ada, name="Hers", address="")

    with pytest.raises(PermissionDenied):
        service.rename_view(session, principal_of(user_id=ada.user_id), view_id=key, name="No")

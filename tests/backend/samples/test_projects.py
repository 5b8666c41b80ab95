"""Projects and their members: who adds, who sees, who leaves."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from backend.auth.errors import UserNotFound
from backend.auth.ids import Role
from backend.auth.rules import PERMISSIONS_OF
from backend.core.errors import InvalidInput, PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry
from backend.samples import project_queries, queries, service
from backend.samples.errors import ProjectCodeTaken, ProjectNotFound
from tests.factories.people import make_user
from tests.factories.samples import make_project, make_sample

PrincipalOf = Callable[..., Principal]


@pytest.fixture
def administrator(session: WriteSession, principal_of: PrincipalOf) -> Principal:
    person = make_user(session, Role.ADMINISTRATOR, name="Boss")
    return principal_of(*PERMISSIONS_OF[Role.ADMINISTRATOR], name="Boss", user_id=person.id)


@pytest.fixture
def investigator(session: WriteSession, principal_of: PrincipalOf) -> Principal:
    person = make_user(session, Role.PRINCIPAL_INVESTIGATOR, name="Grace")
    permissions = PERMISSIONS_OF[Role.PRINCIPAL_INVESTIGATOR]
    return principal_of(*permissions, name="Grace", user_id=person.id)


def test_a_member_sees_a_projects_samples_and_no_longer_after_leaving(
    session: WriteSession, administrator: Principal, principal_of: PrincipalOf
) -> None:
    project = make_project(session, "HEART-1")
    sample = make_sample(session, "HEART-1")
    person = make_user(session, Role.SCIENTIST)
    scientist = principal_of(*PERMISSIONS_OF[Role.SCIENTIST], user_id=person.id)

    def seen() -> bool:
        return queries.find_by_barcode(session, scientist, sample.barcode) is not None

    assert not seen()
    service.add_member(session, administrator, project_id=project.id, user_id=person.id)
    service.add_member(session, administrator, project_id=project.id, user_id=person.id)
    assert seen()
    service.remove_member(session, administrator, project_id=project.id, user_id=person.id)
    service.remove_member(session, administrator, project_id=project.id, user_id=person.id)
    assert not seen()
    actions = session.scalars(
        select(AuditEntry.action)
        .where(AuditEntry.entity_id == project.id, AuditEntry.action.contains("member"))
        .order_by(AuditEntry.id)
    ).all()
    assert actions == ["samples.member_added", "samples.member_removed"]


def test_an_investigator_manages_their_own_projects_and_no_others(
    session: WriteSession, investigator: Principal
) -> None:
    foreign = make_project(session, "OTHER-1")
    assert investigator.user_id is not None
    for act in (service.add_member, service.remove_member):
        with pytest.raises(ProjectNotFound):
            act(
                session,
                investigator,
                project_id=foreign.id,
                user_id=investigator.user_id,
            )
    with pytest.raises(ProjectNotFound):
        service.set_project_open(session, investigator, project_id=foreign.id, is_open=False)

    own = service.add_project(session, investigator, code="MINE-1", name="Mine")

    assert [each.code for each in project_queries.list_projects(session, investigator)] == [
        "MINE-1"
    ]
    service.set_project_open(session, investigator, project_id=own.id, is_open=False)
    assert not project_queries.get_project(session, investigator, "MINE-1").is_open


@pytest.mark.parametrize(
    ("code", "name", "field"),
    [
        ("", "Heart", "code"),
        ("A B", "Heart", "code"),
        ("x" * 41, "Heart", "code"),
        ("HEART-1", " ", "name"),
        ("HEART-1", "x" * 201, "name"),
    ],
)
def test_what_is_wrong_with_a_new_project_stands_at_its_field(
    session: WriteSession, administrator: Principal, code: str, name: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        service.add_project(session, administrator, code=code, name=name)

    assert set(refused.value.fields) == {field}


def test_two_spellings_of_one_code_are_one_project(
    session: WriteSession, administrator: Principal
) -> None:
    service.add_project(session, administrator, code="HEART-1", name="Heart")

    with pytest.raises(ProjectCodeTaken, match="HEART-1"):
        service.add_project(session, administrator, code="heart-1", name="Again")


def test_a_project_counts_its_members_and_samples(
    session: WriteSession, administrator: Principal
) -> None:
    project = make_project(session, "HEART-1")
    make_sample(session, "HEART-1")
    person = make_user(session, name="Ada Marsh")
    service.add_member(session, administrator, project_id=project.id, user_id=person.id)

    summary = project_queries.get_project(session, administrator, "HEART-1")

    assert (summary.members, summary.samples, summary.is_open) == (1, 1, True)
    [member] = project_queries.list_members(session, administrator, summary.id)
    assert member.name == "Ada Marsh"
    assert project_queries.codes_by_person(session, administrator)[person.id] == ["HEART-1"]


def test_only_people_who_exist_join(session: WriteSession, administrator: Principal) -> None:
    project = make_project(session, "HEART-1")

    with pytest.raises(UserNotFound):
        service.add_member(session, administrator, project_id=project.id, user_id=new_id())


def test_without_the_right_nothing_of_it_is_possible(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    technician = principal_of(*PERMISSIONS_OF[Role.TECHNICIAN])
    key = new_id()

    for refused in (
        lambda: service.add_project(session, technician, code="X", name="X"),
        lambda: service.add_member(session, technician, project_id=key, user_id=key),
        lambda: service.remove_member(session, technician, project_id=key, user_id=key),
        lambda: service.set_project_open(session, technician, project_id=key, is_open=True),
        lambda: project_queries.list_projects(session, technician),
        lambda: project_queries.codes_by_person(session, technician),
    ):
        with pytest.raises(PermissionDenied):
            refused()

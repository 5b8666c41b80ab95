"""Adding people, changing what they may do, letting them go."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select, update

from backend.auth import queries, service
from backend.auth.errors import (
    EmailTaken,
    LastAdministrator,
    OwnAccount,
    PasswordRefused,
    SetupTokenRefused,
    UserNotFound,
)
from backend.auth.ids import Role
from backend.auth.models import SetupToken
from backend.auth.views import SignedIn, UserView
from backend.core.errors import AppError, Conflict, InvalidInput, PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Origin, Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import writing
from backend.events.models import AuditEntry, OutboxEvent
from tests.factories.people import make_user
from tests.support.sign_ins import holder, opened

PrincipalOf = Callable[..., Principal]


def new_person(session: WriteSession, principal: Principal, **changed: object) -> UserView:
    person: dict[str, object] = {
        "email": "grace@laboratory.example",
        "name": "Grace Bell",
        "password": "seven pipettes in a row",
        "roles": [Role.SCIENTIST],
    }
    return service.create_user(session, principal, **(person | changed))  # type: ignore[arg-type]


@pytest.fixture
def manager(session: WriteSession, principal_of: PrincipalOf) -> Principal:
    boss = make_user(session, Role.ADMINISTRATOR, name="Boss")
    return principal_of(Permission.USERS_MANAGE, name="Boss", user_id=boss.id)


def test_a_new_person_can_sign_in_and_the_event_names_who_added_them(
    session: WriteSession, manager: Principal
) -> None:
    made = new_person(session, manager)

    outcome = service.sign_in(
        session,
        email="grace@laboratory.example",
        password="seven pipettes in a row",
        address="",
        agent="",
    )

    event = session.scalars(select(OutboxEvent).where(OutboxEvent.aggregate_id == made.id)).one()
    assert isinstance(outcome, SignedIn)
    assert event.type == "auth.user_created"
    assert event.actor_name == "Boss"
    assert "password" not in event.payload


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"email": "not an address"}, "email"),
        ({"email": "a@b"}, "email"),
        ({"name": "   "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"roles": []}, "roles"),
        ({"password": "too short"}, "password"),
        ({"password": "x1" * 65}, "password"),
        ({"password": "Passwort1234"}, "password"),
        ({"password": "grace-bell-1"}, "password"),
        ({"password": "tracseqtracseq!"}, "password"),
    ],
)
def test_a_person_who_cannot_be_added_hears_why_at_the_field(
    session: WriteSession, manager: Principal, changed: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        new_person(session, manager, **changed)

    assert field in refused.value.fields


def test_one_address_is_one_person(session: WriteSession, manager: Principal) -> None:
    new_person(session, manager)

    with pytest.raises(EmailTaken):
        new_person(session, manager, email="GRACE@Laboratory.example")


@pytest.mark.parametrize(
    "act",
    [
        lambda s, p, _: new_person(s, p),
        lambda s, p, u: service.set_roles(s, p, user_id=u, roles=[Role.GUEST]),
        lambda s, p, u: service.deactivate(s, p, user_id=u),
        lambda s, p, u: service.reactivate(s, p, user_id=u),
        lambda s, p, u: service.sign_out_everywhere(s, p, user_id=u),
        lambda s, p, _: queries.people(s, p),
        queries.get_person,
        lambda s, p, _: service.create_laboratory(
            s, p, name="L", time_zone="Europe/Berlin", is_demo=False
        ),
    ],
)
def test_only_who_manages_people_manages_people(
    session: WriteSession, principal_of: PrincipalOf, act: Callable[..., object]
) -> None:
    everything_else = principal_of(*(set(Permission) - {Permission.USERS_MANAGE}))
    other = make_user(session)

    with pytest.raises(PermissionDenied):
        act(session, everything_else, other.id)


def test_new_roles_hold_from_the_next_request(session: WriteSession, manager: Principal) -> None:
    user = make_user(session, Role.TECHNICIAN)
    token = opened(session, user)

    service.set_roles(session, manager, user_id=user.id, roles=[Role.GUEST])

    principal = holder(session, token)
    assert principal is not None
    assert not principal.may(Permission.STORAGE_PLACE)


def test_a_change_of_roles_is_audited_with_before_and_after(
    session: WriteSession, manager: Principal
) -> None:
    user = make_user(session, Role.TECHNICIAN)

    service.set_roles(session, manager, user_id=user.id, roles=[Role.ANALYST, Role.SCIENTIST])

    entry = session.scalars(select(AuditEntry).where(AuditEntry.entity_id == user.id)).one()
    assert entry.old_values == {"roles": ["technician"]}
    assert entry.new_values == {"roles": ["analyst", "scientist"]}


def test_nobody_changes_their_own_roles_or_deactivates_themselves(
    session: WriteSession, manager: Principal
) -> None:
    assert manager.user_id is not None

    with pytest.raises(OwnAccount):
        service.set_roles(session, manager, user_id=manager.user_id, roles=[Role.ADMINISTRATOR])
    with pytest.raises(OwnAccount):
        service.deactivate(session, manager, user_id=manager.user_id)


def test_a_deactivated_person_is_out_at_the_next_request(
    session: WriteSession, manager: Principal
) -> None:
    user = make_user(session)
    token = opened(session, user)

    service.deactivate(session, manager, user_id=user.id)

    assert holder(session, token) is None
    assert service.principal_of_user(session, user.id, origin=Origin.API, request_id="") is None


def test_a_reactivated_person_signs_in_anew(session: WriteSession, manager: Principal) -> None:
    user = make_user(session)
    old = opened(session, user)
    service.deactivate(session, manager, user_id=user.id)

    service.reactivate(session, manager, user_id=user.id)

    assert holder(session, old) is None
    assert holder(session, opened(session, user)) is not None


def test_the_last_administrator_stays(session: WriteSession, principal_of: PrincipalOf) -> None:
    last = make_user(session, Role.ADMINISTRATOR)
    make_user(session, Role.ADMINISTRATOR, is_active=False)
    terminal = principal_of(Permission.USERS_MANAGE)

    with pytest.raises(LastAdministrator):
        service.deactivate(session, terminal, user_id=last.id)
    with pytest.raises(LastAdministrator):
        service.set_roles(session, terminal, user_id=last.id, roles=[Role.SCIENTIST])


def test_two_administrators_cannot_remove_each_other_at_once(
    committed_database: Engine, principal_of: PrincipalOf
) -> None:
    with writing() as session:
        users = [make_user(session, Role.ADMINISTRATOR) for _ in range(2)]
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def remove(actor: UserView, other: UserView) -> None:
        principal = principal_of(Permission.USERS_MANAGE, user_id=actor.id)
        start.wait()
        try:
            with writing() as session:
                service.deactivate(session, principal, user_id=other.id)
            outcomes.append("removed")
        except AppError as error:
            outcomes.append(type(error).__name__)

    threads = [
        threading.Thread(target=remove, args=pair)
        for pair in ((users[0], users[1]), (users[1], users[0]))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["LastAdministrator", "removed"]


def test_an_unknown_person_is_not_found(session: WriteSession, manager: Principal) -> None:
    with pytest.raises(UserNotFound):
        service.deactivate(session, manager, user_id=new_id())


def test_a_setup_token_makes_one_administrator_once(session: WriteSession) -> None:
    token = service.create_setup_token(session)

    person = service.use_setup_token(
        session,
        token=token,
        email="first@lab.example",
        name="First",
        password="an entirely new lab",
    )

    assert person.roles == (Role.ADMINISTRATOR,)
    with pytest.raises(SetupTokenRefused):
        service.use_setup_token(
            session, token=token, email="x@lab.example", name="X", password="an entirely new lab"
        )


def test_a_setup_token_runs_out_after_fifteen_minutes(session: WriteSession) -> None:
    token = service.create_setup_token(session)
    life = session.scalars(select(SetupToken.expires_at)).one()
    session.execute(
        update(SetupToken).values(expires_at=func.clock_timestamp() - timedelta(seconds=1))
    )

    with pytest.raises(SetupTokenRefused):
        service.use_setup_token(
            session, token=token, email="x@lab.example", name="X", password="an entirely new lab"
        )

    age = life - session.scalars(select(func.clock_timestamp())).one()
    assert timedelta(minutes=14) < age < timedelta(minutes=15)


def test_a_newer_setup_token_replaces_the_one_before(session: WriteSession) -> None:
    first = service.create_setup_token(session)
    service.create_setup_token(session)

    with pytest.raises(SetupTokenRefused):
        service.use_setup_token(
            session, token=first, email="x@lab.example", name="X", password="an entirely new lab"
        )


def test_a_weak_password_does_not_spend_the_setup_token(committed_database: Engine) -> None:
    with writing() as session:
        token = service.create_setup_token(session)
    person = {"token": token, "email": "first@lab.example", "name": "First"}

    with pytest.raises(PasswordRefused), writing() as session:
        service.use_setup_token(session, **person, password="short")
    with writing() as session:
        made = service.use_setup_token(session, **person, password="an entirely new lab")

    assert made.is_active


def test_a_laboratory_with_people_gives_no_setup_token(session: WriteSession) -> None:
    make_user(session)

    with pytest.raises(Conflict):
        service.create_setup_token(session)


def test_a_database_holds_one_laboratory(session: WriteSession, manager: Principal) -> None:
    made = service.create_laboratory(
        session, manager, name="Bay 3", time_zone="Europe/Berlin", is_demo=False
    )

    with pytest.raises(Conflict):
        service.create_laboratory(
            session, manager, name="Bay 4", time_zone="Europe/Berlin", is_demo=False
        )

    assert service.get_laboratory(session) == made
    assert not made.is_demo


def test_a_laboratory_needs_a_real_time_zone(session: WriteSession, manager: Principal) -> None:
    with pytest.raises(InvalidInput) as refused:
        service.create_laboratory(session, manager, name="Bay 3", time_zone="Berlin", is_demo=False)

    assert "time_zone" in refused.value.fields

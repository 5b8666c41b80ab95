"""One-time links: invited people and those who were reset choose a password of their own."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from backend.auth import password_links, service
from backend.auth.errors import EmailTaken, LinkRefused, OwnAccount, PasswordRefused
from backend.auth.ids import Role
from backend.auth.models import PasswordLink
from backend.auth.views import Invitation, Refused, SignedIn, UserView
from backend.core.errors import PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Origin, Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry
from tests.factories.people import PASSWORD, make_user

PrincipalOf = Callable[..., Principal]
CHOSEN = "eleven magnets in a drawer"


@pytest.fixture
def manager(session: WriteSession, principal_of: PrincipalOf) -> Principal:
    boss = make_user(session, Role.ADMINISTRATOR, name="Boss")
    return principal_of(Permission.USERS_MANAGE, name="Boss", user_id=boss.id)


def invited(session: WriteSession, manager: Principal) -> Invitation:
    return service.invite(
        session,
        manager,
        email="grace@laboratory.example",
        name="Grace Bell",
        roles=[Role.SCIENTIST],
    )


def signs_in(session: WriteSession, user: UserView, password: str) -> bool:
    outcome = service.sign_in(session, email=user.email, password=password, address="", agent="")
    assert isinstance(outcome, SignedIn | Refused)
    return isinstance(outcome, SignedIn)


def test_an_invited_person_chooses_a_password_and_signs_in(
    session: WriteSession, manager: Principal
) -> None:
    invitation = invited(session, manager)

    service.use_link(session, token=invitation.token, password=CHOSEN)

    assert signs_in(session, invitation.user, CHOSEN)


def test_a_link_works_once(session: WriteSession, manager: Principal) -> None:
    invitation = invited(session, manager)
    service.use_link(session, token=invitation.token, password=CHOSEN)

    with pytest.raises(LinkRefused):
        service.use_link(session, token=invitation.token, password="twelve magnets in a drawer")


def test_a_refused_password_leaves_the_link_whole(
    session: WriteSession, manager: Principal
) -> None:
    invitation = invited(session, manager)

    with pytest.raises(PasswordRefused), session.begin_nested():
        service.use_link(session, token=invitation.token, password="short")

    service.use_link(session, token=invitation.token, password=CHOSEN)


def test_a_link_runs_out(session: WriteSession, manager: Principal) -> None:
    invitation = invited(session, manager)
    session.execute(
        update(PasswordLink).values(expires_at=PasswordLink.expires_at - timedelta(hours=49))
    )

    assert password_links.find_link(session, invitation.token) is None
    with pytest.raises(LinkRefused):
        service.use_link(session, token=invitation.token, password=CHOSEN)


def test_a_newer_link_makes_the_earlier_one_worthless(
    session: WriteSession, manager: Principal
) -> None:
    earlier = invited(session, manager)
    newer = service.reset_password(session, manager, user_id=earlier.user.id)

    with pytest.raises(LinkRefused), session.begin_nested():
        service.use_link(session, token=earlier.token, password=CHOSEN)
    service.use_link(session, token=newer.token, password=CHOSEN)


def test_a_locked_persons_link_is_worthless(session: WriteSession, manager: Principal) -> None:
    invitation = invited(session, manager)
    service.deactivate(session, manager, user_id=invitation.user.id)

    with pytest.raises(LinkRefused):
        service.use_link(session, token=invitation.token, password=CHOSEN)


def test_a_reset_ends_the_password_and_every_session(
    session: WriteSession, manager: Principal
) -> None:
    user = make_user(session)
    opened = service.sign_in(session, email=user.email, password=PASSWORD, address="", agent="")
    assert isinstance(opened, SignedIn)

    service.reset_password(session, manager, user_id=user.id)

    assert not signs_in(session, user, PASSWORD)
    holder = service.principal_of_session(session, opened.token, origin=Origin.UI, request_id="r")
    assert holder is None


def test_nobody_resets_themselves_or_without_the_right(
    session: WriteSession, manager: Principal, principal_of: PrincipalOf
) -> None:
    assert manager.user_id is not None
    with pytest.raises(OwnAccount):
        service.reset_password(session, manager, user_id=manager.user_id)
    with pytest.raises(PermissionDenied):
        service.reset_password(session, principal_of(), user_id=new_id())


def test_an_address_that_is_taken_is_not_invited_twice(
    session: WriteSession, manager: Principal
) -> None:
    invited(session, manager)

    with pytest.raises(EmailTaken):
        invited(session, manager)


def test_the_trail_names_who_reset_and_who_chose_and_holds_no_secret(
    session: WriteSession, manager: Principal
) -> None:
    user = make_user(session, name="Ada Marsh")
    link = service.reset_password(session, manager, user_id=user.id)
    service.use_link(session, token=link.token, password=CHOSEN)

    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.entity_id == user.id).order_by(AuditEntry.id)
    ).all()

    assert [(entry.action, entry.actor_name) for entry in entries] == [
        ("auth.password_reset", "Boss"),
        ("auth.password_changed", "Ada Marsh"),
    ]
    kept = " ".join(str(entry.new_values) for entry in entries)
    assert link.token not in kept
    assert CHOSEN not in kept

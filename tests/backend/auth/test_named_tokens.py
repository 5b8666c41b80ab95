"""Keys of the API that people make for their programs."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from backend.auth import named_tokens, service
from backend.auth.errors import TokenNameTaken, TokenNotFound, TokenRefused
from backend.auth.ids import Role
from backend.auth.models import NamedToken
from backend.auth.rules import TOKENS_MAXIMUM, token_faults
from backend.auth.views import UserView
from backend.core.errors import InvalidInput, PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import OutboxEvent
from tests.factories.people import PASSWORD, make_user

PrincipalOf = Callable[..., Principal]


@pytest.fixture
def user(session: WriteSession) -> UserView:
    return make_user(session, Role.TECHNICIAN)


@pytest.fixture
def principal(user: UserView, principal_of: PrincipalOf) -> Principal:
    return principal_of(Permission.ACCOUNT_SELF, user_id=user.id)


def used(session: WriteSession, secret: str) -> Principal:
    return service.principal_of_named_token(session, secret, request_id="r")


def test_a_token_acts_as_the_person_with_the_roles_of_this_moment(
    session: WriteSession, user: UserView, principal: Principal
) -> None:
    made = service.make_named_token(session, principal, name="  plate   reader ", days=30)

    acting = used(session, made.secret)

    assert made.token.name == "plate reader"
    assert acting.user_id == user.id
    assert acting.may(Permission.STORAGE_PLACE)
    assert not acting.may(Permission.USERS_MANAGE)


def test_the_secret_is_kept_nowhere_and_the_event_does_not_tell_it(
    session: WriteSession, user: UserView, principal: Principal
) -> None:
    made = service.make_named_token(session, principal, name="plate reader", days=30)

    row = session.scalars(select(NamedToken)).one()
    event = session.scalars(select(OutboxEvent).where(OutboxEvent.aggregate_id == user.id)).one()
    assert made.secret.encode() not in row.token_hash
    assert event.type == "auth.named_token_made"
    assert made.secret not in str(event.payload)


def test_when_a_token_was_used_last_is_written_down(
    session: WriteSession, principal: Principal
) -> None:
    made = service.make_named_token(session, principal, name="plate reader", days=30)
    [before] = named_tokens.own_tokens(session, principal)

    used(session, made.secret)

    session.expire_all()
    [after] = named_tokens.own_tokens(session, principal)
    assert before.last_used_at is None
    assert after.last_used_at is not None
    assert after.expires_at - after.created_at == timedelta(days=30)


def test_a_revoked_token_is_refused_and_the_others_hold(
    session: WriteSession, principal: Principal
) -> None:
    one = service.make_named_token(session, principal, name="one", days=30)
    two = service.make_named_token(session, principal, name="two", days=30)

    service.revoke_named_token(session, principal, token_id=one.token.id)

    assert [each.name for each in named_tokens.own_tokens(session, principal)] == ["two"]
    assert used(session, two.secret).user_id == principal.user_id
    with pytest.raises(TokenRefused):
        used(session, one.secret)
    with pytest.raises(TokenNotFound):
        service.revoke_named_token(session, principal, token_id=one.token.id)


def test_nobody_revokes_somebody_elses_token(
    session: WriteSession, principal: Principal, principal_of: PrincipalOf
) -> None:
    made = service.make_named_token(session, principal, name="one", days=30)
    other = principal_of(Permission.ACCOUNT_SELF, user_id=make_user(session).id)

    with pytest.raises(TokenNotFound):
        service.revoke_named_token(session, other, token_id=made.token.id)

    assert named_tokens.own_tokens(session, other) == []
    assert used(session, made.secret).user_id == principal.user_id


def test_a_token_that_has_run_out_is_refused_and_its_name_is_free_again(
    session: WriteSession, principal: Principal
) -> None:
    made = service.make_named_token(session, principal, name="one", days=7)
    earlier = timedelta(days=8)
    session.execute(
        update(NamedToken).values(
            created_at=NamedToken.created_at - earlier, expires_at=NamedToken.expires_at - earlier
        )
    )

    with pytest.raises(TokenRefused):
        used(session, made.secret)

    again = service.make_named_token(session, principal, name="One", days=7)
    assert used(session, again.secret).user_id == principal.user_id


@pytest.mark.parametrize("way", ["password", "everywhere", "deactivated"])
def test_what_ends_every_session_ends_the_tokens_too(
    session: WriteSession, user: UserView, principal: Principal, principal_of: PrincipalOf, way: str
) -> None:
    made = service.make_named_token(session, principal, name="one", days=30)
    boss = make_user(session, Role.ADMINISTRATOR)

    match way:
        case "password":
            service.change_password(
                session, principal, current=PASSWORD, new="nine cold racks of ice"
            )
        case "everywhere":
            service.sign_out_everywhere(session, principal)
        case _:
            manager = principal_of(Permission.USERS_MANAGE, user_id=boss.id)
            service.deactivate(session, manager, user_id=user.id)

    session.expire_all()
    with pytest.raises(TokenRefused):
        used(session, made.secret)
    assert named_tokens.own_tokens(session, principal) == []


def test_two_tokens_of_a_person_never_share_a_name(
    session: WriteSession, principal: Principal
) -> None:
    service.make_named_token(session, principal, name="Plate reader", days=30)

    with pytest.raises(TokenNameTaken):
        service.make_named_token(session, principal, name="plate READER", days=30)


@pytest.mark.parametrize(
    ("name", "days", "held", "field"),
    [
        ("", 30, 0, "name"),
        ("x" * 81, 30, 0, "name"),
        ("one", 30, TOKENS_MAXIMUM, "name"),
        ("one", 0, 0, "days"),
        ("one", 36500, 0, "days"),
    ],
)
def test_what_is_wrong_with_a_token_stands_at_its_field(
    name: str, days: int, held: int, field: str
) -> None:
    assert list(token_faults(name=name, days=days, held=held)) == [field]


def test_a_refused_token_leaves_nothing(session: WriteSession, principal: Principal) -> None:
    with pytest.raises(InvalidInput) as refused:
        service.make_named_token(session, principal, name=" ", days=1)

    assert set(refused.value.fields) == {"name", "days"}
    assert session.scalars(select(NamedToken)).all() == []


def test_tokens_need_the_right_to_ones_own_account(
    session: WriteSession, user: UserView, principal_of: PrincipalOf
) -> None:
    nobody = principal_of(user_id=user.id)

    with pytest.raises(PermissionDenied):
        service.make_named_token(session, nobody, name="one", days=30)

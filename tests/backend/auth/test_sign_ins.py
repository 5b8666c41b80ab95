"""Who is signed in, through which door, and ending it; whose laboratory it is."""

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import select

from backend.auth import queries, service, tokens
from backend.auth.errors import LaboratoryMissing, SessionNotFound, TokenRefused
from backend.auth.ids import Role
from backend.auth.views import SignedIn, TokenPair, UserView
from backend.core.errors import InvalidInput, PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Origin, Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry
from tests.factories.people import PASSWORD, make_user

PrincipalOf = Callable[..., Principal]
KEYS = tokens.load_keys(
    Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
)


@pytest.fixture
def manager(session: WriteSession, principal_of: PrincipalOf) -> Principal:
    boss = make_user(session, Role.ADMINISTRATOR, name="Boss")
    return principal_of(Permission.USERS_MANAGE, name="Boss", user_id=boss.id)


def browser(session: WriteSession, user: UserView) -> str:
    opened = service.sign_in(
        session, email=user.email, password=PASSWORD, address="10.0.0.7", agent="Firefox"
    )
    assert isinstance(opened, SignedIn)
    return opened.token


def client(session: WriteSession, user: UserView) -> TokenPair:
    pair = service.issue_tokens(
        session, email=user.email, password=PASSWORD, address="10.0.0.8", keys=KEYS
    )
    assert isinstance(pair, TokenPair)
    return pair


def test_both_doors_are_listed_with_their_address(
    session: WriteSession, manager: Principal
) -> None:
    user = make_user(session, name="Ada Marsh")
    browser(session, user)
    pair = client(session, user)
    service.refresh_tokens(session, refresh_token=pair.refresh_token, keys=KEYS)

    found = queries.open_sign_ins(session, manager, idle_minutes=30)

    assert sorted((each.door, each.name, each.address, each.agent) for each in found) == [
        ("api", "Ada Marsh", "10.0.0.8", ""),
        ("browser", "Ada Marsh", "10.0.0.7", "Firefox"),
    ]


def test_an_ended_sign_in_is_worthless_at_once_and_the_trail_says_who_ended_it(
    session: WriteSession, manager: Principal
) -> None:
    user = make_user(session)
    token, pair = browser(session, user), client(session, user)

    for each in queries.open_sign_ins(session, manager, idle_minutes=30):
        service.end_sign_in(session, manager, door=each.door, key=each.key)

    holder = service.principal_of_session(session, token, origin=Origin.UI, request_id="r")
    assert holder is None
    with pytest.raises(TokenRefused):
        service.principal_of_access_token(session, pair.access_token, keys=KEYS, request_id="r")
    assert queries.open_sign_ins(session, manager, idle_minutes=30) == []
    ended = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "auth.sign_in_ended")
    ).all()
    assert {(entry.actor_name, entry.entity_id) for entry in ended} == {("Boss", user.id)}


@pytest.mark.parametrize("door", ["browser", "api"])
def test_a_sign_in_that_is_over_cannot_be_ended(
    session: WriteSession, manager: Principal, door: str
) -> None:
    with pytest.raises(SessionNotFound):
        service.end_sign_in(session, manager, door=door, key=new_id())  # type: ignore[arg-type]  # a name that no door has


def test_others_sign_ins_are_seen_and_ended_only_with_the_right(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    nobody = principal_of(Permission.ACCOUNT_SELF)

    with pytest.raises(PermissionDenied):
        queries.open_sign_ins(session, nobody, idle_minutes=30)
    with pytest.raises(PermissionDenied):
        service.end_sign_in(session, nobody, door="browser", key=new_id())


def test_the_laboratory_is_renamed_and_the_trail_keeps_the_old_name(
    session: WriteSession, manager: Principal
) -> None:
    with pytest.raises(LaboratoryMissing):
        service.change_laboratory(session, manager, name="New", time_zone="Europe/Berlin")
    service.create_laboratory(
        session, manager, name="Old", time_zone="Europe/Berlin", is_demo=False
    )

    service.change_laboratory(session, manager, name="New", time_zone="Asia/Tokyo")
    service.change_laboratory(session, manager, name="New", time_zone="Asia/Tokyo")

    laboratory = queries.get_laboratory(session)
    assert laboratory is not None
    assert (laboratory.name, laboratory.time_zone) == ("New", "Asia/Tokyo")
    [entry] = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "auth.laboratory_changed")
    ).all()
    assert entry.old_values == {"name": "Old", "time_zone": "Europe/Berlin"}


def test_a_time_zone_that_does_not_exist_is_refused_at_its_field(
    session: WriteSession, manager: Principal
) -> None:
    with pytest.raises(InvalidInput) as refused:
        service.change_laboratory(session, manager, name="New", time_zone="Mars/Base")

    assert "time_zone" in refused.value.fields

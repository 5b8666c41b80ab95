"""Signing in at the browser's door."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from backend.auth import passwords, service
from backend.auth.ids import Role
from backend.auth.models import SignInAttempt, User, UserSession
from backend.auth.views import Locked, Refused, SignedIn, SignInOutcome
from backend.core.principal import Origin, Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry
from tests.factories.people import PASSWORD, make_user

EMAIL = "ada@laboratory.example"


def sign_in(
    session: WriteSession, password: str = PASSWORD, email: str = EMAIL, address: str = "10.0.0.7"
) -> SignInOutcome:
    return service.sign_in(session, email=email, password=password, address=address, agent="test")


def signed_in(session: WriteSession) -> SignedIn:
    outcome = sign_in(session)
    assert isinstance(outcome, SignedIn)
    return outcome


def holder(session: WriteSession, token: str) -> Principal | None:
    return service.principal_of_session(session, token, origin=Origin.UI, request_id="r-1")


def fail_often(session: WriteSession, times: int, *, email: str = EMAIL, address: str) -> None:
    """Write failures down as sign_in does, without hashing each time."""
    session.add_all(
        SignInAttempt(
            at=session.scalars(select(func.clock_timestamp())).one(),
            email=email,
            address=address,
            succeeded=False,
            reason="wrong",
        )
        for _ in range(times)
    )
    session.flush()


@pytest.fixture(autouse=True)
def _ada(session: WriteSession) -> None:
    make_user(session, Role.TECHNICIAN, email=EMAIL)


def test_the_right_password_opens_a_session_with_the_roles_permissions(
    session: WriteSession,
) -> None:
    outcome = signed_in(session)

    principal = holder(session, outcome.token)

    assert principal is not None
    assert principal.name == "Ada Marsh"
    assert principal.may(Permission.STORAGE_PLACE)
    assert not principal.may(Permission.USERS_MANAGE)
    assert principal.request_id == "r-1"


def test_the_address_is_one_person_in_any_spelling(session: WriteSession) -> None:
    assert isinstance(sign_in(session, email=" ADA@Laboratory.example "), SignedIn)


def test_the_token_itself_is_kept_nowhere(session: WriteSession) -> None:
    token = signed_in(session).token

    kept = session.scalars(select(UserSession.token_hash)).one()

    assert len(token) >= 43
    assert token.encode() not in kept


def test_every_sign_in_gets_another_token_and_ends_the_one_before(session: WriteSession) -> None:
    first = signed_in(session).token

    second = service.sign_in(
        session, email=EMAIL, password=PASSWORD, address="", agent="", previous_token=first
    )

    assert isinstance(second, SignedIn)
    assert second.token != first
    assert holder(session, first) is None
    assert holder(session, second.token) is not None


def test_unknown_person_wrong_password_and_deactivated_account_hear_the_same_sentence(
    session: WriteSession,
) -> None:
    make_user(session, email="left@laboratory.example", is_active=False)

    outcomes = [
        sign_in(session, email="nobody@laboratory.example"),
        sign_in(session, "not the password at all"),
        sign_in(session, email="left@laboratory.example"),
    ]

    assert all(isinstance(outcome, Refused) for outcome in outcomes)
    assert len({outcome.message for outcome in outcomes if isinstance(outcome, Refused)}) == 1


def test_an_unknown_person_costs_one_hash_like_a_wrong_password(
    session: WriteSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    real = passwords._HASHER

    class Counting:
        def verify(self, stored: str, password: str) -> bool:
            checked.append(stored)
            return real.verify(stored, password)

    monkeypatch.setattr(passwords, "_HASHER", Counting())
    passwords._dummy.cache_clear()
    monkeypatch.setattr(passwords, "_dummy", lambda: real.hash("x"))
    sign_in(session, email="nobody@laboratory.example")
    sign_in(session, "not the password at all")

    assert len(checked) == 2
    assert {stored.split("$")[3] for stored in checked} == {"m=47104,t=1,p=1"}


def test_sign_in_is_audited_with_its_address(session: WriteSession) -> None:
    signed_in(session)

    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "auth.signed_in")).one()

    assert entry.actor_name == "Ada Marsh"
    assert entry.new_values == {"address": "10.0.0.7", "agent": "test"}


def test_ten_failures_make_the_account_wait(session: WriteSession) -> None:
    fail_often(session, 10, address="10.0.0.9")

    outcome = sign_in(session)

    assert isinstance(outcome, Locked)


def test_an_unknown_account_is_throttled_like_a_known_one(session: WriteSession) -> None:
    fail_often(session, 10, email="nobody@laboratory.example", address="10.0.0.9")

    assert isinstance(sign_in(session, email="nobody@laboratory.example"), Locked)


def test_trying_while_throttled_does_not_prolong_the_wait(session: WriteSession) -> None:
    fail_often(session, 12, address="10.0.0.9")

    first, second = sign_in(session), sign_in(session)

    assert isinstance(first, Locked)
    assert isinstance(second, Locked)
    assert first.until == second.until


def test_a_stranger_cannot_lock_a_person_out_of_the_desk_they_use(session: WriteSession) -> None:
    signed_in(session)
    fail_often(session, 40, address="192.0.2.66")

    assert isinstance(sign_in(session), SignedIn)
    assert isinstance(sign_in(session, address="192.0.2.66"), Locked)


def test_fifty_failures_make_an_address_wait_whatever_the_account(session: WriteSession) -> None:
    for number in range(50):
        fail_often(session, 1, email=f"guess-{number}@x.example", address="192.0.2.66")

    assert isinstance(sign_in(session, address="192.0.2.66"), Locked)


def test_a_success_forgets_the_failures_before_it(session: WriteSession) -> None:
    fail_often(session, 9, address="10.0.0.7")
    signed_in(session)
    fail_often(session, 5, address="10.0.0.7")

    assert isinstance(sign_in(session), SignedIn)


def test_a_hash_with_old_parameters_is_renewed(session: WriteSession) -> None:
    weaker = passwords.PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
    session.execute(update(User).values(password_hash=weaker.hash(PASSWORD)))

    signed_in(session)

    assert "m=47104" in session.scalars(select(User.password_hash)).one()


def test_an_idle_session_ends(session: WriteSession) -> None:
    token = signed_in(session).token
    session.execute(
        update(UserSession).values(last_seen_at=func.clock_timestamp() - timedelta(minutes=31))
    )

    assert holder(session, token) is None


def test_a_session_ends_after_twelve_hours_however_busy(session: WriteSession) -> None:
    token = signed_in(session).token
    lasting = session.execute(select(UserSession.expires_at - UserSession.created_at)).scalar_one()
    session.execute(
        update(UserSession).values(expires_at=func.clock_timestamp() - timedelta(seconds=1))
    )

    assert lasting == timedelta(hours=12)
    assert holder(session, token) is None


def test_being_seen_is_written_once_a_minute(session: WriteSession) -> None:
    token = signed_in(session).token
    before = session.scalars(select(UserSession.last_seen_at)).one()

    holder(session, token)
    soon = session.scalars(select(UserSession.last_seen_at)).one()
    session.execute(update(UserSession).values(last_seen_at=before - timedelta(minutes=2)))
    holder(session, token)
    later = session.scalars(select(UserSession.last_seen_at)).one()

    assert soon == before
    assert later > before


def test_a_poll_does_not_keep_a_session_alive(session: WriteSession) -> None:
    token = signed_in(session).token
    quiet_since = session.scalars(select(UserSession.last_seen_at)).one() - timedelta(minutes=5)
    session.execute(update(UserSession).values(last_seen_at=quiet_since))

    principal = service.principal_of_session(
        session, token, origin=Origin.UI, request_id="", touch=False
    )

    assert principal is not None
    assert session.scalars(select(UserSession.last_seen_at)).one() == quiet_since


def test_signing_out_ends_this_session_only(session: WriteSession) -> None:
    here, there = signed_in(session).token, signed_in(session).token

    service.sign_out(session, here)

    assert holder(session, here) is None
    assert holder(session, there) is not None


def test_signing_out_everywhere_ends_them_all(session: WriteSession) -> None:
    tokens = [signed_in(session).token for _ in range(3)]
    principal = holder(session, tokens[0])
    assert principal is not None

    service.sign_out_everywhere(session, principal)

    assert [holder(session, token) for token in tokens] == [None, None, None]


def test_a_forged_token_belongs_to_nobody(session: WriteSession) -> None:
    signed_in(session)

    assert holder(session, "a" * 43) is None
    assert holder(session, "") is None

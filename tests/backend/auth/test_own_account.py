"""What a person changes of their own account: password, sign-ins, how the program looks."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from backend.auth import queries, service
from backend.auth.clocks import database_now
from backend.auth.errors import PasswordRefused, SessionNotFound
from backend.auth.models import SignInAttempt
from backend.auth.rules import ACCOUNT_FREE_FAILURES
from backend.auth.views import Locked, Refused
from backend.core.errors import InvalidInput
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import OutboxEvent
from tests.factories.people import PASSWORD, make_user
from tests.support.sign_ins import holder, opened

PrincipalOf = Callable[..., Principal]


def test_changing_the_password_needs_the_current_one(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    user = make_user(session)
    principal = principal_of(Permission.ACCOUNT_SELF, user_id=user.id)

    refused = service.change_password(
        session, principal, current="something else", new="nine cold racks of ice"
    )

    assert isinstance(refused, Refused)
    assert holder(session, opened(session, user)) is not None


def test_guessing_the_current_password_is_slowed_down_even_for_the_right_one(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    user = make_user(session)
    principal = principal_of(Permission.ACCOUNT_SELF, user_id=user.id)

    session.add_all(
        SignInAttempt(
            at=database_now(session),
            email=user.email.lower(),
            address=f"password:{user.id}",
            succeeded=False,
        )
        for _ in range(ACCOUNT_FREE_FAILURES + 8)
    )
    session.flush()

    outcome = service.change_password(
        session, principal, current=PASSWORD, new="nine cold racks of ice"
    )

    assert isinstance(outcome, Locked)


def test_the_new_password_is_another_one(session: WriteSession, principal_of: PrincipalOf) -> None:
    user = make_user(session)
    principal = principal_of(Permission.ACCOUNT_SELF, user_id=user.id)

    with pytest.raises(PasswordRefused) as refused:
        service.change_password(session, principal, current=PASSWORD, new=PASSWORD)

    assert "new" in refused.value.fields


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    user = make_user(session)
    here, there = opened(session, user), opened(session, user)

    service.change_password(
        session,
        principal_of(Permission.ACCOUNT_SELF, user_id=user.id),
        current=PASSWORD,
        new="nine cold racks of ice",
        keep_token=here,
    )

    event = session.scalars(select(OutboxEvent).where(OutboxEvent.aggregate_id == user.id)).one()
    assert holder(session, here) is not None
    assert holder(session, there) is None
    assert event.type == "auth.password_changed"


def test_a_weak_new_password_is_refused_and_the_old_one_stays(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    user = make_user(session)
    principal = principal_of(Permission.ACCOUNT_SELF, user_id=user.id)

    with pytest.raises(PasswordRefused):
        service.change_password(session, principal, current=PASSWORD, new="123456789012")

    assert holder(session, opened(session, user)) is not None


def test_a_persons_sessions_are_listed_and_ended_one_by_one(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    user, other = make_user(session), make_user(session)
    here, there, foreign = opened(session, user), opened(session, user), opened(session, other)
    principal = principal_of(Permission.ACCOUNT_SELF, user_id=user.id)
    [one, two] = queries.own_sessions(session, principal)

    service.end_own_session(session, principal, session_id=one.id)

    assert [view.id for view in queries.own_sessions(session, principal)] == [two.id]
    assert [holder(session, token) is None for token in (here, there)].count(True) == 1
    assert holder(session, foreign) is not None
    with pytest.raises(SessionNotFound):
        service.end_own_session(session, principal, session_id=one.id)


def test_nobody_ends_somebody_elses_session_and_this_browsers_one_is_marked(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    user, other = make_user(session), make_user(session)
    here, foreign = opened(session, user), opened(session, other)
    principal = principal_of(Permission.ACCOUNT_SELF, user_id=user.id)
    theirs = principal_of(Permission.ACCOUNT_SELF, user_id=other.id)
    [mine] = queries.own_sessions(session, principal, current_token=here, idle_minutes=30)
    [their_view] = queries.own_sessions(session, theirs, current_token=here)

    with pytest.raises(SessionNotFound):
        service.end_own_session(session, principal, session_id=their_view.id)

    assert (mine.is_current, their_view.is_current) == (True, False)
    assert holder(session, foreign) is not None


def test_preferences_are_remembered_and_unknown_ones_refused(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    user = make_user(session)
    principal = principal_of(Permission.ACCOUNT_SELF, user_id=user.id)

    service.set_preferences(session, principal, theme="dark")

    session.expire_all()
    view = queries.get_person(session, principal, user.id)
    assert (view.theme, view.density) == ("dark", "compact")
    with pytest.raises(InvalidInput):
        service.set_preferences(session, principal, theme="mauve")

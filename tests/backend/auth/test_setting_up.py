"""A laboratory's beginning: its first administrator, by a token that is good once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select, update

from backend.auth import service
from backend.auth.errors import (
    PasswordRefused,
    SetupTokenRefused,
)
from backend.auth.ids import Role
from backend.auth.models import SetupToken
from backend.core.errors import Conflict
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import writing
from tests.factories.people import make_user

PrincipalOf = Callable[..., Principal]


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

"""The API alone on a server, with people who hold tokens."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from backend.api import app as api_app
from backend.auth import service as auth_service
from backend.auth import tokens
from backend.auth.ids import Role
from backend.auth.views import TokenPair
from backend.core import secret_files
from backend.core.config import Settings
from backend.core.transaction import writing
from tests.factories.people import PASSWORD, make_user

Headers = dict[str, str]


@pytest.fixture
def server(committed_database: Engine, settings: Settings) -> Flask:
    secret_files.ensure(settings.secrets_dir)
    made = Flask("test", static_folder=None)
    api_app.register(made, settings)
    return made


@pytest.fixture
def client(server: Flask) -> FlaskClient:
    return server.test_client()


@pytest.fixture
def signed_in(server: Flask, settings: Settings) -> Callable[..., Headers]:
    """Return a maker of request headers: ``signed_in(Role.GUEST)`` adds a person and signs in."""
    keys = tokens.load_keys(secret_files.read(settings.secrets_dir, secret_files.TOKEN_SIGNING_KEY))

    def make(*roles: Role) -> Headers:
        with writing() as session:
            user = make_user(session, *roles)
            pair = auth_service.issue_tokens(
                session, email=user.email, password=PASSWORD, address="127.0.0.1", keys=keys
            )
        assert isinstance(pair, TokenPair)
        return {"Authorization": f"Bearer {pair.access_token}"}

    return make

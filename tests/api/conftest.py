"""The API alone on a server, with people who hold tokens."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_schema_validator import OAS31Validator
from sqlalchemy import Engine
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, MapAdapter
from werkzeug.routing import Rule as PathRule
from werkzeug.test import TestResponse

from backend.api import app as api_app
from backend.api import openapi
from backend.api.app import all_routes
from backend.api.blueprint import flask_path
from backend.api.routing import Route
from backend.auth import service as auth_service
from backend.auth import tokens
from backend.auth.ids import Role
from backend.auth.views import TokenPair
from backend.core import secret_files
from backend.core.config import Environment, Settings
from backend.core.transaction import writing
from backend.samples import service as samples_service
from backend.samples.views import ProjectView
from tests.factories.people import PASSWORD, make_user
from tests.factories.samples import EVERYBODY
from tests.support.servers import Servers

Headers = dict[str, str]


@pytest.fixture(scope="session")
def settings(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return the settings of the one server; its database is bound by each test."""
    home = tmp_path_factory.mktemp("api")
    return Settings(home=home, redis_url=servers.redis_url, env=Environment.TEST)


@pytest.fixture(scope="session")
def one_server(settings: Settings) -> Flask:
    """Return the server of all tests here: putting in the API's rules takes longer than most."""
    secret_files.ensure(settings.secrets_dir)
    made = Flask("test", static_folder=None)
    api_app.register(made, settings)
    return made


@pytest.fixture
def server(one_server: Flask, committed_database: Engine) -> Flask:
    """Return the server over a database of this test alone."""
    return one_server


class DescribedClient(FlaskClient):
    """A client for which every answer of the API must be as the description says."""

    def open(self, *arguments: Any, **options: Any) -> TestResponse:
        response = super().open(*arguments, **options)
        assert_as_described(response)
        return response


@pytest.fixture
def client(server: Flask) -> FlaskClient:
    return DescribedClient(server, server.response_class)


@lru_cache(maxsize=1)
def description() -> dict[str, Any]:
    """Return the OpenAPI document, made once."""
    return openapi.document(all_routes())


@lru_cache(maxsize=1)
def _operations() -> MapAdapter:
    rules = [
        PathRule(flask_path(route.path), methods=[route.method], endpoint=route)
        for route in all_routes()
    ]
    return Map(rules).bind("")


def assert_as_described(response: TestResponse) -> None:
    """Compare an answer's status, media type and body with what the description promises."""
    try:
        route, _ = _operations().match(response.request.path, method=response.request.method)
    except HTTPException:
        return  # not an operation: what is answered there has its own tests
    assert isinstance(route, Route)
    described = description()["paths"][route.path][route.method.lower()]["responses"]
    promised = described.get(str(response.status_code), described["default"])
    case = f"{route.method} {route.path} answered {response.status_code}: {response.data[:300]!r}"
    if "content" not in promised:
        assert response.data == b"", case
        return
    assert response.content_type in promised["content"], case
    schema = promised["content"][response.content_type].get("schema")
    if schema is not None:
        whole = {**schema, "components": description()["components"]}
        errors = list(OAS31Validator(whole).iter_errors(response.json))
        assert errors == [], case


@pytest.fixture
def signed_in(server: Flask, settings: Settings) -> Callable[..., Headers]:
    """Return a maker of request headers: ``signed_in(Role.GUEST)`` adds a person and signs in.

    With ``project`` they are a member of the project of that code.
    """
    keys = tokens.load_keys(secret_files.read(settings.secrets_dir, secret_files.TOKEN_SIGNING_KEY))

    def make(*roles: Role, project: ProjectView | None = None) -> Headers:
        with writing() as session:
            user = make_user(session, *roles)
            if project is not None:
                samples_service.add_member(
                    session, EVERYBODY, project_id=project.id, user_id=user.id
                )
            pair = auth_service.issue_tokens(
                session, email=user.email, password=PASSWORD, address="127.0.0.1", keys=keys
            )
        assert isinstance(pair, TokenPair)
        return {"Authorization": f"Bearer {pair.access_token}"}

    return make

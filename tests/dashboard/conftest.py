"""The server as people meet it: real sign-in, real gate, a database of the test's own."""

import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from backend.auth.ids import Role
from backend.core import secret_files, transaction
from backend.core.config import Environment, Settings
from backend.core.transaction import writing
from dashboard.app import create_app
from dashboard.session import CSRF_COOKIE, CSRF_HEADER
from tests.factories.people import PASSWORD, make_user
from tests.support.servers import Servers


@pytest.fixture(scope="session")
def server() -> Iterator[Flask]:
    """Return one server for all tests; which database it asks is each test's own."""
    with tempfile.TemporaryDirectory(prefix="tracseq-dashboard-") as folder:
        home = Path(folder)
        secret_files.ensure(home / "secrets")
        yield create_app(Settings(home=home, env=Environment.TEST))


@pytest.fixture(scope="session")
def shared_engine(servers: Servers, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Yield an engine on one database for all tests here; each makes people of its own."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    name = f"tracseq_{worker}_dashboard"
    servers.drop(name)
    engine = transaction.make_engine(servers.clone_template(name))
    yield engine
    engine.dispose()
    servers.drop(name)


@pytest.fixture(scope="module")
def engine_apart(servers: Servers, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Yield an engine on a database of one module: what others keep is offered in the shared one.

    Such a module returns it from a ``shared_engine`` of its own.
    """
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    name = f"tracseq_{worker}_{request.module.__name__.rpartition('.')[2]}"
    engine = transaction.make_engine(servers.clone_template(name))
    yield engine
    engine.dispose()
    servers.drop(name)


@pytest.fixture
def bound_database(shared_engine: Engine) -> Iterator[Engine]:
    """Bind ``reading()`` and ``writing()`` to the shared database for one test."""
    before = (transaction._Edge.engine, transaction._Edge.factory)
    transaction.bind(shared_engine)
    yield shared_engine
    transaction._Edge.engine, transaction._Edge.factory = before


@pytest.fixture
def anonymous(server: Flask, bound_database: Engine) -> FlaskClient:
    """Return a browser that nobody has signed in with."""
    server.extensions.pop("tracseq_laboratory", None)
    return server.test_client()


@pytest.fixture
def signed_in(server: Flask, bound_database: Engine) -> Callable[..., FlaskClient]:
    """Return a maker of signed-in browsers: ``signed_in(Role.GUEST)``."""
    server.extensions.pop("tracseq_laboratory", None)

    def sign_in(*roles: Role, name: str = "Mara Lindqvist") -> FlaskClient:
        with writing() as session:
            user = make_user(session, *roles, name=name)
        client = server.test_client()
        answer = submit_sign_in(client, user.email, PASSWORD)
        assert answer.status_code == 303
        return client

    return sign_in


def submit_sign_in(client: FlaskClient, email: str, password: str, *, next_page: str = "") -> Any:
    """Open the sign-in form and send it as a browser would."""
    page = client.get("/login", query_string={"next": next_page}).get_data(as_text=True)
    proof = page.split('name="form_proof" value="', 1)[1].split('"', 1)[0]
    return client.post(
        "/login",
        query_string={"next": next_page} if next_page else {},
        data={"email": email, "password": password, "form_proof": proof},
    )


def csrf_headers(client: FlaskClient) -> dict[str, str]:
    """Return the header that the renderer copies from the cookie."""
    cookie = client.get_cookie(CSRF_COOKIE)
    assert cookie is not None
    return {CSRF_HEADER: cookie.value}


def page_request(path: str) -> dict[str, Any]:
    """Return the body with which the renderer asks for a page."""
    return callback_request(
        "page.children",
        inputs=[("url", "pathname", path), ("url", "search", "")],
        state=[("page-meta", "data", None)],
    )


def callback_request(
    containing: str,
    *,
    inputs: list[tuple[Any, str, Any]],
    state: list[tuple[Any, str, Any]] | None = None,
) -> dict[str, Any]:
    """Return a callback request for the declared callback whose id contains ``containing``.

    As the renderer sends it: a single output stands by itself, several are a list.
    """
    from dashboard.callbacks import declared_permissions  # noqa: PLC0415 filled by create_app

    name = next(name for name in declared_permissions() if containing in name)
    outputs = [_output(one) for one in name.strip(".").split("...")]
    return {
        "output": name,
        "outputs": outputs if name.startswith("..") else outputs[0],
        "inputs": [{"id": i, "property": p, "value": v} for i, p, v in inputs],
        "state": [{"id": i, "property": p, "value": v} for i, p, v in state or []],
        "changedPropIds": [f"{i}.{p}" for i, p, _ in inputs[:1]],
    }


def _output(told: str) -> dict[str, Any]:
    """Return an output as the renderer sends it: a pattern id is an object."""
    key, name = told.rsplit(".", 1)
    return {"id": json.loads(key) if key.startswith("{") else key, "property": name}

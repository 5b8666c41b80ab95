"""Liveness and readiness, without a session."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from backend.api import health_routes
from backend.core import transaction
from backend.core.config import Settings


@pytest.fixture
def client(committed_database: Engine, settings: Settings) -> FlaskClient:
    server = Flask("test")
    server.register_blueprint(health_routes.blueprint(settings))
    return server.test_client()


@pytest.fixture
def _no_database(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = (transaction._Edge.engine, transaction._Edge.factory)
    engine = transaction.make_engine("postgresql://nobody@127.0.0.1:1/nothing")
    transaction.bind(engine)
    yield
    transaction._Edge.engine, transaction._Edge.factory = before
    engine.dispose()


def test_a_migrated_database_that_answers_makes_the_program_ready(client: FlaskClient) -> None:
    response = client.get("/health/ready")

    assert response.status_code == 200
    assert response.content_type == "application/health+json"
    assert response.json == {"status": "pass"}


def test_another_schema_than_the_codes_is_not_ready(
    client: FlaskClient, committed_database: Engine
) -> None:
    with committed_database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))

    response = client.get("/health/ready")

    assert response.status_code == 503
    assert response.json is not None
    assert "newest migration" in response.json["output"]


@pytest.mark.usefixtures("_no_database")
def test_a_database_that_does_not_answer_is_not_ready_but_the_process_lives(
    settings: Settings,
) -> None:
    server = Flask("test")
    server.register_blueprint(health_routes.blueprint(settings))
    client = server.test_client()

    ready, live = client.get("/health/ready"), client.get("/health/live")

    assert ready.status_code == 503
    assert ready.json == {"status": "fail", "output": "The database does not answer."}
    assert live.status_code == 200


def test_asking_often_asks_the_database_once_in_two_seconds(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    real = health_routes._ask

    def counted() -> health_routes.Readiness:
        asked.append(1)
        return real()

    monkeypatch.setattr(health_routes, "_ask", counted)
    for _ in range(20):
        client.get("/health/ready")

    assert len(asked) == 1

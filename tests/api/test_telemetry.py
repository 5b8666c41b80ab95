"""Readings over the API: a logger's token opens this one operation, within its limits."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from backend.api.app import all_routes
from backend.auth.ids import Role
from backend.core import clock
from backend.core.principal import Permission, machinery
from backend.core.transaction import reading, writing
from backend.telemetry import device_tokens
from backend.telemetry.device_models import DeviceToken
from backend.telemetry.models import Reading
from tests.api.conftest import Headers
from tests.api.test_api import assert_problem
from tests.factories.telemetry import make_sensor

PATH = "/api/v1/telemetry/readings"
SETS_UP = machinery("set-up", Permission.STORAGE_CONFIGURE, request_id="test")


@pytest.fixture
def logger(client: FlaskClient) -> tuple[str, Headers]:
    """Return a sensor's code and the headers of the logger that records for it."""
    with writing() as session:
        code = make_sensor(session).code
        token = device_tokens.make_device_token(
            session, SETS_UP, name="North logger", sensor_codes=[code]
        )
    return code, {"Authorization": f"Bearer {token}"}


def batch(code: str, *values: float | None) -> dict[str, Any]:
    now = clock.utc_now().replace(microsecond=0)
    return {
        "readings": [
            {"sensor": code, "at": now.replace(second=index).isoformat(), "value": value}
            for index, value in enumerate(values)
        ]
    }


def kept() -> int:
    with reading() as session:
        return session.scalars(select(func.count()).select_from(Reading)).one()


def test_a_logger_records_and_repeats_itself_without_harm(
    client: FlaskClient, logger: tuple[str, Headers]
) -> None:
    code, headers = logger
    sent = batch(code, -80.0, 0.0, None, -127.0)

    first = client.post(PATH, json=sent, headers=headers)
    second = client.post(PATH, json=sent, headers=headers)

    assert first.status_code == 200
    assert first.json["counts"]["accepted"] == 2
    assert first.json["not_kept"] == [
        {"index": 2, "outcome": "no_measurement"},
        {"index": 3, "outcome": "no_measurement"},
    ]
    assert second.json["counts"]["repeated"] == 2
    assert kept() == 2
    with reading() as session:
        assert session.scalars(select(DeviceToken.last_used_at)).one() is not None


def test_a_logger_records_for_nobody_else(client: FlaskClient, logger: tuple[str, Headers]) -> None:
    _, headers = logger
    with writing() as session:
        foreign = make_sensor(session).code

    answer = client.post(PATH, json=batch(foreign, -80.0), headers=headers)

    assert answer.json["not_kept"] == [{"index": 0, "outcome": "unknown_sensor"}]
    assert kept() == 0


def test_a_loggers_token_opens_no_other_operation(
    client: FlaskClient, logger: tuple[str, Headers]
) -> None:
    _, headers = logger
    opened = []

    for route in all_routes():
        path = route.path.replace("{", "").replace("}", "")
        answer = client.open(path, method=route.method, headers=headers)
        if answer.status_code != 401:
            opened.append(f"{route.method} {route.path}")

    assert opened == [
        "POST /api/v1/auth/tokens",
        "POST /api/v1/auth/tokens/refresh",
        "POST /api/v1/auth/tokens/revoke",
        f"POST {PATH}",
    ]


def test_a_token_that_was_taken_back_or_never_was_is_refused(
    client: FlaskClient, logger: tuple[str, Headers]
) -> None:
    code, headers = logger
    invented = {"Authorization": "Bearer tracseqd_made-up"}
    with writing() as session:
        device_tokens.revoke_device_token(session, SETS_UP, name="North logger", reason="Lost")

    assert_problem(
        client.post(PATH, json=batch(code, -80.0), headers=headers), 401, "token_refused"
    )
    assert_problem(
        client.post(PATH, json=batch(code, -80.0), headers=invented), 401, "token_refused"
    )
    assert_problem(client.post(PATH, json=batch(code, -80.0)), 401, "token_refused")
    assert kept() == 0


def test_an_administrator_records_for_every_sensor_and_a_technician_for_none(
    client: FlaskClient, logger: tuple[str, Headers], signed_in: Callable[..., Headers]
) -> None:
    code, _ = logger

    done = client.post(PATH, json=batch(code, -80.0), headers=signed_in(Role.ADMINISTRATOR))
    refused = client.post(PATH, json=batch(code, -79.0), headers=signed_in(Role.TECHNICIAN))

    assert done.json["counts"]["accepted"] == 1
    assert_problem(refused, 403, "permission_denied")


@pytest.mark.parametrize(
    ("fault", "field"),
    [
        ({"at": "2026-11-23T12:00:00"}, "readings.1.at"),
        ({"value": "cold"}, "readings.1.value"),
        ({"unit": "K"}, "readings.1.unit"),
        ({"sensor": ""}, "readings.1.sensor"),
    ],
)
def test_a_request_that_cannot_be_read_keeps_nothing_and_names_the_reading(
    client: FlaskClient, logger: tuple[str, Headers], fault: dict[str, Any], field: str
) -> None:
    code, headers = logger
    sent = batch(code, -80.0, -80.0)
    sent["readings"][1] |= fault

    answer = client.post(PATH, json=sent, headers=headers)

    assert list(assert_problem(answer, 422, "invalid_input")["fields"]) == [field]
    assert kept() == 0


def test_too_many_readings_and_too_many_requests_are_refused(
    client: FlaskClient, logger: tuple[str, Headers], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, headers = logger
    many = {"readings": batch(code, -80.0)["readings"] * 5_001}

    large = client.post(PATH, json=many, headers=headers)
    monkeypatch.setattr(device_tokens, "REQUESTS_A_MINUTE", 0)
    often = client.post(PATH, json=batch(code, -80.0), headers=headers)

    assert_problem(large, 422, "invalid_input")
    assert_problem(often, 429, "limit_reached")
    assert 1 <= int(often.headers["Retry-After"]) <= 60
    assert kept() == 0

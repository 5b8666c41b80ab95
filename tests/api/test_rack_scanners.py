"""Rack scanners over the API: set up, changed, tried out."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete

from backend.auth.ids import Role
from backend.core.transaction import writing
from backend.storage.scanner_models import RackScannerRow
from tests.api.conftest import Headers

_PATH = "/api/v1/storage/rack-scanners"
_BENCH_7 = {"name": "Bench 7", "host": "scanner-7.lab", "port": 8000, "dialect": "visionmate"}


@pytest.fixture
def administrator(signed_in: Callable[..., Headers]) -> Iterator[Headers]:
    yield signed_in(Role.ADMINISTRATOR)
    with writing() as session:
        session.execute(delete(RackScannerRow))


def _post(client: FlaskClient, who: Headers, path: str = _PATH, **body: Any) -> Any:
    return client.post(path, headers=who, json=body or None)


def test_a_scanner_is_set_up_changed_and_listed(
    client: FlaskClient, administrator: Headers
) -> None:
    added = _post(client, administrator, **_BENCH_7)
    path = f"{_PATH}/{added.json['id']}"
    changed = _post(client, administrator, path, **_BENCH_7 | {"port": 8001, "is_active": False})
    listed = client.get(_PATH, headers=administrator).json["items"]

    assert (added.status_code, added.json["terminator"]) == (201, "\x03")
    assert changed.status_code == 200
    assert [(each["name"], each["port"], each["is_active"]) for each in listed] == [
        ("Bench 7", 8001, False)
    ]


def test_a_name_is_given_once_and_the_server_itself_is_no_scanner(
    client: FlaskClient, administrator: Headers
) -> None:
    _post(client, administrator, **_BENCH_7)

    twice = _post(client, administrator, **_BENCH_7 | {"name": "BENCH 7"})
    here = _post(client, administrator, **_BENCH_7 | {"name": "Bench 8", "host": "localhost"})
    gone = _post(client, administrator, f"{_PATH}/{'0' * 32}", **_BENCH_7)

    assert (twice.status_code, "already" in twice.json["message"]) == (409, True)
    assert here.status_code == 422
    assert "cannot stand on the server itself" in here.get_data(as_text=True)
    assert gone.status_code == 404


def test_one_is_tried_out_by_its_name_and_an_unknown_one_names_those_there_are(
    client: FlaskClient, administrator: Headers
) -> None:
    _post(client, administrator, **_BENCH_7 | {"host": "no-such-host.invalid"})

    away = _post(client, administrator, f"{_PATH}/bench 7/test")
    unknown = _post(client, administrator, f"{_PATH}/Bench 9/test")

    assert (away.status_code, "Bench 7" in away.json["message"]) == (503, True)
    assert (unknown.status_code, "There are: Bench 7." in unknown.json["message"]) == (404, True)

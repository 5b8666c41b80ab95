"""The Rack scanners page: what is typed becomes a row, and “Test” says what a scanner answers."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete

from backend.auth.ids import Role
from backend.core.devices import RackScanner, ScannerDialect
from backend.core.transaction import reading, writing
from backend.storage import rack_scanners
from backend.storage.scanner_models import RackScannerRow
from backend.storage.scanner_views import ScannerView
from dashboard import gate
from dashboard.pages.rack_scanners import ids
from tests.dashboard.conftest import callback_request, csrf_headers, page_request
from tests.factories.samples import EVERYBODY
from tests.support.rack_scanner import VisionMate, toy_scanner

_FIELDS = (
    ids.NAME,
    ids.HOST,
    ids.PORT,
    ids.DIALECT,
    ids.TRIGGER,
    ids.TERMINATOR,
    ids.DELIMITER,
    ids.ORDER,
    ids.WAIT,
)
_PLAIN = ("Bench 7", "10.0.3.9", "8001", "plain", r"SCAN\r\n", r"\r\nOK\r\n", ",", "rows", "20")


@pytest.fixture
def administrator(signed_in: Callable[..., FlaskClient]) -> Iterator[FlaskClient]:
    yield signed_in(Role.ADMINISTRATOR)
    with writing() as session:
        session.execute(delete(RackScannerRow))  # other pages offer what is set up


def told(browser: FlaskClient, body: dict[str, Any]) -> str:
    answer = browser.post(gate.CALLBACKS, json=body, headers=csrf_headers(browser))
    assert answer.status_code == 200, answer.text
    return answer.get_data(as_text=True)


def save(browser: FlaskClient, *typed: str) -> str:
    body = callback_request(
        ids.PROBLEMS,
        inputs=[(ids.SAVE, "n_clicks", 1)],
        state=[
            (ids.EDITED, "data", None),
            *((field, "value", value) for field, value in zip(_FIELDS, typed, strict=True)),
            (ids.ACTIVE, "value", ["on"]),
        ],
    )
    return told(browser, body)


def kept() -> list[ScannerView]:
    with reading() as session:
        return rack_scanners.list_scanners(session, EVERYBODY, ())


def test_what_is_typed_becomes_a_scanner_with_its_line_ends(administrator: FlaskClient) -> None:
    drawn = save(administrator, *_PLAIN)

    assert "Bench 7" in drawn
    (view,) = kept()
    made = view.scanner
    assert (made.port, made.trigger, made.terminator) == (8001, "SCAN\r\n", "\r\nOK\r\n")
    assert (made.by_columns, made.wait_s, view.is_active) == (False, 20.0, True)


def test_a_refusal_stands_at_its_field_and_nothing_is_kept(administrator: FlaskClient) -> None:
    drawn = save(administrator, "Bench 8", "localhost", *_PLAIN[2:])

    assert "cannot stand on the server itself" in drawn
    assert kept() == []


def test_those_of_the_variable_are_shown_as_such_and_really_asked(
    server: Flask, administrator: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with toy_scanner(VisionMate("No Tube," * 6)) as toy:
        fixed = RackScanner(
            name="Bench 2", host="127.0.0.1", port=toy.port, dialect=ScannerDialect.VISIONMATE
        )
        monkeypatch.setitem(server.config, "RACK_SCANNERS", (fixed,))
        page = told(administrator, page_request("/storage/rack-scanners"))
        said = told(administrator, _press_test("Bench 2"))

    assert "Variable TRACSEQ_RACK_SCANNERS" in page
    assert "It is set to racks of 2 × 3." in str(json.loads(said))


def test_a_scanner_that_is_gone_is_told_at_its_row(administrator: FlaskClient) -> None:
    assert "no such rack scanner" in told(
        administrator, _press_test("00000000-0000-7000-8000-000000000001")
    )


def _press_test(key: str) -> dict[str, Any]:
    pressed, said = ids.act("test", key), ids.said(key)
    body = callback_request("rack-scanner-said", inputs=[(pressed, "n_clicks", 1)])
    name = json.dumps(pressed, sort_keys=True, separators=(",", ":"))
    return body | {
        "outputs": {"id": said, "property": "children"},
        "changedPropIds": [f"{name}.n_clicks"],
    }


def test_the_form_is_filled_with_the_scanner_that_is_changed(administrator: FlaskClient) -> None:
    save(administrator, *_PLAIN)
    (view,) = kept()

    body = page_request("/storage/rack-scanners")
    body["inputs"][1]["value"] = f"?scanner={view.scanner_id}"
    drawn = told(administrator, body)

    assert "Change Bench 7" in drawn
    assert json.dumps(r"SCAN\r\n") in drawn

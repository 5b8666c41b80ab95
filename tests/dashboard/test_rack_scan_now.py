"""“Scan now” on the Rack scans page: the scanner is asked, its scan is kept and opened."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from backend.auth.ids import Role
from backend.core.devices import RackScanner, ScannerDialect
from backend.core.transaction import reading, writing
from backend.storage.scan_models import RackScan
from dashboard import gate
from tests.dashboard.conftest import callback_request, csrf_headers, page_request
from tests.factories.samples import make_project
from tests.factories.storage import Freezer, make_freezer, make_tube, stand
from tests.support.label_printer import closed_port
from tests.support.rack_scanner import VisionMate, toy_scanner

_CHOICE = '"value":"Bench 2"'


@pytest.fixture
def technician(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in(Role.TECHNICIAN)


@pytest.fixture
def freezer(technician: FlaskClient) -> Freezer:
    del technician  # its fixture has made the database
    with writing() as session:
        made = make_freezer(session, rows=2, columns=3)
        stand(session, make_tube(session, make_project(session)), made.box_id, 1, 1)
    return made


def set_up(server: Flask, monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    scanner = RackScanner(
        name="Bench 2", host="127.0.0.1", port=port, dialect=ScannerDialect.VISIONMATE
    )
    monkeypatch.setitem(server.config, "RACK_SCANNERS", (scanner,))


def press(browser: FlaskClient, box: str) -> dict[str, Any]:
    body = callback_request(
        "rack-scan-scanner-problems",
        inputs=[("rack-scan-now", "n_clicks", 1)],
        state=[("rack-scan-scanner", "value", "Bench 2"), ("rack-scan-box", "value", box)],
    )
    answer = browser.post(gate.CALLBACKS, json=body, headers=csrf_headers(browser))
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.get_json()
    return told


def test_a_scan_is_kept_and_its_review_opens(
    server: Flask,
    technician: FlaskClient,
    freezer: Freezer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with toy_scanner(VisionMate("No Tube," * 6)) as toy:
        set_up(server, monkeypatch, toy.port)
        told = press(technician, f"{freezer.label}/1/A/B-1")

    with reading() as session:
        key = session.scalars(select(RackScan.id).where(RackScan.box_id == freezer.box_id)).one()
    assert told["sideUpdate"]["url"] == {
        "pathname": "/storage/rack-scans",
        "search": f"?scan={key}",
    }


def test_a_scanner_that_is_off_is_told_beside_its_button(
    server: Flask,
    technician: FlaskClient,
    freezer: Freezer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_up(server, monkeypatch, closed_port())

    told = press(technician, f"{freezer.label}/1/A/B-1")

    assert "Bench 2 cannot be reached at 127.0.0.1" in json.dumps(told)
    with reading() as session:
        kept = session.scalars(select(RackScan.id).where(RackScan.box_id == freezer.box_id)).all()
    assert kept == []


def test_the_choice_is_shown_where_a_scanner_is_set_up_only(
    server: Flask, technician: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def drawn() -> str:
        answer = technician.post(
            gate.CALLBACKS,
            json=page_request("/storage/rack-scans"),
            headers=csrf_headers(technician),
        )
        return answer.get_data(as_text=True)

    without = drawn()
    set_up(server, monkeypatch, 8000)
    with_one = drawn()

    assert (_CHOICE in without, _CHOICE in with_one) == (False, True)
    assert without.count('"hidden":true') - with_one.count('"hidden":true') == 1

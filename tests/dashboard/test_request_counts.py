"""The server counts what it answers, by kind; what says nothing about people is left out."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.gateway.counting import EXTENSION, RequestTally
from backend.gateway.ids import RouteClass
from dashboard import errors, request_counts
from tests.dashboard.conftest import csrf_headers, page_request


@pytest.fixture
def tally(server: Flask) -> RequestTally:
    found: RequestTally = server.extensions[EXTENSION]
    found.take()
    return found


def counts(tally: RequestTally) -> dict[RouteClass, tuple[int, int]]:
    found: dict[RouteClass, tuple[int, int]] = {}
    for row in tally.take():
        if row.requests:
            before = found.get(row.route_class, (0, 0))
            found[row.route_class] = (before[0] + row.requests, before[1] + row.errors)
    return found


def test_pages_callbacks_and_the_api_are_counted_apart(
    signed_in: Callable[..., FlaskClient], tally: RequestTally
) -> None:
    client = signed_in(Role.ADMINISTRATOR)
    tally.take()

    client.get("/samples")
    client.post(
        "/_dash-update-component", json=page_request("/health"), headers=csrf_headers(client)
    )
    client.get("/live/versions")
    client.get("/api/v1/samples")
    client.get("/api/v1/no-such-thing")

    assert counts(tally) == {
        RouteClass.PAGES: (1, 0),
        RouteClass.CALLBACKS: (2, 0),
        RouteClass.API: (2, 0),
    }


def test_probes_and_static_files_are_not_counted(
    anonymous: FlaskClient, tally: RequestTally
) -> None:
    for path in ("/health/live", "/health/ready", "/assets/favicon.svg"):
        anonymous.get(path).close()

    assert counts(tally) == {}


def test_a_callback_that_fails_by_a_defect_is_an_error(
    server: Flask, monkeypatch: pytest.MonkeyPatch, tally: RequestTally
) -> None:
    monkeypatch.setattr(errors, "toast", lambda *_arguments, **_options: None)
    monkeypatch.setattr(errors, "request_id", lambda: "ref")

    with server.test_request_context("/_dash-update-component", method="POST"):
        server.preprocess_request()
        errors.report(RuntimeError("a defect"))
        server.process_response(server.make_response(("", 200)))

    assert counts(tally) == {RouteClass.CALLBACKS: (1, 1)}


@pytest.mark.parametrize(
    ("endpoint", "path", "expected"),
    [
        ("/<path:path>", "/samples", RouteClass.PAGES),
        ("samples.file", "/samples/files/1", RouteClass.PAGES),
        ("bundle.script", "/assets/x.js", None),
        ("health.ready", "/health/ready", None),
        (None, "/api/v2", RouteClass.API),
        (None, "/nothing", RouteClass.PAGES),
    ],
)
def test_every_request_has_its_kind(
    endpoint: str | None, path: str, expected: RouteClass | None
) -> None:
    assert request_counts.class_of(endpoint, path) is expected

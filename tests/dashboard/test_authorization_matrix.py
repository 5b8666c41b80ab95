"""Who may do what, at every door.

``MAY`` is written by hand on purpose (rights.py). The doors themselves come from the program's own
tables, so a new one is tested from the day it is there.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from backend.api.app import all_routes
from backend.api.routing import Access as ApiAccess
from backend.auth.ids import Role
from backend.auth.rules import PERMISSIONS_OF
from backend.core.ids import new_id
from backend.core.principal import Permission
from backend.core.transaction import writing
from dashboard import gate
from dashboard.callbacks import declared_permissions
from dashboard.routes import ROUTES
from dashboard.session import CSRF_COOKIE, SESSION_COOKIE
from tests.dashboard.api_rights import API
from tests.dashboard.conftest import csrf_headers, page_request
from tests.dashboard.rights import MAY, PAGES
from tests.factories.people import PASSWORD, make_user

REFUSED_TITLE = "Not included in your role"


@pytest.fixture(scope="module")
def people() -> dict[Role, FlaskClient]:
    return {}


@pytest.fixture
def as_role(
    signed_in: Callable[..., FlaskClient], people: dict[Role, FlaskClient]
) -> Callable[[Role], FlaskClient]:
    """Return the browser of a person with one role, signed in once for this file."""

    def browser(role: Role) -> FlaskClient:
        if role not in people:
            people[role] = signed_in(role)
        return people[role]

    return browser


def test_the_roles_hold_exactly_what_is_written_here() -> None:
    held = {
        permission.value: frozenset(role for role in Role if permission in PERMISSIONS_OF[role])
        for permission in Permission
    }

    assert held == dict(MAY)


def test_the_pages_ask_exactly_what_is_written_here() -> None:
    assert {route.path: route.permission.value for route in ROUTES} == dict(PAGES)


def test_the_api_asks_exactly_what_is_written_here() -> None:
    asked = {
        f"{route.method} {route.path}": "public"
        if isinstance(route.access, ApiAccess)
        else route.access.value
        for route in all_routes()
    }

    assert asked == dict(API)


def test_the_other_addresses_ask_for_a_permission_that_exists(server: Flask) -> None:
    files = {
        rule.endpoint: gate.rule_of(rule.endpoint)
        for rule in server.url_map.iter_rules()
        if isinstance(gate.rule_of(rule.endpoint), Permission)
    }

    assert {endpoint: str(rule) for endpoint, rule in files.items()} == FILES


FILES = {
    "reports.file": "reports.view",
    "samples.file": "samples.view",
    "labels.file": "labels.print",
    "attachments.file": "documents.view",
    "templates.file": "samples.view",
    "shipments.file": "samples.view",
    "picks.file": "storage.place",
    "pools.file": "sequencing.view",
    "libraries.file": "sequencing.view",
    "run_sheets.file": "sequencing.view",
    "audits.file": "storage.place",
    "places.file": "storage.view",
    "documents.file": "documents.view",
    "audit.file": "audit.view",
    "imports.file": "samples.register",
    "imports.problems": "samples.register",
}


@pytest.mark.parametrize("role", Role)
def test_each_page_opens_for_the_roles_that_may_and_no_other(
    as_role: Callable[[Role], FlaskClient], role: Role
) -> None:
    browser = as_role(role)
    found, expected = {}, {}
    for path, permission in PAGES.items():
        address = re.sub(r"<[^>]+>", "no-such-thing", path)
        answer = browser.post(
            gate.CALLBACKS, json=page_request(address), headers=csrf_headers(browser)
        )
        assert answer.status_code == 200, answer.text
        title = answer.get_json()["response"]["page-title"]["children"]
        found[path] = title != REFUSED_TITLE
        expected[path] = role in MAY[permission]

    assert found == expected


@pytest.mark.parametrize("role", Role)
def test_each_callback_opens_for_the_roles_that_may_and_no_other(
    server: Flask, as_role: Callable[[Role], FlaskClient], role: Role
) -> None:
    browser = as_role(role)
    cookies = "; ".join(
        f"{name}={cookie_of(browser, name)}" for name in (SESSION_COOKIE, CSRF_COOKIE)
    )
    declared = declared_permissions()
    found, expected = {}, {}
    for name, permission in declared.items():
        # The gate alone is asked, so that nothing behind it is done.
        with server.test_request_context(
            gate.CALLBACKS,
            method="POST",
            json=well_formed(name),
            headers={**csrf_headers(browser), "Cookie": cookies},
        ):
            refused = server.preprocess_request()
        status = 200 if refused is None else refused.status_code
        assert status in {200, 403}, f"{name}: {status}"
        found[name] = status == 200
        expected[name] = role in MAY[permission.value]

    assert len(found) >= 30
    assert found == expected


def cookie_of(browser: FlaskClient, name: str) -> str:
    cookie = browser.get_cookie(name)
    assert cookie is not None
    return cookie.value


def well_formed(name: str) -> dict[str, Any]:
    """Return a request for a callback as the renderer would send it, with nothing in it."""
    from dash import get_app  # noqa: PLC0415 -- made by create_app

    spec = get_app().callback_map[name]
    declared = spec["output"]
    several = isinstance(declared, list | tuple)
    outputs = [_empty(each.to_dict()) for each in (declared if several else [declared])]
    return {
        "output": name,
        "outputs": outputs if several else outputs[0],
        "inputs": [_empty(each) for each in spec["inputs"]],
        "state": [_empty(each) for each in spec["state"]],
        "changedPropIds": [],
    }


def _empty(dependency: Mapping[str, Any]) -> Any:
    identity = dependency["id"]
    if isinstance(identity, str) and identity.startswith("{"):
        return []  # a pattern that nothing on the page matches
    return {"id": identity, "property": dependency["property"], "value": None}


@pytest.mark.parametrize("role", [*Role, None], ids=str)
def test_each_route_of_the_api_opens_for_the_roles_that_may_and_no_other(
    server: Flask, bound_database: Engine, role: Role | None
) -> None:
    client = server.test_client()
    headers = {} if role is None else bearer(client, role)
    found, expected = {}, {}
    for route in all_routes():
        address = re.sub(r"{\w+}", str(new_id()), route.path)
        answer = client.open(address, method=route.method, headers=headers)
        case = f"{route.method} {route.path}"
        found[case] = {401: "sign in", 403: "refused"}.get(answer.status_code, "open")
        asked = API[case]
        if asked == "public":
            expected[case] = "open"
        elif role is None:
            expected[case] = "sign in"
        else:
            expected[case] = "open" if role in MAY[asked] else "refused"

    assert found == expected


def bearer(client: FlaskClient, role: Role) -> dict[str, str]:
    with writing() as session:
        user = make_user(session, role)
    sent = {"email": user.email, "password": PASSWORD}
    pair = client.post("/api/v1/auth/tokens", json=sent).get_json()
    return {"Authorization": f"Bearer {pair['access_token']}"}


@pytest.mark.parametrize("role", Role)
def test_a_file_of_a_report_opens_for_the_roles_that_may_and_no_other(
    as_role: Callable[[Role], FlaskClient], role: Role
) -> None:
    answer = as_role(role).get(f"/files/reports/{new_id()}")

    assert answer.status_code == (404 if role in MAY["reports.view"] else 403)


@pytest.mark.parametrize("role", Role)
def test_an_attachment_opens_for_the_roles_that_may_and_no_other(
    as_role: Callable[[Role], FlaskClient], role: Role
) -> None:
    answer = as_role(role).get(f"/files/attachments/{new_id()}")

    assert answer.status_code == (404 if role in MAY["documents.view"] else 403)


@pytest.mark.parametrize("role", Role)
def test_a_file_of_the_audit_trail_opens_for_the_roles_that_may_and_no_other(
    as_role: Callable[[Role], FlaskClient], role: Role
) -> None:
    answer = as_role(role).get(f"/files/audit/{new_id()}")

    assert answer.status_code == (404 if role in MAY["audit.view"] else 403)

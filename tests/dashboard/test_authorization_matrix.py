"""Who may do what, at every door.

``MAY`` is written by hand on purpose: whoever changes a role, a page, a callback or a route of the
API must also change what stands here, and somebody reads that. The doors themselves come from the
program's own tables, so a new one is tested from the day it is there.
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
from tests.dashboard.conftest import csrf_headers, page_request
from tests.factories.people import PASSWORD, make_user

GUEST, ANALYST, SCIENTIST, TECHNICIAN, INVESTIGATOR, ADMINISTRATOR = Role
EVERYONE = frozenset(Role)
READERS = EVERYONE - {GUEST}

# fmt: off
MAY: Mapping[str, frozenset[Role]] = {
    "account.self": EVERYONE,
    "overview.view": EVERYONE,
    "notifications.view": EVERYONE,
    "samples.view": EVERYONE,
    "samples.view_all_projects": frozenset({ANALYST, TECHNICIAN, ADMINISTRATOR}),
    "samples.register": frozenset({SCIENTIST, TECHNICIAN}),
    "samples.edit": frozenset({SCIENTIST, TECHNICIAN}),
    "samples.transition": frozenset({SCIENTIST, TECHNICIAN}),
    "samples.hold": frozenset({TECHNICIAN, INVESTIGATOR}),
    "labels.print": frozenset({SCIENTIST, TECHNICIAN, ADMINISTRATOR}),
    "labels.configure": frozenset({TECHNICIAN, ADMINISTRATOR}),
    "samples.override_qc": frozenset({INVESTIGATOR}),
    "samples.configure": frozenset({INVESTIGATOR, ADMINISTRATOR}),
    "templates.manage": frozenset({TECHNICIAN, INVESTIGATOR, ADMINISTRATOR}),
    "projects.manage": frozenset({INVESTIGATOR, ADMINISTRATOR}),
    "storage.view": READERS,
    "storage.place": frozenset({TECHNICIAN}),
    "storage.plan": frozenset({TECHNICIAN}),
    "storage.configure": frozenset({ADMINISTRATOR}),
    "custody.handle": frozenset({SCIENTIST, TECHNICIAN, INVESTIGATOR}),
    "shipments.manage": frozenset({TECHNICIAN, INVESTIGATOR}),
    "sequencing.view": READERS,
    "sequencing.request": frozenset({SCIENTIST, INVESTIGATOR}),
    "sequencing.plan": frozenset({TECHNICIAN}),
    "predictions.view": READERS,
    "predictions.review": frozenset({INVESTIGATOR}),
    "documents.view": READERS,
    "reports.view": READERS,
    "reports.run": READERS,
    "health.view": READERS,
    "health.operate": frozenset({ADMINISTRATOR}),
    "work.view": READERS,
    "events.replay": frozenset({ADMINISTRATOR}),
    "audit.view": frozenset({ADMINISTRATOR}),
    "users.manage": frozenset({ADMINISTRATOR}),
}

PAGES: Mapping[str, str] = {
    "/": "overview.view",
    "/samples": "samples.view",
    "/samples/<path:barcode>": "samples.view",
    "/custody": "samples.view",
    "/custody/shipments/<code>": "samples.view",
    "/custody/incoming/<parcel>": "samples.view",
    "/register": "samples.register",
    "/register/import": "samples.register",
    "/register/single": "samples.register",
    "/register/templates": "samples.view",
    "/register/templates/<key>": "samples.view",
    "/register/templates/<key>/form": "samples.register",
    "/register/labels": "labels.print",
    "/storage": "storage.view",
    "/storage/<path:path>": "storage.view",
    "/sequencing": "sequencing.view",
    "/predictions": "predictions.view",
    "/documents": "documents.view",
    "/documents/workbooks": "documents.view",
    "/documents/workbooks/<workbook_id>": "documents.view",
    "/reports": "reports.view",
    "/health": "health.view",
    "/notifications": "notifications.view",
    "/admin": "users.manage",
}
# fmt: on

API: Mapping[str, str] = {
    "POST /api/v1/auth/tokens": "public",
    "POST /api/v1/auth/tokens/refresh": "public",
    "POST /api/v1/auth/tokens/revoke": "public",
    "GET /api/v1/me": "account.self",
    "GET /openapi.json": "account.self",
    "GET /api/v1/jobs": "account.self",
    "GET /api/v1/jobs/{job_id}": "account.self",
    "POST /api/v1/jobs/{job_id}/cancel": "account.self",
    "POST /api/v1/sagas/register-and-place": "samples.register",
    "GET /api/v1/sagas/{saga_id}": "account.self",
    "GET /api/v1/samples": "samples.view",
    "POST /api/v1/samples": "samples.register",
    "GET /api/v1/samples/{barcode}": "samples.view",
    "GET /api/v1/samples/{barcode}/as-of": "samples.view",
    "GET /api/v1/samples/{barcode}/preanalytical": "samples.view",
    "GET /api/v1/samples/{barcode}/attachments": "samples.view",
    "POST /api/v1/samples/{barcode}/attachments": "samples.edit",
    "GET /api/v1/attachments/{attachment_id}/file": "documents.view",
    "POST /api/v1/attachments/{attachment_id}/removal": "samples.edit",
    # The gate asks to see the sample; the step that is asked for, its own right (samples.rules).
    "POST /api/v1/samples/{barcode}/steps": "samples.view",
    "GET /api/v1/samples/{barcode}/volumes": "samples.view",
    "POST /api/v1/samples/{barcode}/volumes": "samples.edit",
    "GET /api/v1/samples/{barcode}/lineage": "samples.view",
    "POST /api/v1/samples/{barcode}/aliquots": "samples.edit",
    "POST /api/v1/samples/{barcode}/derivatives": "samples.edit",
    "POST /api/v1/pools": "samples.edit",
    "POST /api/v1/samples/{barcode}/thaws": "samples.edit",
    "PUT /api/v1/samples/{barcode}/expiry": "samples.edit",
    "POST /api/v1/samples/{barcode}/holds": "samples.hold",
    # The gate asks to see the sample; the hold's kind, who may release it (samples.hold_rules).
    "POST /api/v1/samples/{barcode}/releases": "samples.view",
    "GET /api/v1/samples/{barcode}/consents": "samples.view",
    "PUT /api/v1/samples/{barcode}/consent": "samples.edit",
    "POST /api/v1/consents": "samples.edit",
    "GET /api/v1/consents/{reference}": "samples.view",
    "PUT /api/v1/consents/{reference}/expiry": "samples.edit",
    "POST /api/v1/consents/{reference}/withdrawal": "samples.hold",
    "GET /api/v1/samples/{barcode}/quality": "samples.view",
    "POST /api/v1/samples/{barcode}/measurements": "samples.edit",
    "POST /api/v1/samples/{barcode}/verdicts": "samples.edit",
    "POST /api/v1/samples/{barcode}/overrides": "samples.override_qc",
    "GET /api/v1/qc-thresholds": "samples.view",
    "POST /api/v1/qc-thresholds": "samples.configure",
    # As with one sample: the step asks for its own right.
    "POST /api/v1/sample-steps": "samples.view",
    "POST /api/v1/samples/{barcode}/disposal": "samples.transition",
    "GET /api/v1/handling": "samples.view",
    "POST /api/v1/handling": "samples.configure",
    "GET /api/v1/storage/zones": "storage.view",
    "GET /api/v1/storage/units": "storage.view",
    "GET /api/v1/storage/tree": "storage.view",
    "GET /api/v1/storage/places": "storage.view",
    "GET /api/v1/storage/boxes/{box_id}": "storage.view",
    "GET /api/v1/storage/custody/{barcode}": "samples.view",
    "POST /api/v1/storage/placements": "storage.place",
    "POST /api/v1/storage/placements/{placement_id}/undo": "storage.place",
    "POST /api/v1/storage/moves": "storage.place",
    "POST /api/v1/storage/take-outs": "storage.place",
    "POST /api/v1/storage/plans": "storage.plan",
    "GET /api/v1/storage/plans/{plan_id}": "storage.view",
    "POST /api/v1/storage/plans/{plan_id}/accept": "storage.place",
    "POST /api/v1/storage/plans/{plan_id}/dismiss": "storage.plan",
    "GET /api/v1/samples/{barcode}/custody": "samples.view",
    "POST /api/v1/samples/{barcode}/checkouts": "custody.handle",
    "POST /api/v1/samples/{barcode}/returns": "custody.handle",
    "GET /api/v1/custody/receivers": "custody.handle",
    "GET /api/v1/custody/offers": "samples.view",
    "POST /api/v1/custody/offers": "custody.handle",
    "POST /api/v1/custody/offers/{offer_id}/accept": "custody.handle",
    "POST /api/v1/custody/offers/{offer_id}/decline": "custody.handle",
    "POST /api/v1/custody/offers/{offer_id}/withdraw": "custody.handle",
    "GET /api/v1/custody/checkouts": "samples.view",
    "GET /api/v1/custody/gaps": "samples.view",
    "GET /api/v1/shipments": "samples.view",
    "POST /api/v1/shipments": "shipments.manage",
    "GET /api/v1/shipments/{code}": "samples.view",
    "POST /api/v1/shipments/{code}/pack": "shipments.manage",
    "POST /api/v1/shipments/{code}/unpack": "shipments.manage",
    "POST /api/v1/shipments/{code}/close": "shipments.manage",
    "POST /api/v1/shipments/{code}/dispatch": "shipments.manage",
    "POST /api/v1/shipments/{code}/arrivals": "shipments.manage",
    "POST /api/v1/shipments/{code}/over": "shipments.manage",
    "POST /api/v1/shipments/{code}/finish": "shipments.manage",
    "GET /api/v1/incoming": "samples.view",
    "POST /api/v1/incoming": "shipments.manage",
    "GET /api/v1/incoming/{parcel}": "samples.view",
    "POST /api/v1/incoming/{parcel}/scans": "shipments.manage",
    "POST /api/v1/incoming/{parcel}/close": "shipments.manage",
    "GET /api/v1/imports": "samples.register",
    "POST /api/v1/imports": "samples.register",
    "POST /api/v1/imports/dry-run": "samples.register",
    "GET /api/v1/workbooks": "documents.view",
    "POST /api/v1/workbooks": "samples.register",
    "GET /api/v1/workbooks/{workbook_id}": "documents.view",
    "GET /api/v1/workbook-sheets/{sheet_id}/rows": "documents.view",
    "GET /api/v1/workbook-rows": "documents.view",
    "GET /api/v1/workbook-differences": "documents.view",
    "GET /api/v1/templates": "samples.view",
    "POST /api/v1/templates": "templates.manage",
    "GET /api/v1/templates/{key}": "samples.view",
    "GET /api/v1/templates/{key}/workbook": "samples.view",
    "PUT /api/v1/templates/{key}/draft": "templates.manage",
    "POST /api/v1/templates/{key}/publication": "templates.manage",
    "POST /api/v1/templates/{key}/deprecation": "templates.manage",
    "POST /api/v1/templates/{key}/clones": "templates.manage",
    "GET /api/v1/labels/templates": "labels.print",
    "GET /api/v1/labels/preview/{barcode}": "labels.print",
    "POST /api/v1/labels/sheets": "labels.print",
    "GET /api/v1/prints": "labels.print",
    "POST /api/v1/prints": "labels.print",
    "GET /api/v1/prints/{print_id}": "labels.print",
    "POST /api/v1/prints/{print_id}/cancel": "labels.print",
    "POST /api/v1/prints/{print_id}/retry": "labels.print",
    "POST /api/v1/prints/{print_id}/settle": "labels.print",
    "POST /api/v1/prints/{print_id}/reprint": "labels.print",
    "GET /api/v1/printers": "labels.print",
    "POST /api/v1/printers": "labels.configure",
    "POST /api/v1/printers/{printer_id}": "labels.configure",
    "GET /api/v1/printers/{printer_id}/state": "labels.print",
    "POST /api/v1/printers/{printer_id}/test": "labels.print",
    "GET /api/v1/sequencing/requests": "sequencing.view",
    "POST /api/v1/sequencing/requests": "sequencing.request",
    "GET /api/v1/sequencing/requests/{request_id}": "sequencing.view",
    "GET /api/v1/reports": "reports.view",
    "GET /api/v1/reports/runs": "reports.view",
    "POST /api/v1/reports/{report}/runs": "reports.run",
    "GET /api/v1/reports/files/{file_id}": "reports.view",
    "GET /api/v1/notifications": "notifications.view",
    "POST /api/v1/notifications/read": "notifications.view",
    "POST /api/v1/notifications/{notification_id}/read": "notifications.view",
    "GET /api/v1/health": "health.view",
    "GET /services/discovery": "health.view",
}

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
    "attachments.file": "documents.view",
    "templates.file": "samples.view",
    "shipments.file": "samples.view",
    "documents.file": "documents.view",
    "audit.file": "audit.view",
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

"""The API's manners: who gets in, what is refused and how it says so."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator
from werkzeug.test import TestResponse

from backend.api.app import all_routes
from backend.api.blueprint import flask_path
from backend.api.routing import Access, Route
from backend.auth import service as auth_service
from backend.auth.ids import Role
from backend.auth.rules import PERMISSIONS_OF
from backend.core.ids import new_id
from backend.core.principal import Permission
from backend.core.transaction import writing
from tests.api.conftest import Headers
from tests.factories.people import PASSWORD, make_user
from tests.factories.samples import EVERYBODY

SignedIn = Callable[..., Headers]


def assert_problem(response: TestResponse, status: int, code: str) -> dict[str, object]:
    assert response.status_code == status, response.text
    assert response.content_type == "application/problem+json"
    body = response.json
    assert isinstance(body, dict)
    assert body["code"] == code
    assert body["request_id"] == response.headers["X-Request-ID"]
    return body


def test_a_password_gives_tokens_that_open_the_api(client: FlaskClient) -> None:
    with writing() as session:
        user = make_user(session, Role.SCIENTIST, email="ada@laboratory.example")

    pair = client.post("/api/v1/auth/tokens", json={"email": user.email, "password": PASSWORD})
    assert pair.status_code == 201
    assert pair.json is not None
    me = client.get("/api/v1/me", headers={"Authorization": f"Bearer {pair.json['access_token']}"})

    assert me.json is not None
    assert me.json["email"] == "ada@laboratory.example"
    assert me.json["roles"] == ["scientist"]
    assert set(me.json["permissions"]) == set(PERMISSIONS_OF[Role.SCIENTIST])
    assert pair.headers["Cache-Control"] == "no-store"


def test_a_refresh_token_is_exchanged_once_and_a_revoked_one_never(client: FlaskClient) -> None:
    with writing() as session:
        user = make_user(session)
    first = client.post("/api/v1/auth/tokens", json={"email": user.email, "password": PASSWORD})
    assert first.json is not None

    def exchange(token: str) -> TestResponse:
        return client.post("/api/v1/auth/tokens/refresh", json={"refresh_token": token})

    second = exchange(first.json["refresh_token"])
    assert second.status_code == 201
    assert second.json is not None
    revoked = client.post(
        "/api/v1/auth/tokens/revoke", json={"refresh_token": second.json["refresh_token"]}
    )
    assert revoked.status_code == 204
    assert_problem(exchange(second.json["refresh_token"]), 401, "sign_in_refused")


def test_a_wrong_password_counts_although_it_is_refused(client: FlaskClient) -> None:
    with writing() as session:
        user = make_user(session)
    wrong = {"email": user.email, "password": "not the password"}

    answers = [client.post("/api/v1/auth/tokens", json=wrong) for _ in range(11)]

    assert_problem(answers[0], 401, "sign_in_refused")
    assert_problem(answers[-1], 429, "limit_reached")
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 900


def test_failures_at_the_api_and_at_the_sign_in_page_count_together(client: FlaskClient) -> None:
    with writing() as session:
        user = make_user(session)
        for _ in range(10):
            auth_service.sign_in(
                session, email=user.email, password="wrong", address="127.0.0.1", agent=""
            )

    answer = client.post("/api/v1/auth/tokens", json={"email": user.email, "password": PASSWORD})

    assert_problem(answer, 429, "limit_reached")


def test_a_person_who_is_locked_is_out_with_their_next_request(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    headers = signed_in(Role.TECHNICIAN)
    me = client.get("/api/v1/me", headers=headers).json
    assert me is not None

    with writing() as session:
        auth_service.deactivate(session, EVERYBODY, user_id=UUID(me["id"]))

    assert_problem(client.get("/api/v1/me", headers=headers), 401, "token_refused")


def test_every_operation_opens_for_the_roles_that_hold_its_permission_and_no_other(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    tokens = {role: signed_in(role) for role in Role} | {None: {}}
    found, expected = {}, {}
    for route in all_routes():
        for role, headers in tokens.items():
            response = client.open(a_path_of(route), method=route.method, headers=headers)
            case = f"{route.method} {route.path} as {role}"
            found[case] = outcome_of(response)
            expected[case] = expected_outcome(route, role)

    assert found == expected
    assert "refused" in expected.values()


def a_path_of(route: Route) -> str:
    return re.sub(r"{\w+}", str(new_id()), route.path)


def outcome_of(response: TestResponse) -> str:
    assert response.status_code != 500, response.text
    return {401: "sign in first", 403: "refused"}.get(response.status_code, "open")


def expected_outcome(route: Route, role: Role | None) -> str:
    if isinstance(route.access, Access):
        return "open"
    if role is None:
        return "sign in first"
    return "open" if route.access in PERMISSIONS_OF[role] else "refused"


def test_every_rule_of_the_api_is_in_the_table_or_refuses(server: Flask) -> None:
    declared = {flask_path(route.path) for route in all_routes()}
    rules = [rule for rule in server.url_map.iter_rules() if rule.endpoint.startswith("api.")]

    others = {rule.rule for rule in rules if not rule.endpoint.startswith("api.refuse")}

    assert others == declared
    assert all(isinstance(route.access, Permission | Access) for route in all_routes())


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({}, "no token"),
        ({"Authorization": "Basic YTpi"}, "another scheme"),
        ({"Authorization": "Bearer "}, "empty"),
        ({"Authorization": "Bearer x.y.z"}, "garbage"),
        ({"Cookie": "tracseq_session=abc"}, "a cookie"),
    ],
)
def test_nothing_but_a_bearer_token_opens(client: FlaskClient, headers: Headers, why: str) -> None:
    assert_problem(client.get("/api/v1/me", headers=headers), 401, "token_refused")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nothing", 404, "not_found"),
        ("GET", "/api", 404, "not_found"),
        ("GET", "/api/v2/me", 404, "not_found"),
        ("GET", "/services/other", 404, "not_found"),
        ("DELETE", "/api/v1/me", 405, "method_not_allowed"),
        ("TRACE", "/api/v1/me", 405, "method_not_allowed"),
        ("POST", "/openapi.json", 405, "method_not_allowed"),
    ],
)
def test_unknown_addresses_and_methods_are_problems_too(
    client: FlaskClient, method: str, path: str, status: int, code: str
) -> None:
    assert_problem(client.open(path, method=method), status, code)


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"{}", "text/plain", 415, "unsupported_media_type"),
        (b"a=b", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b"{", "application/json", 400, "malformed_request"),
        (b"\xff\xfe", "application/json", 400, "malformed_request"),
        (b'{"email": NaN}', "application/json", 400, "malformed_request"),
        (b'{"email": "a", "email": "b"}', "application/json", 400, "malformed_request"),
        (b"[" * 30 + b"]" * 30, "application/json", 400, "malformed_request"),
        (b"[" * 100_000, "application/json", 400, "malformed_request"),
        (b'{"email": "a\\u0000b", "password": "x"}', "application/json", 400, "malformed_request"),
        (b'{"email": "\\ud800", "password": "x"}', "application/json", 400, "malformed_request"),
        (b" " * 1_000_001, "application/json", 413, "too_large"),
        (b"[]", "application/json", 422, "invalid_input"),
        (b'{"email": "a"}', "application/json", 422, "invalid_input"),
        (b'{"email": 5, "password": "x"}', "application/json", 422, "invalid_input"),
    ],
    ids=str,
)
def test_what_cannot_be_read_is_refused_before_anything_happens(
    client: FlaskClient, body: bytes, content_type: str, status: int, code: str
) -> None:
    response = client.post("/api/v1/auth/tokens", data=body, content_type=content_type)

    assert_problem(response, status, code)


def test_an_unknown_field_is_named(client: FlaskClient) -> None:
    sent = {"email": "a@b.example", "password": "x", "roles": ["administrator"]}

    body = assert_problem(client.post("/api/v1/auth/tokens", json=sent), 422, "invalid_input")

    assert body["fields"] == {"roles": "There is no such field. Take it away."}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=1&limit=2", 400),
        ("limit=201", 422),
        ("limit=0", 422),
        ("limit=x", 422),
        ("state=lost", 422),
        ("sort=name", 422),
        ("kind=%00", 400),
        ("limit=200&state=done", 200),
    ],
)
def test_a_query_is_read_strictly(
    client: FlaskClient, signed_in: SignedIn, query: str, status: int
) -> None:
    response = client.get(f"/api/v1/jobs?{query}", headers=signed_in(Role.ANALYST))

    assert response.status_code == status


def test_a_defect_shows_a_reference_and_nothing_of_the_program(
    client: FlaskClient,
    signed_in: SignedIn,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("SELECT secret FROM user_account")

    monkeypatch.setattr("backend.work.queries.list_jobs", broken)

    response = client.get("/api/v1/jobs", headers=signed_in(Role.ANALYST))

    body = assert_problem(response, 500, "defect")
    assert "secret" not in response.text
    assert "ZeroDivision" not in response.text
    assert str(body["request_id"]) in caplog.text


def test_a_key_that_is_none_is_not_found(client: FlaskClient, signed_in: SignedIn) -> None:
    headers = signed_in(Role.ANALYST)

    for key in ("x", "1", str(new_id()), "%00", "' OR 1=1"):
        assert_problem(client.get(f"/api/v1/jobs/{key}", headers=headers), 404, "not_found")


def test_the_description_is_valid_openapi_and_says_who_may(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    document = client.get("/openapi.json", headers=signed_in(Role.GUEST)).json

    assert document is not None
    OpenAPIV31SpecValidator(document).validate()
    assert document["openapi"].startswith("3.1")
    assert document["paths"]["/api/v1/health"]["get"]["x-permission"] == "health.view"
    assert document["paths"]["/api/v1/auth/tokens"]["post"]["security"] == []
    assert set(document["paths"]) == {route.path for route in all_routes()}


def test_health_details_name_every_part_and_unknown_is_not_well(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    response = client.get("/api/v1/health", headers=signed_in(Role.TECHNICIAN))

    assert response.content_type == "application/health+json"
    assert response.json == {"status": "warn", "checks": {}}


def test_discovery_lists_the_processes_with_their_leases(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    from backend.gateway import service as gateway_service  # noqa: PLC0415

    with writing() as session:
        gateway_service.renew_lease(
            session, service="live", instance="live@a:1", url="http://127.0.0.1:8051"
        )

    response = client.get("/services/discovery", headers=signed_in(Role.TECHNICIAN))

    assert response.json is not None
    [instance] = response.json["instances"]
    assert (instance["service"], instance["is_live"]) == ("live", True)

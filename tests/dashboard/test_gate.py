"""Nothing answers without a session but sign-in, liveness and static files."""

from collections.abc import Callable
from typing import Any

import dash
import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.principal import Permission
from dashboard import callbacks, gate
from dashboard.callbacks import declared_permissions
from tests.dashboard.conftest import csrf_headers, page_request

CALLBACKS = "/_dash-update-component"


def test_without_a_session_no_rule_answers_but_the_declared_ones(
    server: Flask, anonymous: FlaskClient
) -> None:
    answered = {}
    for rule in server.url_map.iter_rules():
        if gate.rule_of(rule.endpoint) in {gate.Access.PUBLIC, gate.Access.OWN_GATE}:
            continue
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            path = rule.rule.replace("<path:", "x<").split("<", 1)[0]
            status = anonymous.open(path, method=method).status_code
            if status not in {302, 401}:
                answered[f"{method} {rule.rule}"] = status

    assert answered == {}


def test_the_rules_that_answer_without_a_session_are_these(server: Flask) -> None:
    public = {
        rule.endpoint
        for rule in server.url_map.iter_rules()
        if gate.rule_of(rule.endpoint) is gate.Access.PUBLIC
    }

    assert public == {
        "sign_in.show",
        "sign_in.submit",
        "sign_in.show_setup",
        "sign_in.submit_setup",
        "sign_in.show_password",
        "sign_in.submit_password",
        "health.live",
        "health.ready",
        "bundle.stylesheet",
        "bundle.script",
        "bundle.plotly",
        "_dash_assets.static",
        # Published packages' scripts, static files too; layout and callbacks stay shut.
        "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
    }


def test_without_a_session_no_callback_answers(anonymous: FlaskClient) -> None:
    answers = {
        name: anonymous.post(CALLBACKS, json={"output": name, "inputs": []}).status_code
        for name in declared_permissions()
    }

    assert answers
    assert set(answers.values()) == {401}


@pytest.mark.parametrize(
    "path", ["/_dash-layout", "/_dash-dependencies", "/live/versions", "/_reload-hash"]
)
def test_scripts_are_told_401_as_problem_json(anonymous: FlaskClient, path: str) -> None:
    answer = anonymous.get(path)

    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["request_id"]


def test_a_person_without_a_session_is_sent_to_sign_in_and_back(anonymous: FlaskClient) -> None:
    answer = anonymous.get("/storage/ULT-03?pos=D7")

    assert answer.status_code == 302
    assert answer.location == "/login?next=%2Fstorage%2FULT-03%3Fpos%3DD7"


def test_an_unknown_address_tells_an_anonymous_person_nothing(anonymous: FlaskClient) -> None:
    assert anonymous.get("/no/such/page").status_code == 302
    assert anonymous.post("/no/such/page").status_code == 401


def test_an_address_without_a_page_is_404_for_a_signed_in_person(
    signed_in: Callable[..., FlaskClient],
) -> None:
    client = signed_in(Role.TECHNICIAN)

    assert client.get("/no/such/page").status_code == 404
    assert client.get("/samples").status_code == 200


def test_a_callback_that_the_role_does_not_include_is_refused(
    signed_in: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(Role.GUEST)
    body = page_request("/")
    monkeypatch.setitem(callbacks._permissions, body["output"], Permission.USERS_MANAGE)

    answer = client.post(CALLBACKS, json=body, headers=csrf_headers(client))

    assert answer.status_code == 403
    assert answer.get_json()["code"] == "permission_denied"


def test_a_page_that_the_role_does_not_include_is_not_drawn(
    signed_in: Callable[..., FlaskClient],
) -> None:
    client = signed_in(Role.GUEST)

    answer = client.post(CALLBACKS, json=page_request("/admin"), headers=csrf_headers(client))

    assert answer.status_code == 200
    assert answer.get_json()["response"]["page-title"]["children"] == "Not included in your role"


def test_a_page_of_the_role_is_drawn(signed_in: Callable[..., FlaskClient]) -> None:
    client = signed_in(Role.ADMINISTRATOR)

    answer = client.post(CALLBACKS, json=page_request("/admin"), headers=csrf_headers(client))

    assert answer.get_json()["response"]["page-title"]["children"] == "Admin"


@pytest.mark.parametrize(
    "body", [b"", b"not json", b"[]", b'{"output": "made.up"}', b'{"output": {"id": 1}}']
)
def test_a_malformed_callback_request_is_400_not_500(
    signed_in: Callable[..., FlaskClient], body: bytes
) -> None:
    client = signed_in(Role.ADMINISTRATOR)

    answer = client.post(
        CALLBACKS, data=body, content_type="application/json", headers=csrf_headers(client)
    )

    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"


def test_a_callback_request_of_another_shape_than_declared_is_400(
    signed_in: Callable[..., FlaskClient],
) -> None:
    client = signed_in(Role.ADMINISTRATOR)
    body = page_request("/")
    body["inputs"] = body["inputs"][:1]

    answer = client.post(CALLBACKS, json=body, headers=csrf_headers(client))

    assert answer.status_code == 400


def test_a_session_that_was_ended_is_worth_nothing_on_the_next_request(
    signed_in: Callable[..., FlaskClient],
) -> None:
    client = signed_in(Role.TECHNICIAN)
    thief = client.application.test_client()
    for cookie in (client.get_cookie("tracseq_session"), client.get_cookie("tracseq_csrf")):
        assert cookie is not None
        thief.set_cookie(cookie.key, cookie.value)
    assert thief.get("/_dash-layout").status_code == 200

    client.post("/logout", headers=csrf_headers(client))

    assert thief.get("/_dash-layout").status_code == 401


class _FakeApp:
    """What assert_complete reads of a Dash app."""

    def __init__(self, server: Flask, callback_map: dict[str, Any]) -> None:
        self.server, self.callback_map = server, callback_map


def test_a_url_rule_without_a_permission_stops_the_start() -> None:
    server = Flask("forgotten", static_folder=None)
    server.add_url_rule("/export", "export", lambda: "everything")

    with pytest.raises(gate.UndeclaredAccess, match="/export"):
        gate.assert_complete(_FakeApp(server, {}))  # type: ignore[arg-type]


def test_a_callback_without_a_permission_stops_the_start() -> None:
    server = Flask("forgotten", static_folder=None)
    mapped = {"table.children": {"callback": print}, "drawn.data": {}}

    with pytest.raises(gate.UndeclaredAccess, match=r"table\.children"):
        gate.assert_complete(_FakeApp(server, mapped))  # type: ignore[arg-type]


def test_dash_itself_opens_no_other_doors(server: Flask) -> None:
    app = dash.get_app()

    assert app.server is server
    assert not any("_mcp" in rule.rule for rule in server.url_map.iter_rules())
    assert app.config.suppress_callback_exceptions
    assert app._use_async is False

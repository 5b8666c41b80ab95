"""A state-changing request is answered only when it comes from our own pages."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from backend.auth.ids import Role
from tests.dashboard.conftest import csrf_headers, page_request

CALLBACKS = "/_dash-update-component"


@pytest.fixture
def client(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in(Role.TECHNICIAN)


def test_with_the_sessions_own_token_a_callback_is_answered(client: FlaskClient) -> None:
    answer = client.post(CALLBACKS, json=page_request("/"), headers=csrf_headers(client))

    assert answer.status_code == 200


@pytest.mark.parametrize("path", [CALLBACKS, "/logout"])
@pytest.mark.parametrize(
    "headers",
    [{}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "0" * 64}, {"X-CSRF-Token": "ø"}],
    ids=["missing", "empty", "made-up", "not-ascii"],
)
def test_without_it_the_request_is_refused(
    client: FlaskClient, path: str, headers: dict[str, str]
) -> None:
    answer = client.post(path, json=page_request("/"), headers=headers)

    assert answer.status_code == 403
    assert answer.get_json()["code"] == "not_from_this_site"


def test_the_token_of_another_session_is_worth_nothing(
    signed_in: Callable[..., FlaskClient],
) -> None:
    mine, theirs = signed_in(Role.TECHNICIAN), signed_in(Role.TECHNICIAN)

    answer = mine.post(CALLBACKS, json=page_request("/"), headers=csrf_headers(theirs))

    assert answer.status_code == 403


@pytest.mark.parametrize(
    "foreign",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_a_request_from_another_site_is_refused_even_with_the_token(
    client: FlaskClient, foreign: dict[str, str]
) -> None:
    answer = client.post(CALLBACKS, json=page_request("/"), headers=csrf_headers(client) | foreign)

    assert answer.status_code == 403


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
def test_a_body_that_a_plain_form_can_send_never_reaches_a_callback(
    client: FlaskClient, content_type: str
) -> None:
    answer = client.post(
        CALLBACKS, data="{}", content_type=content_type, headers=csrf_headers(client)
    )

    assert answer.status_code == 400


def test_sign_in_from_another_site_is_refused(anonymous: FlaskClient) -> None:
    answer = anonymous.post("/login", headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403

"""Signing in, being refused, being locked out, signing out, and the first administrator."""

import hashlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, update
from werkzeug.test import TestResponse

from backend.auth import service as auth_service
from backend.auth.ids import Role
from backend.auth.models import UserSession
from backend.core.principal import Permission, machinery
from backend.core.transaction import reading, writing
from tests.dashboard.conftest import csrf_headers, submit_sign_in
from tests.factories.people import PASSWORD, make_user


@pytest.fixture
def bound_database(committed_database: Engine) -> Engine:
    """Give each test a database of its own: failures count per address and per host."""
    return committed_database


@pytest.fixture
def email(anonymous: FlaskClient) -> str:
    with writing() as session:
        return make_user(session, Role.TECHNICIAN, email="mara@laboratory.example").email


def test_the_right_password_opens_the_page_that_was_wanted(
    anonymous: FlaskClient, email: str
) -> None:
    answer = submit_sign_in(anonymous, email, PASSWORD, next_page="/storage?pos=D7")

    assert answer.status_code == 303
    assert answer.location == "/storage?pos=D7"
    assert anonymous.get("/").status_code == 200


def test_the_cookies_are_out_of_scripts_and_other_sites_reach(
    anonymous: FlaskClient, email: str
) -> None:
    answer = submit_sign_in(anonymous, email, PASSWORD)

    cookies = {c.split("=", 1)[0]: c for c in answer.headers.getlist("Set-Cookie")}
    assert "HttpOnly" in cookies["tracseq_session"]
    assert "SameSite=Lax" in cookies["tracseq_session"]
    assert "HttpOnly" not in cookies["tracseq_csrf"]
    assert "SameSite=Strict" in cookies["tracseq_csrf"]


def test_over_https_the_session_cookie_cannot_be_planted(
    anonymous: FlaskClient, email: str
) -> None:
    page = anonymous.get("/login", base_url="https://lab.example").get_data(as_text=True)
    proof = page.split('name="form_proof" value="', 1)[1].split('"', 1)[0]

    answer = anonymous.post(
        "/login",
        base_url="https://lab.example",
        data={"email": email, "password": PASSWORD, "form_proof": proof},
    )

    cookies = {c.split("=", 1)[0]: c for c in answer.headers.getlist("Set-Cookie")}
    assert "Secure" in cookies["__Host-tracseq_session"]
    assert "Path=/" in cookies["__Host-tracseq_session"]
    assert "Domain" not in cookies["__Host-tracseq_session"]
    assert "Strict-Transport-Security" in answer.headers


def test_a_wrong_password_keeps_the_address_and_does_not_say_what_was_wrong(
    anonymous: FlaskClient, email: str
) -> None:
    wrong = submit_sign_in(anonymous, email, "not the password")
    unknown = submit_sign_in(anonymous, "nobody@laboratory.example", "not the password")

    assert wrong.status_code == unknown.status_code == 401
    words = _problem(wrong.get_data(as_text=True))
    assert words
    assert words == _problem(unknown.get_data(as_text=True))
    assert f'value="{email}"' in wrong.get_data(as_text=True)
    assert "not the password" not in wrong.get_data(as_text=True)
    assert "<title>Error: Sign in" in wrong.get_data(as_text=True)


def test_what_was_typed_is_shown_as_text(anonymous: FlaskClient) -> None:
    answer = submit_sign_in(anonymous, '"><script>alert(1)</script>', "x")

    assert "<script>alert" not in answer.get_data(as_text=True)


def test_too_many_tries_say_until_when(anonymous: FlaskClient, email: str) -> None:
    answers = [submit_sign_in(anonymous, email, "wrong") for _ in range(15)]

    assert answers[-1].status_code == 429
    assert "until" in _problem(answers[-1].get_data(as_text=True))


def test_sign_in_gives_a_new_session_and_ends_the_one_before(
    anonymous: FlaskClient, email: str
) -> None:
    submit_sign_in(anonymous, email, PASSWORD)
    before = anonymous.get_cookie("tracseq_session")
    assert before is not None
    client = anonymous.application.test_client()
    client.set_cookie("tracseq_session", before.value)
    page = anonymous.application.test_client().get("/login")
    proof = page.get_data(as_text=True).split('name="form_proof" value="', 1)[1].split('"', 1)[0]
    nonce = next(c for c in page.headers.getlist("Set-Cookie") if c.startswith("tracseq_form="))
    client.set_cookie("tracseq_form", nonce.split("=", 1)[1].split(";", 1)[0])

    answer = client.post("/login", data={"email": email, "password": PASSWORD, "form_proof": proof})

    after = client.get_cookie("tracseq_session")
    assert answer.status_code == 303
    assert after is not None
    assert after.value != before.value
    assert anonymous.get("/_dash-layout").status_code == 401


def test_a_form_that_another_site_sends_is_not_read(anonymous: FlaskClient, email: str) -> None:
    answer = anonymous.post("/login", data={"email": email, "password": PASSWORD})

    assert answer.status_code == 400
    assert anonymous.get_cookie("tracseq_session") is None


def test_signing_out_ends_the_session_and_empties_the_browser(
    signed_in: Callable[..., FlaskClient],
) -> None:
    client = signed_in(Role.TECHNICIAN)

    answer = client.post("/logout", headers=csrf_headers(client))

    assert answer.status_code == 303
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get("/").status_code == 302


def test_signing_out_everywhere_ends_the_persons_other_browsers_and_nobody_elses(
    anonymous: FlaskClient, email: str, signed_in: Callable[..., FlaskClient]
) -> None:
    at_the_desk, at_the_bench = (anonymous.application.test_client() for _ in range(2))
    submit_sign_in(at_the_desk, email, PASSWORD)
    submit_sign_in(at_the_bench, email, PASSWORD)
    somebody_else = signed_in(Role.TECHNICIAN)

    answer = at_the_desk.post("/logout?everywhere=1", headers=csrf_headers(at_the_desk))

    assert answer.location == "/login?reason=signed-out-everywhere"
    assert at_the_desk.get("/_dash-layout").status_code == 401
    assert at_the_bench.get("/_dash-layout").status_code == 401
    assert somebody_else.get("/_dash-layout").status_code == 200


@pytest.mark.parametrize(("idle_minutes", "status"), [(29, 200), (31, 401)])
def test_a_session_ends_when_nobody_used_it_for_the_idle_time(
    signed_in: Callable[..., FlaskClient], idle_minutes: int, status: int
) -> None:
    client = signed_in(Role.TECHNICIAN)
    rest(client, idle_minutes)

    assert client.get("/_dash-layout").status_code == status


def test_what_an_abandoned_window_asks_for_does_not_keep_its_session(
    signed_in: Callable[..., FlaskClient],
) -> None:
    client = signed_in(Role.TECHNICIAN)
    rest(client, 29)

    refetched = client.get("/live/versions", headers={"X-Idle-Seconds": "1740"})
    rest(client, 2)

    assert refetched.status_code == 200
    assert client.get("/live/versions").status_code == 401


def rest(client: FlaskClient, minutes: int) -> None:
    """Let a browser's session have been last used that much longer ago."""
    token = client.get_cookie("tracseq_session")
    assert token is not None
    with writing() as session:
        session.execute(
            update(UserSession)
            .where(UserSession.token_hash == hashlib.sha256(token.value.encode()).digest())
            .values(last_seen_at=UserSession.last_seen_at - timedelta(minutes=minutes))
        )


def test_the_set_up_token_makes_the_first_administrator_once(anonymous: FlaskClient) -> None:
    with writing() as session:
        token = auth_service.create_setup_token(session)

    first = _set_up(anonymous, token=token)
    second = _set_up(anonymous, token=token, email="other@laboratory.example")

    assert first.status_code == 303
    assert submit_sign_in(anonymous, "first@laboratory.example", PASSWORD).status_code == 303
    assert second.status_code >= 400
    assert "token" in _problem(second.get_data(as_text=True)).lower()


def test_a_set_up_that_fails_keeps_what_was_typed_but_no_password(anonymous: FlaskClient) -> None:
    with writing() as session:
        token = auth_service.create_setup_token(session)

    answer = _set_up(anonymous, token=token, again="something else entirely")

    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="first@laboratory.example"' in text
    assert PASSWORD not in text
    with reading() as session:
        assert auth_service.get_laboratory(session) is None


def _set_up(client: FlaskClient, **changes: str) -> TestResponse:
    page = client.get("/setup").get_data(as_text=True)
    proof = page.split('name="form_proof" value="', 1)[1].split('"', 1)[0]
    typed = {
        "name": "First Person",
        "email": "first@laboratory.example",
        "password": PASSWORD,
        "again": PASSWORD,
        "form_proof": proof,
    }
    return client.post("/setup", data=typed | changes)


def _problem(page: str) -> str:
    return page.split('id="problem"', 1)[1].split("<span>", 1)[1].split("</span>", 1)[0]


def send_password(
    client: FlaskClient, token: str, password: str, again: str | None = None
) -> TestResponse:
    page = client.get("/login").get_data(as_text=True)
    proof = page.split('name="form_proof" value="', 1)[1].split('"', 1)[0]
    sent = {"token": token, "password": password, "again": again or password}
    return client.post("/password", data=sent | {"form_proof": proof})


def invited() -> str:
    with writing() as session:
        link = auth_service.invite(
            session,
            machinery("test", Permission.USERS_MANAGE, request_id="t"),
            email="grace@laboratory.example",
            name="Grace Bell",
            roles=[Role.SCIENTIST],
        )
    return link.token


def test_the_link_of_an_invitation_leads_to_ones_own_password(anonymous: FlaskClient) -> None:
    token = invited()
    page = anonymous.get("/password", query_string={"token": token})
    assert "grace@laboratory.example" in page.get_data(as_text=True)

    done = send_password(anonymous, token, "eleven magnets in a drawer")

    assert (done.status_code, done.location) == (303, "/login?reason=password-set")
    signed_in = submit_sign_in(anonymous, "grace@laboratory.example", "eleven magnets in a drawer")
    assert signed_in.status_code == 303


@pytest.mark.parametrize(
    ("password", "again", "why"),
    [("short", None, "at least 12"), ("eleven magnets here", "twelve magnets here", "differ")],
)
def test_a_refused_password_says_why_and_the_link_stays_good(
    anonymous: FlaskClient, password: str, again: str | None, why: str
) -> None:
    token = invited()

    refused = send_password(anonymous, token, password, again)

    assert refused.status_code == 422
    assert why in refused.get_data(as_text=True)
    assert send_password(anonymous, token, "eleven magnets in a drawer").status_code == 303


@pytest.mark.parametrize("token", ["", "never given", "x" * 3000])
def test_a_link_that_is_worth_nothing_shows_a_sentence_and_no_form(
    anonymous: FlaskClient, token: str
) -> None:
    for answer in (
        anonymous.get("/password", query_string={"token": token}),
        send_password(anonymous, token, "eleven magnets in a drawer"),
    ):
        page = answer.get_data(as_text=True)
        assert answer.status_code == 403
        assert "Ask an administrator for a new link" in page
        assert "new-password" not in page


def test_a_password_form_of_another_site_is_refused(anonymous: FlaskClient) -> None:
    sent = {"token": invited(), "password": "eleven magnets in a drawer", "form_proof": "x"}

    answer = anonymous.post("/password", data=sent | {"again": sent["password"]})

    assert answer.status_code == 400

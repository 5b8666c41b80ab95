"""Every answer tells the browser to run nothing but our own files and to keep nothing private."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from backend.auth.ids import Role
from dashboard.headers import content_security_policy


@pytest.mark.parametrize("path", ["/login", "/health/live", "/_dash-layout", "/assets/favicon.svg"])
def test_every_answer_carries_the_policy_without_eval(anonymous: FlaskClient, path: str) -> None:
    with anonymous.get(path) as answer:
        headers = answer.headers

    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert "unsafe" not in policy["script-src"]
    assert "http" not in policy["script-src"]
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert "camera=()" in headers["Permissions-Policy"]


def test_the_live_feed_is_the_only_other_origin(anonymous: FlaskClient) -> None:
    policy = anonymous.get("/login").headers["Content-Security-Policy"]

    assert "connect-src 'self' http://localhost:8051;" in policy


def test_the_start_line_of_dash_is_allowed_by_its_hash(
    signed_in: Callable[..., FlaskClient],
) -> None:
    policy = signed_in(Role.TECHNICIAN).get("/").headers["Content-Security-Policy"]

    assert "script-src 'self' 'sha256-" in policy


@pytest.mark.parametrize("path", ["/", "/_dash-layout", "/_dash-dependencies", "/live/versions"])
def test_nothing_behind_sign_in_is_kept_by_the_browser(
    signed_in: Callable[..., FlaskClient], path: str
) -> None:
    assert signed_in(Role.TECHNICIAN).get(path).headers["Cache-Control"] == "no-store"


def test_our_bundles_are_kept_for_a_year_under_their_content(anonymous: FlaskClient) -> None:
    styles = anonymous.application.config["STYLES_URL"]

    answer = anonymous.get(styles)

    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert anonymous.get(styles.replace("-", "-0")).status_code == 404


def test_fonts_are_kept_for_an_hour_without_asking_again(anonymous: FlaskClient) -> None:
    with anonymous.get("/assets/vendor/fonts/ibm-plex-sans-latin-400-normal.woff2") as answer:
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=3600"


def test_public_files_are_the_same_whoever_is_signed_in(
    signed_in: Callable[..., FlaskClient],
) -> None:
    browser = signed_in(Role.TECHNICIAN)
    page = browser.get("/").get_data(as_text=True)
    files = re.findall(r'(?:src|href)="(/(?:assets|_dash-component-suites)/[^"]+)"', page)
    assert len(files) > 10

    for path in files:
        with browser.get(path) as answer:
            assert answer.status_code == 200
            # Else the browser loads and compiles them anew with each new cookie.
            assert "Cookie" not in answer.headers.get("Vary", ""), path
            assert "Set-Cookie" not in answer.headers


def test_a_policy_without_a_live_feed_of_its_own_names_only_ourselves() -> None:
    assert "connect-src 'self';" in content_security_policy([], "")

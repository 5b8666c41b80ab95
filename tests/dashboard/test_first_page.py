"""The first answer is the whole page, with no more scripts than it needs."""

import gzip
import json
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from backend.auth.ids import Role
from dashboard import script_files
from dashboard.index_page import scripts_of

SignIn = Callable[..., FlaskClient]


def _layout(client: FlaskClient, referer: str | None) -> str:
    headers = {"Referer": referer} if referer else {}
    answer = client.get("/_dash-layout", headers=headers)
    assert answer.status_code == 200
    # Dash writes slashes and angle brackets as escapes.
    return json.dumps(answer.get_json(), separators=(",", ":"))


def test_the_layout_brings_the_page_that_asks_for_it(signed_in: SignIn) -> None:
    layout = _layout(signed_in(Role.TECHNICIAN), "http://localhost/samples?sort=name")

    assert '"key":"/samples?' in layout
    assert "('sort', 'name')" in layout
    assert "Loading the page" not in layout


@pytest.mark.parametrize("referer", [None, "http://elsewhere.example/samples", "not an address"])
def test_without_an_asking_page_of_ours_the_router_draws_it(
    signed_in: SignIn, referer: str | None
) -> None:
    layout = _layout(signed_in(Role.TECHNICIAN), referer)

    assert "Loading the page" in layout
    assert '"key":' not in layout


def test_a_page_that_the_role_does_not_open_is_refused_in_the_layout_too(
    signed_in: SignIn,
) -> None:
    layout = _layout(signed_in(Role.GUEST), "http://localhost/admin")

    assert "Audit" not in layout
    assert "Your role does not include this page" in layout


def test_an_unknown_address_says_so_at_once(signed_in: SignIn) -> None:
    assert "no page" in _layout(signed_in(Role.TECHNICIAN), "http://localhost/nowhere").lower()


def test_the_first_page_asks_for_no_grid_and_no_crutches(signed_in: SignIn) -> None:
    page = signed_in(Role.TECHNICIAN).get("/").get_data(as_text=True)

    sources = re.findall(r'<script src="([^"]+)"', page)
    facts = re.search(r'id="tracseq-facts">(.*?)</script>', page)
    assert facts is not None
    assert any("/react-dom@" in source for source in sources)
    assert not any("grid" in source or "polyfill" in source for source in sources)
    assert "/dash_ag_grid/" in json.loads(facts.group(1))["grid"]


def test_the_grid_is_found_among_the_scripts_whatever_its_place() -> None:
    tags = '<script src="/a/dash_ag_grid/g.js"></script>\n<script src="/a/react@1.js"></script>'

    assert scripts_of(tags) == ('<script src="/a/react@1.js"></script>', "/a/dash_ag_grid/g.js")
    assert scripts_of(tags, has_grid=True)[0] == tags
    assert scripts_of('<script src="/a.js"></script>')[1] == ""


@pytest.mark.parametrize("path", ["/samples", "/register", "/register/import"])
def test_a_page_that_opens_with_a_grid_has_its_script_from_the_start(
    signed_in: SignIn, path: str
) -> None:
    page = signed_in(Role.TECHNICIAN).get(path).get_data(as_text=True)

    assert any("/dash_ag_grid/" in one for one in re.findall(r'<script src="([^"]+)"', page))


def test_scripts_are_public_compressed_and_kept(
    anonymous: FlaskClient, bound_database: Engine
) -> None:
    statements: list[str] = []
    sign_in = anonymous.get("/login").get_data(as_text=True)
    sources = re.findall(r'<link rel="prefetch" href="([^"]+)"', sign_in)
    assert len(sources) > 4

    def heard(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(bound_database, "before_cursor_execute", heard)
    try:
        for source in sources:
            answer = anonymous.get(source, headers={"Accept-Encoding": "gzip"})
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == script_files.LONG
            assert answer.headers["Content-Encoding"] == "gzip"
            plain = anonymous.get(source).get_data()
            assert gzip.decompress(answer.get_data()) == plain
    finally:
        event.remove(bound_database, "before_cursor_execute", heard)
    assert statements == [], "a public file asks the database nothing"


def test_a_script_without_its_version_in_the_name_is_kept_for_an_hour(
    anonymous: FlaskClient,
) -> None:
    answer = anonymous.get("/_dash-component-suites/dash/dcc/async-graph.js")

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == script_files.AN_HOUR

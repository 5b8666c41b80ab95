"""The page of libraries' kits: who says each, a whole run named with one choice, refusals."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from backend.auth.ids import Role
from backend.core.transaction import reading, writing
from backend.sequencing.kit_naming import queries
from backend.sequencing.kit_naming.schemas import LibrariesIn
from backend.sequencing.kit_naming.views import KitLine
from dashboard import gate
from dashboard.pages.library_kits import ids
from tests.dashboard.conftest import callback_request, csrf_headers, page_request
from tests.factories.colliding_lanes import KIT, keep_kit
from tests.factories.releases import make_planned_run
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_library, make_project, make_request


@pytest.fixture(scope="module")
def shared_engine(engine_apart: Engine) -> Engine:
    """Return a database of these tests alone: they count on their kit being the only one."""
    return engine_apart


@pytest.fixture
def technician(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in(Role.TECHNICIAN)


@pytest.fixture
def run(technician: FlaskClient) -> str:
    """A run with two libraries of a kit on lane 1."""
    del technician  # its fixture has bound the database
    with writing() as session:
        keep_kit(session, EVERYBODY)
        return make_planned_run(session, make_project(session), libraries=2)


def post(browser: FlaskClient, body: dict[str, Any]) -> str:
    answer = browser.post(gate.CALLBACKS, json=body, headers=csrf_headers(browser))
    assert answer.status_code == 200, answer.text
    return answer.text


def page(browser: FlaskClient, path: str, search: str = "") -> str:
    body = page_request(path)
    body["inputs"][1]["value"] = search
    return post(browser, body).replace("\\u002f", "/")


def press(browser: FlaskClient, pressed: str, whose: str, kit: str | None, **which: Any) -> str:
    inputs = [(each, "n_clicks", int(each == pressed)) for each in (ids.NAME, ids.TAKE_BACK)]
    body = callback_request(
        ids.TOLD,
        inputs=inputs,
        state=[
            (ids.WHOSE, "value", whose),
            (ids.KIT, "value", kit),
            (ids.REASON, "value", ""),
            (ids.WHICH, "data", {"run": "", "lane": None, "request": ""} | which),
        ],
    )
    body["changedPropIds"] = [f"{pressed}.n_clicks"]
    return post(browser, body)


def lines(**of: Any) -> list[KitLine]:
    with reading() as session:
        return list(queries.list_kits(session, EVERYBODY, of=LibrariesIn(**of)).lines)


def sources(**of: Any) -> list[str]:
    return [each.kit.source.value if each.kit else "unknown" for each in lines(**of)]


def test_pages_that_show_a_kit_say_how_it_is_known(technician: FlaskClient, run: str) -> None:
    plan = page(technician, f"/sequencing/plans/{run}", "?lane=1")
    kits = page(technician, "/sequencing/kits", f"?run={run}")

    assert "guessed by index pair" in plan
    assert f"/sequencing/kits?run={run}&amp;lane=1" in plan
    assert "Guessed by index pair" in kits
    assert f"{KIT}, fits 2 of 2" in kits


def test_a_whole_run_is_named_with_one_choice_and_taken_back(
    technician: FlaskClient, run: str
) -> None:
    told = press(technician, ids.NAME, "all", "ud_five", run=run)
    named = sources(run=run)
    plan = page(technician, f"/sequencing/plans/{run}", "?lane=1")
    back = press(technician, ids.TAKE_BACK, "all", None, run=run)

    assert "2 libraries have the kit that you named" in told.replace("\\u00a0", " ")
    assert named == ["by_hand"] * 2
    assert "(named by hand)" in plan
    assert "have no kit named by hand" in back
    assert sources(run=run) == ["guessed"] * 2


def test_one_library_a_lane_or_a_request_is_named_by_itself(
    technician: FlaskClient, run: str
) -> None:
    first = lines(run=run)[0].library

    press(technician, ids.NAME, f"library:{first.barcode}", "ud_five", run=run)
    one = sources(run=run)
    press(technician, ids.TAKE_BACK, f"request:{first.request_code}", None, run=run)
    none = sources(request=first.request_code)
    press(technician, ids.NAME, "lane:1", "ud_five", run=run)

    assert one == ["by_hand", "guessed"]
    assert none == ["guessed"] * 2
    assert sources(run=run, lane=1) == ["by_hand"] * 2


def test_a_kit_that_does_not_fit_or_none_is_said_and_nothing_named(
    technician: FlaskClient, run: str
) -> None:
    del run  # which keeps the kit
    with writing() as session:
        project = make_project(session)
        strange = make_library(session, project, index_i7="ACACACAC", index_i5="GTGTGTGT")
        request = f"SQ-{make_request(session, project, [strange]).number:04d}"
        barcode = strange.barcode

    unfit = press(technician, ids.NAME, "all", "ud_five", request=request)
    none = press(technician, ids.NAME, "all", None, request=request)
    shown = page(technician, "/sequencing/kits", f"?request={request}")

    assert f"{KIT} does not have the index pair of {barcode}" in unfit
    assert "Choose the kit" in none
    assert sources(request=request) == ["unknown"]
    assert "No kit of the reference data has its pair." in shown


def test_who_prepares_nothing_sees_kits_without_the_form(
    technician: FlaskClient, signed_in: Callable[..., FlaskClient], run: str
) -> None:
    del technician
    told = page(signed_in(Role.ANALYST), "/sequencing/kits", f"?run={run}")

    assert "Guessed by index pair" in told
    assert ids.NAME not in told


def test_without_a_run_or_request_the_page_says_where_to_begin(technician: FlaskClient) -> None:
    assert "Open a run plan" in page(technician, "/sequencing/kits")
    assert "Open a run plan" in page(technician, "/sequencing/kits", "?run=%20&lane=1")

"""A colliding lane on its page: re-indexed with a reason; lanes confirmed; flow cells kept."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from backend.auth.ids import Role
from backend.core.transaction import reading, writing
from backend.sequencing.models import Instrument, RequestSample
from backend.sequencing.released import queries
from dashboard import gate
from dashboard.pages.run_calendar import ids as calendar_ids
from dashboard.pages.run_plans import ids
from tests.dashboard.conftest import callback_request, csrf_headers, page_request
from tests.factories.colliding_lanes import TWIN, keep_kit, lane_of, planned_only
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import keep_make, make_instrument, make_project


@pytest.fixture(scope="module")
def shared_engine(engine_apart: Engine) -> Engine:
    """Return a database of these tests alone: they count on their kits and makes being the only."""
    return engine_apart


@pytest.fixture
def technician(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in(Role.TECHNICIAN)


@pytest.fixture
def run(technician: FlaskClient) -> str:
    """A run of two libraries with one pair that are both still to be prepared."""
    del technician  # its fixture has bound the database
    with writing() as session:
        keep_kit(session, EVERYBODY)
        project = make_project(session)
        twins = [planned_only(session, project) for _ in range(2)]
        return lane_of(session, project, *twins)[0]


def post(browser: FlaskClient, body: dict[str, Any]) -> str:
    answer = browser.post(gate.CALLBACKS, json=body, headers=csrf_headers(browser))
    assert answer.status_code == 200, answer.text
    return answer.text


def page(browser: FlaskClient, path: str, search: str = "") -> str:
    body = page_request(path)
    body["inputs"][1]["value"] = search
    return post(browser, body).replace("\\u002f", "/")


def send(browser: FlaskClient, run: str, reason: str) -> str:
    with reading() as session:
        plan = queries.get_plan(session, EVERYBODY, run)
    second = plan.libraries[0].barcode
    wish = {
        "code": run,
        "lane": 1,
        "swaps": [{"barcode": second, "index_i7": "TTATAACC", "index_i5": "GATATCGA"}],
    }
    return post(
        browser,
        callback_request(
            ids.REINDEX_TOLD,
            inputs=[(ids.REINDEX_SEND, "n_clicks", 1)],
            state=[(ids.REINDEX_REASON, "value", reason), (ids.REINDEX_WISH, "data", wish)],
        ),
    )


def pairs(run: str) -> set[tuple[str, str | None]]:
    with reading() as session:
        plan = queries.get_plan(session, EVERYBODY, run)
    return {(each.index_i7, each.index_i5) for each in plan.libraries}


def test_a_lane_that_collides_offers_other_indexes(technician: FlaskClient, run: str) -> None:
    lane = page(technician, f"/sequencing/plans/{run}", "?lane=1")
    offered = page(technician, f"/sequencing/plans/{run}", "?show=reindex&lane=1")

    assert f"/sequencing/plans/{run}?show=reindex" in lane
    assert "Re-index 1 library" in lane.replace("\\u00a0", " ")
    for words in ("UDP2", "Not prepared yet: its request gets the pair.", ids.REINDEX_SEND):
        assert words in offered


def test_who_may_not_plan_sees_the_change_and_no_way_to_do_it(
    technician: FlaskClient, signed_in: Callable[..., FlaskClient], run: str
) -> None:
    del technician
    told = page(signed_in(Role.ANALYST), f"/sequencing/plans/{run}", "?show=reindex&lane=1")

    assert "UDP2" in told
    assert "Back to the lane" in told
    assert ids.REINDEX_SEND not in told


@pytest.mark.parametrize("lane", ["0", "7", "999", "x"])
def test_a_lane_that_needs_nothing_or_is_none_says_so(
    technician: FlaskClient, run: str, lane: str
) -> None:
    told = page(technician, f"/sequencing/plans/{run}", f"?show=reindex&lane={lane}")

    assert "No other index is proposed" in told or "Smallest change" in told


def test_a_change_is_confirmed_with_a_reason_only(technician: FlaskClient, run: str) -> None:
    without = send(technician, run, " ")
    before = pairs(run)

    done = send(technician, run, "Both had UDP1")

    assert "Say in 3 to 300 characters why" in without
    assert before == {TWIN}
    assert "got another index" in done
    assert pairs(run) == {TWIN, ("TTATAACC", "GATATCGA")}


def test_a_change_that_is_not_proposed_any_more_is_said(technician: FlaskClient, run: str) -> None:
    send(technician, run, "Both had UDP1")

    assert "Another change of lane 1 is proposed by now" in send(technician, run, "Once more")


def test_an_operator_confirms_what_is_shown(technician: FlaskClient, run: str) -> None:
    shown = page(technician, f"/sequencing/plans/{run}")
    with reading() as session:
        digest = queries.get_plan(session, EVERYBODY, run).lanes_sha256
    button = {"lanes": digest, "type": "run-plan-loaded"}
    body = callback_request(
        ids.CHANGED,
        inputs=[(button, "n_clicks", 1)],
        state=[(ids.WHICH, "data", {"code": run, "lane": ""})],
    )
    body["inputs"] = [body["inputs"]]
    body["changedPropIds"] = [f"{json.dumps(button, separators=(',', ':'))}.n_clicks"]

    told = post(technician, body)

    assert "Confirm loading" in shown
    assert f"The lanes of {run} are confirmed" in told
    after = page(technician, f"/sequencing/plans/{run}")
    assert "Confirm loading" not in after
    assert "Operator " in after


def test_a_lane_that_no_other_index_mends_says_so_beside_it(technician: FlaskClient) -> None:
    with writing() as session:
        project = make_project(session)
        strangers = [planned_only(session, project) for _ in range(2)]
        run, request = lane_of(session, project, *strangers)
        for row in session.scalars(
            select(RequestSample).where(RequestSample.request_id == request.id)
        ):
            row.index_i7, row.index_i5 = "ACACACAC", "GTGTGTGT"

    lane = page(technician, f"/sequencing/plans/{run}", "?lane=1")

    assert "are of no kit among the reference data" in lane
    assert "?show=reindex" not in lane


@pytest.fixture
def sizes(technician: FlaskClient) -> str:
    """An instrument with three sizes of flow cell; its key."""
    del technician
    with writing() as session:
        key = make_instrument(session).id
        for each in ("novaseq_x_1_5b", "novaseq_x_25b"):
            keep_make(session, each)
    return str(key)


def keep(browser: FlaskClient, instrument: str, *keys: str) -> str:
    box = calendar_ids.kept(instrument)
    body = callback_request(
        calendar_ids.KEPT_TOLD,
        inputs=[(calendar_ids.KEPT_SEND, "n_clicks", 1)],
        state=[],
    )
    body["state"] = [
        [{"id": box, "property": "value", "value": list(keys)}],
        [{"id": box, "property": "id", "value": box}],
    ]
    return post(browser, body)


def kept(instrument: str) -> list[str] | None:
    with reading() as session:
        found = session.get_one(Instrument, instrument)
        return found.flow_cells


def test_which_flow_cells_are_kept_is_said_on_the_calendar(
    technician: FlaskClient, sizes: str
) -> None:
    shown = page(technician, "/sequencing/calendar")

    some = keep(technician, sizes, "novaseq_x_10b", "novaseq_x_25b")

    assert "Flow cells kept" in shown
    assert "NovaSeq X, 1.5B, 2 lanes" in shown.replace("\\u00a0", " ")
    assert "are kept so" in some
    assert kept(sizes) == ["novaseq_x_10b", "novaseq_x_25b"]
    assert "Keep at least one flow cell" in keep(technician, sizes)
    assert "Nothing has changed" in keep(technician, sizes, "novaseq_x_10b", "novaseq_x_25b")
    keep(technician, sizes, "novaseq_x_10b", "novaseq_x_25b", "novaseq_x_1_5b")
    assert kept(sizes) is None


def test_the_form_that_books_a_run_knows_the_flow_cells_that_are_kept(
    technician: FlaskClient, sizes: str
) -> None:
    keep(technician, sizes, "novaseq_x_10b", "novaseq_x_25b")

    with writing() as session:
        project = make_project(session)
        lane_of(session, project, planned_only(session, project))
    told = page(technician, "/sequencing", "?view=plan")

    assert "novaseq_x_1_5b" not in told

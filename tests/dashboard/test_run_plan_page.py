"""A run plan on its page: lanes moved and moved back, released with a password, its sheet kept."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from backend.auth.ids import Role
from backend.core.ids import new_id
from backend.core.transaction import reading, writing
from backend.sequencing.models import SequencingRun
from backend.sequencing.pool_models import RunLoad
from backend.sequencing.released.models import RunRelease
from backend.sequencing.released.schemas import MEANINGS
from dashboard import gate
from dashboard.pages.run_plans import ids
from dashboard.pages.run_plans.callbacks import wished
from dashboard.shell_ids import live
from tests.dashboard.conftest import callback_request, csrf_headers, page_request
from tests.factories.people import PASSWORD
from tests.factories.releases import make_planned_run
from tests.factories.sequencing import make_project


@pytest.fixture
def technician(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in(Role.TECHNICIAN)


@pytest.fixture
def run(technician: FlaskClient) -> str:
    del technician  # its fixture has bound the database
    with writing() as session:
        return make_planned_run(session, make_project(session))


def post(browser: FlaskClient, body: dict[str, Any]) -> str:
    answer = browser.post(gate.CALLBACKS, json=body, headers=csrf_headers(browser))
    assert answer.status_code == 200, answer.text
    return answer.text


def page(browser: FlaskClient, path: str, search: str = "") -> str:
    body = page_request(path)
    body["inputs"][1]["value"] = search
    return post(browser, body)


def only_load(run: str) -> tuple[UUID, int]:
    with reading() as session:
        pool_id, lane = session.execute(
            select(RunLoad.pool_id, RunLoad.lane)
            .join(SequencingRun, SequencingRun.id == RunLoad.run_id)
            .where(SequencingRun.number == int(run.rpartition("-")[2]))
        ).one()
    return pool_id, lane


def drop(browser: FlaskClient, run: str, to: int) -> str:
    pool_id, lane = only_load(run)
    dropped = {"pool": str(pool_id), "from": lane, "to": to, "at": 1}
    body = callback_request(
        "run-plan-last",
        inputs=[(ids.MOVED, "data", dropped)],
        state=[(ids.WHICH, "data", {"code": run, "lane": ""})],
    )
    body["inputs"] = [[], [], body["inputs"][0]]
    return post(browser, body)


def send_release(browser: FlaskClient, run: str, password: str, **said: str) -> str:
    values = {
        ids.RELEASE_MEANING: MEANINGS[0],
        ids.RELEASE_DIALECT: "illumina_v2",
        ids.RELEASE_FLOW_CELL: "22K7TLT4",
        ids.RELEASE_KIT: "",
        ids.RELEASE_EXPIRY: "",
        ids.RELEASE_PASSWORD: password,
    }
    return post(
        browser,
        callback_request(
            ids.RELEASE_PROBLEMS,
            inputs=[(ids.RELEASE_SEND, "n_clicks", 1)],
            state=[
                *((key, "value", value) for key, value in (values | said).items()),
                (ids.WHICH, "data", {"code": run, "lane": ""}),
            ],
        ),
    )


def kept(run: str) -> int:
    with reading() as session:
        releases = session.scalars(
            select(RunRelease.id)
            .join(SequencingRun, SequencingRun.id == RunRelease.run_id)
            .where(SequencingRun.number == int(run.rpartition("-")[2]))
        )
        return len(releases.all())


def test_the_plan_shows_lanes_pools_checks_and_its_two_acts(
    technician: FlaskClient, run: str
) -> None:
    told = page(technician, f"/sequencing/plans/{run}")

    for words in ("Lane 8", "Index collisions: none", "Release run", "Colour balance, lane 1"):
        assert words in told
    assert "Reagents: not known" in told
    assert run in page(technician, "/sequencing/plans")


def test_who_may_not_plan_sees_the_plan_without_its_acts(
    technician: FlaskClient, signed_in: Callable[..., FlaskClient], run: str
) -> None:
    del technician
    told = page(signed_in(Role.ANALYST), f"/sequencing/plans/{run}")

    assert "Index collisions: none" in told
    assert "Release run" not in told
    assert "run-plan-lane" not in told


def test_a_run_that_is_not_there_is_said(technician: FlaskClient, run: str) -> None:
    del run
    assert "There is no run NX-999999" in page(technician, "/sequencing/plans/NX-999999")


def test_a_pool_that_is_dropped_on_a_lane_is_there(technician: FlaskClient, run: str) -> None:
    told = drop(technician, run, 4)

    assert only_load(run)[1] == 4
    assert "moved to lane 4" in told


def test_a_wrong_password_is_said_and_nothing_is_kept(technician: FlaskClient, run: str) -> None:
    told = send_release(technician, run, "not it at all")

    assert "There is a problem" in told
    assert kept(run) == 0


def test_a_release_is_signed_kept_and_downloads(technician: FlaskClient, run: str) -> None:
    told = send_release(technician, run, PASSWORD)

    assert f"{run} v1 is released" in told
    again = page(technician, f"/sequencing/plans/{run}")
    assert "Released as v1" in again
    assert ids.RELEASE_SEND in again
    file = technician.get(f"/files/run-sheets/{run}-v1.csv")
    assert file.status_code == 200
    assert f"RunName,{run}" in file.text
    assert technician.get(f"/files/run-sheets/{run}-v2.csv").status_code == 404
    assert technician.get("/files/run-sheets/nonsense").status_code == 404
    shown = page(technician, f"/sequencing/plans/{run}", "?show=sheet&diff=1-now")
    assert "Both sheets say the same." in shown


def test_a_release_that_is_void_says_by_what(technician: FlaskClient, run: str) -> None:
    send_release(technician, run, PASSWORD)

    drop(technician, run, 2)

    told = page(technician, f"/sequencing/plans/{run}", "?show=sheet&diff=1-now")
    assert "was moved from lane 1 to lane 2" in told
    assert "(lane 2) is new" in told


def test_a_flow_cell_with_odd_letters_is_said_at_its_field(
    technician: FlaskClient, run: str
) -> None:
    told = send_release(technician, run, PASSWORD, **{ids.RELEASE_FLOW_CELL: "<b>"})

    assert "A flow cell's name has letters, digits, - and _ only." in told
    assert json.loads(told)["response"].get(ids.RELEASE_PASSWORD) is None


def test_a_choice_that_was_only_drawn_anew_moves_nothing() -> None:
    pool = str(new_id())

    assert wished(ids.lane(pool, 3), "3", None) is None
    assert wished(ids.way(pool, 3, 4), None, None) is None
    assert wished(ids.MOVED, None, None) is None
    move = wished(ids.lane(pool, 3), "5", None)
    assert move is not None
    assert (move.from_lane, move.to_lane) == (3, 5)


def test_a_better_arrangement_is_shown_before_anybody_accepts_it(
    technician: FlaskClient, run: str
) -> None:
    body = callback_request(
        "run-plan-body",
        inputs=[
            (live("sequencing"), "data", 1),
            (ids.CHANGED, "data", None),
            (ids.LAST, "data", None),
            (ids.PREVIEW, "data", True),
        ],
        state=[(ids.WHICH, "data", {"code": run, "lane": ""})],
    )
    assert "No arrangement of these pools is more even" in post(technician, body)

    pool_id, lane = only_load(run)
    button = {"moves": f"{pool_id}:{lane}:6", "type": "run-plan-accept"}
    body = callback_request(
        f"..{ids.PREVIEW}.data",
        inputs=[(button, "n_clicks", 1)],
        state=[(ids.WHICH, "data", {"code": run, "lane": ""})],
    )
    body["inputs"] = [body["inputs"]]
    body["changedPropIds"] = [f"{json.dumps(button, separators=(',', ':'))}.n_clicks"]
    told = post(technician, body)

    assert only_load(run)[1] == 6
    assert '"from_lane":6,"to_lane":1' in told

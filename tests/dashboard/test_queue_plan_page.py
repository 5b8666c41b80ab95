"""The page that plans the queue: asking, the plan as drawn, pinning, accepting, putting aside."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from backend.auth.ids import Role
from backend.core import clock
from backend.core.transaction import reading, writing
from backend.samples.models import Sample
from backend.sequencing.ids import RequestState
from backend.sequencing.models import SequencingRequest
from backend.sequencing.pool_models import PoolMember
from backend.sequencing.queue_plans import queries
from backend.sequencing.queue_plans.ids import QueuePlanState
from backend.sequencing.queue_plans.views import QueuePlanView
from backend.storage.solver_output import silence_solver
from dashboard import format as fmt
from dashboard import gate, shell_ids
from dashboard.pages.queue_plans import ids
from tests.dashboard.conftest import callback_request, csrf_headers, page_request
from tests.factories.queue_plans import make_plan
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import (
    make_instrument,
    make_libraries,
    make_project,
    make_request,
    put_on_hold,
)

SignedIn = Callable[..., FlaskClient]
PATH = "/sequencing/queue-plan"


@pytest.fixture
def technician(signed_in: SignedIn) -> FlaskClient:
    return signed_in(Role.TECHNICIAN)


@pytest.fixture
def plan(technician: FlaskClient) -> QueuePlanView:
    """A plan of a request of three libraries that has one run."""
    del technician  # its fixture has bound the database
    silence_solver()
    with writing() as session:
        libraries = make_libraries(session, make_project(session), 3)
        due = (clock.utc_now() + timedelta(days=12)).date()
        request = make_request(session, make_project(session), libraries, due_on=due)
        make_instrument(session)
        return make_plan(session, EVERYBODY, [request.id])


def now(plan: QueuePlanView) -> QueuePlanView:
    with reading() as session:
        return queries.get_plan(session, EVERYBODY, plan.id)


def page_of(client: FlaskClient, search: str = "") -> str:
    body = page_request(PATH)
    body["inputs"][1]["value"] = search
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code == 200, answer.text
    return json.dumps(answer.get_json(), ensure_ascii=False).replace(fmt.NBSP, " ")


def press(client: FlaskClient, output: str, button: Any, *state: Any, expected: int = 200) -> str:
    body = callback_request(output, inputs=[(button, "n_clicks", 1)], state=list(state))
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code in {expected, 204}, answer.text
    return json.dumps(answer.get_json(silent=True), ensure_ascii=False).replace(fmt.NBSP, " ")


def pressed(
    client: FlaskClient,
    output: str,
    button: dict[str, Any],
    state: list[Any],
    *,
    among: bool = True,
) -> str:
    """Press a button whose id is a pattern, ``among`` all of it; return what comes back."""
    body = callback_request(output, inputs=[])
    value = {"id": button, "property": "n_clicks", "value": 1}
    body["inputs"] = [[value] if among else value]
    body["state"] = state
    key = json.dumps(button, sort_keys=True, separators=(",", ":"))
    body["changedPropIds"] = [f"{key}.n_clicks"]
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code in {200, 204}, answer.text
    return json.dumps(answer.get_json(silent=True), ensure_ascii=False).replace(fmt.NBSP, " ")


def answered(
    client: FlaskClient, plan: QueuePlanView, act: str, ticked: dict[Any, bool] | None = None
) -> str:
    boxes = ticked or {}
    state: list[Any] = [
        [{"id": ids.run(str(k)), "property": "value", "value": on} for k, on in boxes.items()],
        [{"id": ids.run(str(k)), "property": "id", "value": ids.run(str(k))} for k in boxes],
        {"id": shell_ids.URL, "property": "search", "value": f"?plan={plan.id}"},
    ]
    return pressed(client, f"{ids.BODY}.children", ids.act(act), state, among=False)


def test_the_board_leads_who_plans_to_the_page_and_nobody_else(
    technician: FlaskClient, signed_in: SignedIn
) -> None:
    def board(client: FlaskClient) -> str:
        body = page_request("/sequencing")
        return client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client)).text

    assert "Plan queue" in board(technician)
    assert "Plan queue" not in board(signed_in(Role.SCIENTIST))
    assert "Plan queue" in page_of(technician)


def test_a_plan_is_asked_for_and_what_cannot_be_is_said_at_its_field(
    technician: FlaskClient, plan: QueuePlanView
) -> None:
    def ask(limit: object, which: str, requests: list[str]) -> str:
        state = [
            (ids.WHICH, "value", which),
            (ids.REQUESTS, "value", requests),
            (ids.BEGINS, "value", ""),
            (ids.LIMIT, "value", limit),
        ]
        return press(technician, f"{ids.ASK_PROBLEMS}.children", ids.ASK, *state)

    request = str(plan.runs[0].lanes[0].libraries[0].request_id)

    assert "1 to 120 seconds" in ask(500, ids.ALL, [])
    assert "Choose requests that wait" in ask(5, ids.CHOSEN, [])
    with reading() as session:
        before = len(queries.list_plans(session, EVERYBODY))
    assert f"{PATH}" in ask(5, ids.CHOSEN, [request])
    with reading() as session:
        newest = queries.list_plans(session, EVERYBODY)
    assert len(newest) == before + 1
    assert (newest[0].state, newest[0].request_count) == (QueuePlanState.ASKED, 1)
    making = page_of(technician, f"?plan={newest[0].id}")
    assert "Plan in the making" in making
    assert "job-bar" in making


def test_a_plan_shows_its_lanes_its_figures_and_that_no_bound_was_proven(
    technician: FlaskClient, plan: QueuePlanView
) -> None:
    drawn = page_of(technician, f"?plan={plan.id}")

    for library in plan.runs[0].lanes[0].libraries:
        assert library.barcode in drawn
    lane = f"Lane {plan.runs[0].lanes[0].lane}"
    for words in ("No bound was proven", "earliest due date first", "Accept all 1 run", lane):
        assert words in drawn


def test_accepting_the_chosen_runs_books_them(technician: FlaskClient, plan: QueuePlanView) -> None:
    (run,) = plan.runs

    refused = answered(technician, plan, ids.ACCEPT_CHOSEN, {run.id: False})
    assert "Choose at least one run" in refused
    assert now(plan).state is QueuePlanState.READY

    told = answered(technician, plan, ids.ACCEPT_CHOSEN, {run.id: True})

    booked = now(plan)
    assert booked.state is QueuePlanState.ACCEPTED
    assert booked.runs[0].run_code in told
    with reading() as session:
        state = session.scalar(
            select(SequencingRequest.state).where(
                SequencingRequest.id == run.lanes[0].libraries[0].request_id
            )
        )
    assert state is RequestState.PLANNED


def test_a_refusal_names_what_changed_and_keeps_the_plan_open(
    technician: FlaskClient, plan: QueuePlanView
) -> None:
    library = plan.runs[0].lanes[0].libraries[0]
    pooled = select(PoolMember).where(PoolMember.request_id == library.request_id)
    with writing() as session:
        sample = session.get(Sample, library.sample_id)
        assert sample is not None
        put_on_hold(session, sample)

    told = answered(technician, plan, ids.ACCEPT)

    assert f"{library.barcode} is on hold" in told
    assert now(plan).state is QueuePlanState.READY
    with reading() as session:
        assert session.scalars(pooled).all() == []


def test_a_plan_is_put_aside_or_made_again(technician: FlaskClient, plan: QueuePlanView) -> None:
    answered(technician, plan, ids.AGAIN)
    assert now(plan).state is QueuePlanState.DISMISSED
    with reading() as session:
        again = queries.list_plans(session, EVERYBODY)[0]
    assert (again.state, again.begins_at) == (QueuePlanState.ASKED, plan.begins_at)

    answered(technician, again, ids.DISMISS)

    assert now(again).state is QueuePlanState.DISMISSED


def test_a_library_is_pinned_kept_off_and_unpinned(
    technician: FlaskClient, plan: QueuePlanView
) -> None:
    run = plan.runs[0]
    library = run.lanes[0].libraries[0]
    key = f"{run.id}/{library.request_id}/{library.sample_id}"

    there = pressed(technician, f"{ids.PINS}.children", ids.pin(ids.HERE, key, 2), [])
    assert f"{library.barcode}: on {run.instrument}" in there
    away = pressed(technician, f"{ids.PINS}.children", ids.pin(ids.OFF, key, 2), [])
    assert f"{library.barcode}: away from {run.instrument}" in away
    with reading() as session:
        (pin,) = [
            each
            for each in queries.list_pins(session, EVERYBODY)
            if each.barcode == library.barcode
        ]

    gone = pressed(technician, f"{ids.PINS}.children", ids.pin(ids.UNPIN, str(pin.id)), [])
    assert library.barcode not in gone


def test_a_pin_is_typed_and_a_wrong_one_is_said(
    technician: FlaskClient, plan: QueuePlanView
) -> None:
    run = plan.runs[0]
    library = run.lanes[0].libraries[0]

    def typed(barcode: str, lane: object) -> str:
        start = (clock.utc_now() + timedelta(days=6)).strftime("%Y-%m-%dT%H:00")
        body = callback_request(
            f"{ids.PINS}.children@",
            inputs=[(ids.PIN_SEND, "n_clicks", 1), (ids.PIN_AWAY, "n_clicks", None)],
            state=[
                (ids.PIN_REQUEST, "value", str(library.request_id)),
                (ids.PIN_LIBRARY, "value", barcode),
                (ids.PIN_INSTRUMENT, "value", str(run.instrument_id)),
                (ids.PIN_START, "value", start),
                (ids.PIN_LANE, "value", lane),
            ],
        )
        answer = technician.post(gate.CALLBACKS, json=body, headers=csrf_headers(technician))
        assert answer.status_code in {200, 204}
        return json.dumps(answer.get_json(silent=True), ensure_ascii=False)

    assert "has no library NONE-1" in typed("NONE-1", None)
    assert "lane from 1 to 8" in typed("", 9)
    assert f"{library.request_code}, all of it: on {run.instrument}" in typed("", 3)
    assert f"{library.barcode}: on {run.instrument}" in typed(library.barcode.lower(), None)


def test_a_stranger_to_planning_is_refused(signed_in: SignedIn, plan: QueuePlanView) -> None:
    scientist = signed_in(Role.SCIENTIST)
    body = callback_request(
        f"{ids.ASK_PROBLEMS}.children",
        inputs=[(ids.ASK, "n_clicks", 1)],
        state=[
            (ids.WHICH, "value", ids.ALL),
            (ids.REQUESTS, "value", []),
            (ids.BEGINS, "value", ""),
            (ids.LIMIT, "value", 5),
        ],
    )

    answer = scientist.post(gate.CALLBACKS, json=body, headers=csrf_headers(scientist))

    assert answer.status_code == 403
    assert now(plan).state is QueuePlanState.READY
    assert "Plan queue" not in page_of(scientist)

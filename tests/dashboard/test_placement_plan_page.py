"""The review of a placement plan that a worker answers: at once, followed, and how it ended."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from backend.auth.ids import Role
from backend.core.config import Settings
from backend.core.transaction import reading, writing
from backend.samples.ids import SampleId
from backend.storage import plan_answers, plan_queries, service
from backend.storage.ids import PlanId
from backend.storage.models import Placement
from backend.storage.views import PlanView
from backend.work.ids import JobState
from backend.work.models import Job
from dashboard import gate
from dashboard.pages.storage import ids
from dashboard.shell_ids import URL, live
from jobs import execution, process
from jobs.queues import TASKS
from tests.dashboard.conftest import callback_request, csrf_headers
from tests.factories.plans import make_ready
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_project
from tests.factories.storage import make_freezer, make_tube, stand

SignedIn = Callable[..., FlaskClient]


@pytest.fixture
def technician(signed_in: SignedIn) -> FlaskClient:
    return signed_in(Role.TECHNICIAN)


@pytest.fixture
def plan_id(technician: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> PlanId:
    """Return a ready plan of three lines, which here is a long one."""
    del technician  # its fixture has bound the database
    monkeypatch.setattr(plan_answers, "AT_ONCE", 2)
    with writing() as session:
        project = make_project(session)
        make_freezer(session, boxes=1)
        tubes: list[SampleId] = [make_tube(session, project) for _ in range(3)]
        plan_id = service.request_plan(session, EVERYBODY, sample_ids=tubes)
        make_ready(session, EVERYBODY, plan_id)
    return plan_id


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Callable[[PlanId], None]:
    """Return a worker, in this process, who carries a plan's answer out."""
    monkeypatch.setattr(process, "forget_connections", lambda: None)
    execution.prepare(execution.Setup(settings=settings, worker="test", tasks=TASKS))

    def carry_out(plan_id: PlanId) -> None:
        answer = look(plan_id).answer
        assert answer is not None
        execution.run_job(str(answer.job_id))

    return carry_out


def look(plan_id: PlanId) -> PlanView:
    with reading() as session:
        return plan_queries.get_plan(session, EVERYBODY, plan_id)


def standing(plan_id: PlanId) -> int:
    with reading() as session:
        return session.scalars(
            select(func.count()).where(Placement.plan_id == plan_id, Placement.removed_at.is_(None))
        ).one()


def press(client: FlaskClient, button: str, plan_id: PlanId) -> str:
    """Press a button of the review and return all of the answer as text."""
    asked = hashlib.sha256(f"{button}.n_clicks".encode()).hexdigest()
    return _call(client, f"@{asked}", plan_id, inputs=[(button, "n_clicks", 1)])


def follow(client: FlaskClient, plan_id: PlanId, shown: str) -> str:
    """Let the live feed tell the page, on which the plan is drawn in a state."""
    inputs = [(live("storage"), "data", 1), (live("work"), "data", 1)]
    return _call(client, f"{ids.PLAN}.children...", plan_id, inputs=inputs, shown=shown)


def _call(
    client: FlaskClient, name: str, plan_id: PlanId, *, inputs: list[Any], shown: str = ""
) -> str:
    state = [(URL, "search", f"?plan={plan_id}")]
    if shown:
        state.append((ids.PLAN_SHOWN, "data", shown))
    body = callback_request(name, inputs=inputs, state=state)
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    return json.dumps(answer.get_json(), ensure_ascii=False)


def test_pressing_accept_answers_at_once_with_the_bar_of_the_worker(
    technician: FlaskClient, plan_id: PlanId
) -> None:
    drawn = press(technician, ids.ACCEPT, plan_id)

    answer = look(plan_id).answer
    assert answer is not None
    assert "Samples are being placed" in drawn
    assert '"type": "job-bar"' in drawn
    assert str(answer.job_id) in drawn
    assert ids.ACCEPT_CHOSEN not in drawn
    assert standing(plan_id) == 0


def test_a_second_press_is_told_that_a_worker_is_at_it(
    technician: FlaskClient, plan_id: PlanId
) -> None:
    press(technician, ids.ACCEPT, plan_id)
    first = look(plan_id).answer

    said = press(technician, ids.ACCEPT, plan_id)

    assert "A worker places the samples of this plan already." in said
    assert look(plan_id).answer == first


def test_a_page_that_is_opened_meanwhile_shows_the_worker_too(
    technician: FlaskClient, plan_id: PlanId
) -> None:
    press(technician, ids.ACCEPT, plan_id)

    assert "Samples are being placed" in follow(technician, plan_id, "ready")


def test_when_the_worker_is_done_the_page_says_how_many_and_what_was_not_placed(
    technician: FlaskClient, plan_id: PlanId, work: Callable[[PlanId], None]
) -> None:
    press(technician, ids.ACCEPT, plan_id)
    line = look(plan_id).placements[1]
    with writing() as session:
        other = make_tube(session, make_project(session))
        stand(session, other, line.box_id, line.position.row, line.position.column)
    work(plan_id)

    drawn = follow(technician, plan_id, "accepting")

    assert "2 samples placed. 1 line had become impossible; each says why." in drawn
    assert "Not placed" in drawn
    assert f"{line.position.label} of {line.path} has been filled meanwhile." in drawn
    assert ids.TAKE_BACK in drawn
    assert standing(plan_id) == 2


def test_a_worker_who_did_not_succeed_is_quoted_and_the_plan_can_be_accepted_again(
    technician: FlaskClient, plan_id: PlanId
) -> None:
    press(technician, ids.ACCEPT, plan_id)
    failed = look(plan_id).answer
    assert failed is not None
    with writing() as session:
        session.execute(
            update(Job)
            .where(Job.id == failed.job_id)
            .values(state=JobState.FAILED, error="The worker ended without a word.")
        )

    drawn = follow(technician, plan_id, "accepting")

    assert "Placing did not succeed: The worker ended without a word." in drawn
    assert "No sample was placed, and the plan waits for your answer." in drawn
    assert "Samples are being placed" in press(technician, ids.ACCEPT, plan_id)


def test_an_acceptance_is_taken_back_from_the_page(
    technician: FlaskClient, plan_id: PlanId, work: Callable[[PlanId], None]
) -> None:
    press(technician, ids.ACCEPT, plan_id)
    work(plan_id)

    drawn = press(technician, ids.TAKE_BACK, plan_id)
    work(plan_id)
    after = follow(technician, plan_id, "taking_back")

    assert "Samples are being taken out again" in drawn
    assert "3 samples wait for a place again" in after
    assert ids.TAKE_BACK not in after
    assert standing(plan_id) == 0


def test_who_may_only_look_cannot_accept(signed_in: SignedIn, plan_id: PlanId) -> None:
    refused = press(signed_in(Role.ANALYST), ids.ACCEPT, plan_id)

    assert "Samples are being placed" not in refused
    assert look(plan_id).answer is None

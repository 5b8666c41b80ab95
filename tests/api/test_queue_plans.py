"""Queue plans and pins over the API: asked for, read, accepted, dismissed, refused."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core import clock
from backend.core.ids import new_id
from backend.core.transaction import writing
from backend.sequencing.queue_plans.ids import QueuePlanId
from backend.storage.solver_output import silence_solver
from tests.api.conftest import Headers
from tests.factories.queue_plans import store_plan
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import (
    make_instrument,
    make_libraries,
    make_project,
    make_request,
)

SignedIn = Callable[..., Headers]
ALL = "/api/v1/sequencing/queue-plans"
PINS = "/api/v1/sequencing/queue-pins"


@pytest.fixture
def technician(signed_in: SignedIn) -> Headers:
    return signed_in(Role.TECHNICIAN)


@pytest.fixture
def waiting(technician: Headers) -> dict[str, str]:
    """A request of two libraries that waits, and an instrument."""
    del technician  # its fixture has made the database
    silence_solver()
    with writing() as session:
        libraries = make_libraries(session, make_project(session), 2)
        due = (clock.utc_now() + timedelta(days=12)).date()
        request = make_request(session, make_project(session), libraries, due_on=due)
        instrument = make_instrument(session)
        return {
            "request": str(request.id),
            "instrument": str(instrument.id),
            "barcode": libraries[0].barcode,
        }


def made(client: FlaskClient, who: Headers, request: str) -> Any:
    asked = client.post(ALL, headers=who, json={"requests": [request], "limit_s": 5}).json
    with writing() as session:
        plan = store_plan(session, EVERYBODY, QueuePlanId(UUID(asked["id"])))
    return client.get(f"{ALL}/{plan.id}", headers=who).json


def test_a_plan_is_asked_for_read_and_accepted(
    client: FlaskClient, technician: Headers, waiting: dict[str, str]
) -> None:
    plan = made(client, technician, waiting["request"])
    key = plan["plan"]["id"]

    (run,) = plan["runs"]
    settings = plan["settings"]
    assert (settings["version"], settings["content"]["run_delay_hours"]) == (None, "5")
    assert {each["hours"] for each in settings["runs"]} == {48.0}
    assert run["is_top_up"] is False
    accepted = client.post(f"{ALL}/{key}/accept", headers=technician, json={"runs": [run["id"]]})
    again = client.post(f"{ALL}/{key}/accept", headers=technician, json={})

    assert (plan["plan"]["state"], plan["plan"]["gap"]) == ("ready", None)
    assert plan["plan"]["proven"] == "no bound was proven"
    assert len(run["lanes"][0]["libraries"]) == 2
    assert plan["left_out"] == []
    assert (accepted.status_code, again.status_code) == (201, 409)
    after = client.get(f"{ALL}/{key}", headers=technician).json
    assert [each["run_code"] for each in after["runs"]] == accepted.json["runs"]
    assert key in {each["id"] for each in client.get(ALL, headers=technician).json["items"]}


def test_a_plan_is_dismissed_once(
    client: FlaskClient, technician: Headers, waiting: dict[str, str]
) -> None:
    key = made(client, technician, waiting["request"])["plan"]["id"]

    answers = [
        client.post(f"{ALL}/{key}/dismiss", headers=technician, json={"reason": "Later"})
        for _ in range(2)
    ]

    assert [each.status_code for each in answers] == [204, 409]
    unknown = client.post(f"{ALL}/{new_id()}/dismiss", headers=technician, json={})
    assert unknown.status_code == 404


def test_pins_are_made_listed_and_taken_away(
    client: FlaskClient, technician: Headers, waiting: dict[str, str]
) -> None:
    start = (clock.utc_now() + timedelta(days=5)).replace(microsecond=0)
    body = {
        "request": waiting["request"],
        "library": waiting["barcode"],
        "instrument": waiting["instrument"],
        "start_at": start.isoformat(),
        "lane": 2,
    }

    pinned = client.post(PINS, headers=technician, json=body)
    wrong = client.post(PINS, headers=technician, json=body | {"library": "NONE-1"})
    past = client.post(PINS, headers=technician, json=body | {"start_at": "2020-01-01T00:00:00Z"})

    assert (pinned.status_code, wrong.status_code, past.status_code) == (201, 422, 422)
    assert (pinned.json["barcode"], pinned.json["lane"]) == (waiting["barcode"], 2)
    listed = client.get(PINS, headers=technician).json["items"]
    assert pinned.json["id"] in {each["id"] for each in listed}
    gone = [
        client.delete(f"{PINS}/{pinned.json['id']}", headers=technician).status_code
        for _ in range(2)
    ]
    assert gone == [204, 404]


def test_what_cannot_be_asked_is_refused(
    client: FlaskClient, technician: Headers, waiting: dict[str, str]
) -> None:
    unknown = client.post(ALL, headers=technician, json={"requests": [str(new_id())]})
    too_long = client.post(
        ALL, headers=technician, json={"requests": [waiting["request"]], "limit_s": 500}
    )

    assert (unknown.status_code, too_long.status_code) == (422, 422)

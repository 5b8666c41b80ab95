"""Storage over the API: looking, placing, moving, taking out, plans; and who is refused."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from backend.auth.ids import Role
from backend.core.config import Settings
from backend.core.transaction import reading, writing
from backend.storage.ids import PlanId
from backend.storage.models import Placement
from jobs import execution, process
from jobs.queues import TASKS
from tests.api.conftest import Headers
from tests.factories.plans import make_ready
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_project
from tests.factories.storage import Freezer, make_freezer, make_tube, stand

SignedIn = Callable[..., Headers]


@pytest.fixture
def technician(signed_in: SignedIn) -> Headers:
    return signed_in(Role.TECHNICIAN)


@pytest.fixture
def working(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> Callable[[str], None]:
    """Return a worker, in this process: ``working(job_id)`` does a job."""
    del client  # its fixture has made the database
    monkeypatch.setattr(process, "forget_connections", lambda: None)
    execution.prepare(execution.Setup(settings=settings, worker="test", tasks=TASKS))
    return execution.run_job


@pytest.fixture
def freezer(technician: Headers) -> Freezer:
    """A freezer of one box with T-2 in A1; T-1 waits for a place."""
    del technician  # its fixture has made the database
    with writing() as session:
        project = make_project(session)
        made = make_freezer(session, label="ULT-90")
        make_tube(session, project, barcode="T-1")
        stand(session, make_tube(session, project, barcode="T-2"), made.box_id, 1, 1)
    return made


BOX = "ULT-90/1/A/B-1"


def post(client: FlaskClient, headers: Headers, path: str, body: dict[str, Any]) -> dict[str, Any]:
    response = client.post(f"/api/v1/storage/{path}", json=body, headers=headers)
    assert response.status_code == 201, response.text
    assert isinstance(response.json, dict)
    return response.json


def get(client: FlaskClient, headers: Headers, path: str) -> dict[str, Any]:
    response = client.get(f"/api/v1/storage/{path}", headers=headers)
    assert response.status_code == 200, response.text
    assert isinstance(response.json, dict)
    return response.json


@pytest.mark.usefixtures("freezer")
def test_zones_units_and_the_tree_tell_how_full_they_are(
    client: FlaskClient, technician: Headers
) -> None:
    (zone,) = get(client, technician, "zones")["items"]
    (unit,) = get(client, technician, "units")["items"]
    (root,) = get(client, technician, "tree")["items"]

    assert (zone["temperature_class"], zone["used"], zone["capacity"]) == ("-80", 1, 81)
    assert (unit["label"], unit["free"]) == ("ULT-90", 80)
    assert root["children"][0]["children"][0]["path"] == "ULT-90/1/A"


def test_a_box_is_found_by_its_path_and_told_position_by_position(
    client: FlaskClient, technician: Headers, freezer: Freezer
) -> None:
    place = get(client, technician, f"places?code={BOX}")

    box = get(client, technician, f"boxes/{place['id']}")

    assert place["id"] == str(freezer.box_id)
    assert [(tube["position"], tube["barcode"]) for tube in box["tubes"]] == [("A1", "T-2")]
    assert (box["box"]["rows"], box["box"]["columns"]) == (9, 9)


@pytest.mark.usefixtures("freezer")
def test_a_sample_is_placed_moved_and_taken_out_and_its_custody_tells(
    client: FlaskClient, technician: Headers
) -> None:
    placed = post(
        client, technician, "placements", {"barcode": "T-1", "box": BOX, "position": "D7"}
    )
    moved = post(client, technician, "moves", {"barcodes": ["T-1"], "box": BOX})
    taken = post(client, technician, "take-outs", {"barcode": "T-1", "reason": "extraction"})

    assert (placed["path"], placed["position"], placed["source"]) == (BOX, "D7", "api")
    assert [stay["position"] for stay in moved["items"]] == ["A2"]
    assert taken["removal_reason"] == "extraction"
    stays = get(client, technician, "custody/T-1")["items"]
    assert [stay["position"] for stay in stays] == ["A2", "D7"]


@pytest.mark.usefixtures("freezer")
def test_a_step_is_taken_back(client: FlaskClient, technician: Headers) -> None:
    placed = post(client, technician, "placements", {"barcode": "T-1", "box": BOX})

    undone = post(client, technician, f"placements/{placed['id']}/undo", {})

    assert undone == {"stands": None}


@pytest.mark.usefixtures("freezer")
def test_placing_sent_again_with_its_key_places_once(
    client: FlaskClient, technician: Headers
) -> None:
    keyed = technician | {"Idempotency-Key": "bench-4-0001"}
    body = {"barcode": "T-1", "box": BOX}

    first = post(client, keyed, "placements", body)
    again = post(client, keyed, "placements", body)

    assert first == again
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Placement)) == 2


@pytest.mark.usefixtures("freezer")
@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"barcode": "T-2", "box": BOX}, 409, "stands in ULT-90/1/A/B-1/A1"),
        ({"barcode": "T-1", "box": BOX, "position": "A1"}, 409, "is taken or blocked"),
        ({"barcode": "T-1", "box": BOX, "position": "Z9"}, 422, "has no position Z9"),
        ({"barcode": "T-1", "box": "ULT-90/1/A"}, 422, "is not a box"),
        ({"barcode": "T-1", "box": "NOWHERE"}, 404, "There is no box"),
        ({"barcode": "NOBODY", "box": BOX}, 404, "NOBODY"),
    ],
)
def test_a_refusal_says_what_is_in_the_way(
    client: FlaskClient, technician: Headers, body: dict[str, str], status: int, said: str
) -> None:
    response = client.post("/api/v1/storage/placements", json=body, headers=technician)

    assert response.status_code == status, response.text
    assert response.json is not None
    assert said in response.json["detail"]


@pytest.mark.usefixtures("freezer")
def test_who_may_not_place_or_plan_is_refused(client: FlaskClient, signed_in: SignedIn) -> None:
    reader = signed_in(Role.ANALYST)
    asked = {
        "placements": {"barcode": "T-1", "box": BOX},
        "moves": {"barcodes": ["T-2"], "box": BOX},
        "take-outs": {"barcode": "T-2", "reason": "extraction"},
        "plans": {},
    }

    statuses = {
        path: client.post(f"/api/v1/storage/{path}", json=body, headers=reader).status_code
        for path, body in asked.items()
    }

    assert statuses == dict.fromkeys(asked, 403)
    assert get(client, reader, "zones")["items"]


@pytest.mark.usefixtures("freezer")
def test_a_plan_is_asked_for_and_followed(client: FlaskClient, technician: Headers) -> None:
    asked = post(client, technician, "plans", {"barcodes": ["T-1"]})

    plan = get(client, technician, f"plans/{asked['id']}")

    assert (plan["state"], plan["lines"], plan["bound_s"]) == ("requested", [], None)
    early = client.post(f"/api/v1/storage/plans/{asked['id']}/accept", json={}, headers=technician)
    assert early.status_code == 409
    assert plan["worth"] is None


@pytest.mark.usefixtures("freezer")
def test_a_plan_in_the_making_is_called_off_once(client: FlaskClient, technician: Headers) -> None:
    plan = post(client, technician, "plans", {"barcodes": ["T-1"]})["id"]

    off = client.post(f"/api/v1/storage/plans/{plan}/cancel", headers=technician)
    again = client.post(f"/api/v1/storage/plans/{plan}/cancel", headers=technician)

    assert (off.status_code, again.status_code) == (204, 409)
    assert get(client, technician, f"plans/{plan}")["state"] == "cancelled"


@pytest.mark.usefixtures("freezer")
def test_a_ready_plan_shows_its_weights_its_terms_and_what_every_rule_took(
    client: FlaskClient, technician: Headers
) -> None:
    plan = post(client, technician, "plans", {"barcodes": ["T-1"]})["id"]
    with writing() as session:
        make_ready(session, EVERYBODY, PlanId(UUID(plan)))

    found = get(client, technician, f"plans/{plan}")

    worth = found["worth"]
    assert worth["weights_s"]["doors"] == 60.0
    assert sum(worth["terms_s"].values()) == pytest.approx(found["objective_s"])
    assert sum(worth["first_fit_terms_s"].values()) == pytest.approx(found["first_fit_s"])
    (sort,) = worth["considered"]
    assert (sort["samples"], sort["boxes_allowed"]) == (1, 1)


@pytest.mark.usefixtures("freezer")
def test_the_best_places_for_a_tube_are_told_and_nothing_moves(
    client: FlaskClient, technician: Headers, signed_in: SignedIn
) -> None:
    found = get(client, technician, "suggestions/t-1?most=1")
    unknown = client.get("/api/v1/storage/suggestions/T-99", headers=technician)
    guest = client.get("/api/v1/storage/suggestions/T-1", headers=signed_in(Role.GUEST))

    (place,) = found["places"]
    assert (found["barcode"], place["path"]) == ("T-1", BOX)
    assert place["handling_s"] > 0
    assert found["boxes_allowed"] == 1
    assert (unknown.status_code, guest.status_code) == (404, 403)
    assert get(client, technician, "custody/T-1")["items"] == []


@pytest.mark.usefixtures("freezer")
def test_a_plan_is_accepted_and_taken_back_by_a_worker_whose_job_is_told(
    client: FlaskClient, technician: Headers, working: Callable[[str], None]
) -> None:
    path = ready_plan(client, technician)
    keyed = technician | {"Idempotency-Key": "plan-accept-0001"}

    early = client.post(f"/api/v1/{path}/undo", headers=technician)
    asked = client.post(f"/api/v1/{path}/accept", json={}, headers=keyed)
    twice = client.post(f"/api/v1/{path}/accept", json={}, headers=technician)
    replayed = client.post(f"/api/v1/{path}/accept", json={}, headers=keyed)
    going_on = get(client, technician, path.removeprefix("storage/"))
    job = asked.json["job_id"]
    working(job)
    told = client.get(f"/api/v1/jobs/{job}", headers=technician).json
    accepted = get(client, technician, path.removeprefix("storage/"))
    back = client.post(f"/api/v1/{path}/undo", headers=technician)
    working(back.json["job_id"])
    again = client.post(f"/api/v1/{path}/undo", headers=technician)

    assert (early.status_code, asked.status_code, back.status_code) == (409, 202, 202)
    assert (twice.status_code, again.status_code) == (409, 404)
    assert "already" in twice.json["detail"]
    assert (replayed.status_code, replayed.json) == (202, asked.json)
    assert (going_on["state"], going_on["answer"]["job_state"]) == ("accepting", "queued")
    assert (told["state"], told["progress_note"]) == ("done", "1 of 1 samples placed")
    assert told["result"] == {"placed": 1, "refused": 0}
    assert [(line["barcode"], line["outcome"]) for line in accepted["lines"]] == [("T-1", "placed")]
    (ended,) = get(client, technician, "custody/T-1")["items"]
    assert ended["removed_at"] is not None


@pytest.mark.usefixtures("freezer")
def test_a_line_that_the_plan_does_not_have_is_refused_at_once(
    client: FlaskClient, technician: Headers
) -> None:
    path = ready_plan(client, technician)

    answer = client.post(f"/api/v1/{path}/accept", json={"steps": [1, 7]}, headers=technician)

    assert answer.status_code == 422
    assert "The plan has no line 7." in answer.json["detail"]


def ready_plan(client: FlaskClient, headers: Headers) -> str:
    """Return the address of a plan for T-1."""
    plan = post(client, headers, "plans", {"barcodes": ["T-1"]})["id"]
    with writing() as session:
        make_ready(session, EVERYBODY, PlanId(UUID(plan)))
    return f"storage/plans/{plan}"

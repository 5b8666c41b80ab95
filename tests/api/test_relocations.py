"""Consolidations and evacuations over the API: asked for, read, accepted, declined, refused."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.ids import new_id
from backend.core.transaction import writing
from tests.api.conftest import Headers
from tests.api.test_api import assert_problem
from tests.factories.relocations import evacuation, freed
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_project
from tests.factories.storage import Freezer, make_freezer, make_tube, stand

SignedIn = Callable[..., Headers]
ALL = "/api/v1/storage/relocations"


@pytest.fixture
def technician(signed_in: SignedIn) -> Headers:
    return signed_in(Role.TECHNICIAN)


@pytest.fixture
def freezer(technician: Headers) -> Freezer:
    """ULT-96 with a tube in each of two boxes; ULT-97 is empty."""
    del technician  # its fixture has made the database
    with writing() as session:
        project = make_project(session)
        made = make_freezer(session, label="ULT-96", boxes=2)
        for number, box_id in enumerate(made.box_ids, start=1):
            stand(session, make_tube(session, project, barcode=f"T-{number}"), box_id, 1, 1)
        make_freezer(session, label="ULT-97")
    return made


def ask(client: FlaskClient, who: Headers, kind: str, **body: object) -> Any:
    return client.post(f"{ALL}/{kind}", headers=who, json=body)


@pytest.mark.usefixtures("freezer")
def test_a_plan_is_asked_for_and_listed(client: FlaskClient, technician: Headers) -> None:
    boxes = ["ULT-96/1/A/B-2"]
    asked = ask(client, technician, "consolidations", unit="ult-96", boxes_to_free=1, boxes=boxes)
    emptied = ask(client, technician, "evacuations", unit="ULT-96")
    page = client.get(f"{ALL}?limit=1", headers=technician).json
    rest = client.get(f"{ALL}?cursor={page['next_cursor']}", headers=technician).json
    others = client.get(f"{ALL}?unit=ULT-97", headers=technician).json

    assert (asked.status_code, asked.json["state"], asked.json["unit_label"]) == (
        201,
        "requested",
        "ULT-96",
    )
    assert [each["kind"] for each in page["items"]] == ["evacuate"]
    assert [each["id"] for each in rest["items"]] == [asked.json["id"]]
    assert others == {"items": [], "next_cursor": None}
    assert (
        client.get(f"/api/v1/jobs/{emptied.json['job_id']}", headers=technician).json["kind"]
        == "storage.plan_relocation"
    )


def test_a_plan_is_read_with_its_bound_and_becomes_a_pick_list(
    client: FlaskClient, technician: Headers, freezer: Freezer
) -> None:
    with writing() as session:
        plan = freed(session, EVERYBODY, freezer, boxes_to_free=1)

    read = client.get(f"{ALL}/{plan.id}", headers=technician).json
    accepted = client.post(f"{ALL}/{plan.id}/accept", headers=technician, json={})
    picks = client.get(f"/api/v1/storage/picks/{accepted.json['picks']}", headers=technician)
    again = client.post(f"{ALL}/{plan.id}/accept", headers=technician, json={})

    (move,) = read["moves"]
    assert (read["plan"]["objective_moves"], read["plan"]["bound_moves"]) == (1, 1)
    assert read["plan"]["summary"]["is_proved"] is True
    assert (move["is_box"], move["from_position"], move["outcome"]) == (False, "A1", None)
    assert (accepted.status_code, accepted.json["tubes"], accepted.json["refused"]) == (201, 1, [])
    assert picks.json["lines"][0]["barcode"] == move["barcode"]
    assert_problem(again, 409, "conflict")


def test_an_evacuation_is_declined_with_a_reason(
    client: FlaskClient, technician: Headers, freezer: Freezer
) -> None:
    with writing() as session:
        plan = evacuation(session, EVERYBODY, freezer)
    path = f"{ALL}/{plan.id}"

    silent = client.post(f"{path}/decline", headers=technician, json={"reason": ""})
    done = client.post(f"{path}/decline", headers=technician, json={"reason": "It is repaired"})

    assert (silent.status_code, done.status_code) == (422, 204)
    assert client.get(path, headers=technician).json["plan"]["state"] == "dismissed"


@pytest.mark.usefixtures("freezer")
def test_a_plan_that_is_still_being_made_is_called_off(
    client: FlaskClient, technician: Headers
) -> None:
    plan = ask(client, technician, "evacuations", unit="ULT-96").json["id"]

    early = client.post(f"{ALL}/{plan}/accept", headers=technician, json={})
    box = client.post(f"{ALL}/{plan}/boxes", headers=technician, json={"barcode": "ULT-96/1/A/B-1"})
    done = client.post(f"{ALL}/{plan}/cancel", headers=technician)

    assert_problem(early, 409, "conflict")
    assert_problem(box, 409, "conflict")
    assert done.status_code == 204
    assert client.get(f"{ALL}/{plan}", headers=technician).json["plan"]["state"] == "cancelled"


@pytest.mark.usefixtures("freezer")
def test_what_cannot_be_planned_is_refused(client: FlaskClient, technician: Headers) -> None:
    def refused(kind: str, **body: object) -> int:
        return int(ask(client, technician, kind, **body).status_code)

    assert refused("evacuations", unit="NOWHERE") == 404
    assert refused("evacuations", unit="ULT-96/1") == 404
    assert refused("evacuations", unit="ULT-97") == 422
    assert refused("consolidations", unit="ULT-96", boxes_to_free=0) == 422
    assert refused("consolidations", unit="ULT-96", boxes=["ULT-97/1/A/B-1"]) == 422
    assert refused("consolidations", unit="ULT-96", boxes=["ULT-96/1"]) == 422
    assert refused("consolidations", unit="ULT-96", sooner=True) == 422
    absent = client.get(f"{ALL}/{new_id()}", headers=technician)
    assert_problem(absent, 404, "not_found")


def test_who_may_not_plan_asks_and_sees_nothing_of_others(
    client: FlaskClient, signed_in: SignedIn, freezer: Freezer
) -> None:
    with writing() as session:
        plan = freed(session, EVERYBODY, freezer, boxes_to_free=1)
    scientist = signed_in(Role.SCIENTIST)

    assert ask(client, scientist, "evacuations", unit="ULT-96").status_code == 403
    accept = client.post(f"{ALL}/{plan.id}/accept", headers=scientist, json={})
    assert_problem(accept, 403, "permission_denied")
    assert_problem(client.get(f"{ALL}/{plan.id}", headers=scientist), 404, "not_found")
    assert client.get(ALL, headers=scientist).json["items"] == []

"""Hands, blocks and whole boxes over the API."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.transaction import writing
from backend.storage.models import StorageNode
from tests.api.conftest import Headers
from tests.factories.sequencing import make_project
from tests.factories.storage import make_freezer, make_tube, stand

HERE, THERE = "ULT-91/1/A/B-1", "ULT-91/1/A/B-2"


@pytest.fixture
def technician(signed_in: Callable[..., Headers]) -> Headers:
    """A technician; T-1 and T-2 stand in a box, T-3 in the one beside it."""
    headers = signed_in(Role.TECHNICIAN)
    with writing() as session:
        project = make_project(session)
        freezer = make_freezer(session, label="ULT-91", boxes=2)
        other = make_freezer(session, label="ULT-92", boxes=0)
        for rack in (freezer.rack_id, other.rack_id):
            session.get_one(StorageNode, rack).box_slots = 3
        for column, code in enumerate(("T-1", "T-2"), start=1):
            stand(session, make_tube(session, project, barcode=code), freezer.box_id, 1, column)
        stand(session, make_tube(session, project, barcode="T-3"), freezer.box_ids[1], 1, 1)
    return headers


def post(client: FlaskClient, headers: Headers, path: str, **body: Any) -> Any:
    response = client.post(f"/api/v1/storage/{path}", json=body or None, headers=headers)
    assert response.status_code == 201, response.text
    return response.json


def hand_of(client: FlaskClient, headers: Headers) -> list[str]:
    response = client.get("/api/v1/storage/hand", headers=headers)
    assert response.status_code == 200, response.text
    return [item["barcode"] for item in response.json["items"]]


def test_tubes_are_taken_in_hand_and_put_back(client: FlaskClient, technician: Headers) -> None:
    taken = post(client, technician, "hand", barcodes=["T-1", "T-2"])
    held = hand_of(client, technician)
    back = post(client, technician, "hand/put-back", barcodes=["T-2"])

    assert [item["from_position"] for item in taken["items"]] == ["A1", "A2"]
    assert held == ["T-1", "T-2"]
    assert [(stay["path"], stay["position"]) for stay in back["items"]] == [(HERE, "A2")]
    assert hand_of(client, technician) == ["T-1"]


def test_a_block_moves_with_what_is_in_its_way_and_back(
    client: FlaskClient, technician: Headers
) -> None:
    asked = {"barcodes": ["T-1", "T-2"], "box": THERE, "position": "A1"}

    refused = client.post("/api/v1/storage/blocks", json=asked, headers=technician)
    moved = post(client, technician, "blocks", **asked, conflict="tray")
    held = hand_of(client, technician)
    undone = post(client, technician, f"blocks/{moved['block_id']}/undo")

    assert refused.status_code == 409
    assert "A1 holds T-3" in refused.json["message"]
    assert [stay["position"] for stay in moved["moved"]] == ["A1", "A2"]
    assert held == ["T-3"]
    assert undone == {"tubes": 3}
    assert hand_of(client, technician) == []


def test_a_box_moves_to_another_rack_and_back(client: FlaskClient, technician: Headers) -> None:
    moved = post(client, technician, "box-moves", box=HERE, rack="ULT-92/1/A")
    back = post(client, technician, f"box-moves/{moved['move_id']}/undo")

    assert moved["path"] == "ULT-92/1/A/B-1"
    assert back["path"] == HERE


def test_only_who_answers_for_storage_sees_the_hands_of_all(
    client: FlaskClient, technician: Headers, signed_in: Callable[..., Headers]
) -> None:
    post(client, technician, "hand", barcodes=["T-1"])

    seen = client.get("/api/v1/storage/hands", headers=signed_in(Role.ADMINISTRATOR))
    refused = client.get("/api/v1/storage/hands", headers=technician)

    assert [[item["barcode"] for item in each["items"]] for each in seen.json["items"]] == [["T-1"]]
    assert refused.status_code == 403

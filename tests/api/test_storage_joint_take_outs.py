"""Tubes taken out together over the API, and back."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.transaction import writing
from tests.api.conftest import Headers
from tests.factories.sequencing import make_project
from tests.factories.storage import make_freezer, make_tube, stand

_PATH = "/api/v1/storage/joint-take-outs"


@pytest.fixture
def technician(signed_in: Callable[..., Headers]) -> Headers:
    """A technician; T-1 and T-2 stand in one box, T-3 in another, T-4 nowhere."""
    headers = signed_in(Role.TECHNICIAN)
    with writing() as session:
        project = make_project(session)
        boxes = make_freezer(session, label="ULT-91", boxes=2).box_ids
        for column, code in enumerate(("T-1", "T-2"), start=1):
            stand(session, make_tube(session, project, barcode=code), boxes[0], 1, column)
        stand(session, make_tube(session, project, barcode="T-3"), boxes[1], 2, 2)
        make_tube(session, project, barcode="T-4")
    return headers


def _post(client: FlaskClient, who: Headers, path: str = _PATH, **body: Any) -> Any:
    return client.post(path, headers=who, json=body)


def test_tubes_leave_together_and_come_back_together(
    client: FlaskClient, technician: Headers
) -> None:
    taken = _post(client, technician, barcodes=["T-3", "T-1"], reason="Sent out")
    keys = [stay["id"] for stay in taken.json["items"]]
    back = _post(client, technician, f"{_PATH}/undo", placements=keys)
    again = _post(client, technician, f"{_PATH}/undo", placements=keys)

    assert taken.status_code == 201
    assert [(stay["position"], stay["removal_reason"]) for stay in taken.json["items"]] == [
        ("B2", "Sent out"),
        ("A1", "Sent out"),
    ]
    assert back.status_code == 201
    assert [(stay["path"], stay["position"]) for stay in back.json["items"]] == [
        ("ULT-91/1/A/B-2", "B2"),
        ("ULT-91/1/A/B-1", "A1"),
    ]
    assert (again.status_code, "moved on since" in again.json["message"]) == (404, True)


def test_one_that_stands_nowhere_keeps_all_in_their_places(
    client: FlaskClient, technician: Headers
) -> None:
    refused = _post(client, technician, barcodes=["T-1", "T-4"], reason="Sent out")
    taken = _post(client, technician, barcodes=["T-1"], reason="Sent out")

    assert refused.status_code == 409
    assert "T-4 stands nowhere" in refused.json["message"]
    assert taken.status_code == 201


def test_without_tubes_or_a_reason_nothing_is_asked(
    client: FlaskClient, technician: Headers
) -> None:
    nothing = _post(client, technician, barcodes=[], reason="Sent out")
    mute = _post(client, technician, barcodes=["T-1"], reason=" ")

    assert (nothing.status_code, mute.status_code) == (422, 422)

"""Rack scans over the API: compared, kept, committed, taken back; spilled boxes."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.transaction import writing
from tests.api.conftest import Headers
from tests.factories.sequencing import make_project
from tests.factories.storage import Freezer, make_freezer, make_tube, stand

SignedIn = Callable[..., Headers]
_SCANS = "/api/v1/storage/rack-scans"
_BOX = "ULT-91/1/A/B-1"
_FILE = b"A1,TUBE-001\nA2,NO READ\nB1,TUBE-003\n"


@pytest.fixture
def technician(signed_in: SignedIn) -> Headers:
    return signed_in(Role.TECHNICIAN)


@pytest.fixture
def freezer(technician: Headers) -> Freezer:
    """A box with TUBE-001 in A1 and TUBE-002 in A2; TUBE-003 waits for a place."""
    del technician  # its fixture has made the database
    with writing() as session:
        project = make_project(session)
        made = make_freezer(session, label="ULT-91")
        for column, code in enumerate(("TUBE-001", "TUBE-002"), start=1):
            stand(session, make_tube(session, project, barcode=code), made.box_id, 1, column)
        make_tube(session, project, barcode="TUBE-003")
    return made


def _send(client: FlaskClient, who: Headers, path: str, content: bytes = _FILE) -> Any:
    return client.post(f"{path}?box={_BOX}", headers=who, data=content, content_type="text/csv")


@pytest.mark.usefixtures("freezer")
def test_a_scan_is_compared_kept_committed_and_taken_back(
    client: FlaskClient, technician: Headers
) -> None:
    dry = _send(client, technician, f"{_SCANS}/dry-run").json
    kept = _send(client, technician, _SCANS).json
    done = client.post(f"{_SCANS}/{kept['id']}/commit", headers=technician)
    back = client.post(f"{_SCANS}/{kept['id']}/undo", headers=technician)
    listed = client.get(_SCANS, headers=technician).json

    assert dry["counts"] == {"match": 1, "empty": 78, "new": 1, "no_read": 1}
    assert (kept["state"], kept["lines"]) == ("draft", dry["lines"])
    assert (done.status_code, done.json["state"]) == (201, "committed")
    assert (back.status_code, back.json["state"]) == (201, "undone")
    assert [each["state"] for each in listed["items"]] == ["undone"]


@pytest.mark.usefixtures("freezer")
def test_a_line_is_left_out_of_the_commit_and_taken_in_again(
    client: FlaskClient, technician: Headers
) -> None:
    kept = _send(client, technician, _SCANS).json
    path = f"{_SCANS}/{kept['id']}"

    def turn(position: str) -> Any:
        sent = {"position": position}
        return client.post(f"{path}/turn-line", headers=technician, json=sent)

    out, nothing = turn("B1"), turn("C1")
    back = turn("B1").json
    turn("B1")
    done = client.post(f"{path}/commit", headers=technician).json
    late = turn("B1")

    assert (out.status_code, out.json["effect"]["placed"]) == (201, 0)
    (line,) = [each for each in out.json["lines"] if each["position"] == "B1"]
    assert (line["verdict"], bool(line["left_out"])) == ("new", True)
    assert (back["effect"]["placed"], done["effect"]["placed"]) == (1, 0)
    assert (nothing.status_code, late.status_code) == (422, 409)
    assert "Nothing would be done at C1" in nothing.json["message"]


@pytest.mark.usefixtures("freezer")
def test_a_file_that_is_no_scan_is_refused_by_line(
    client: FlaskClient, technician: Headers
) -> None:
    answer = _send(client, technician, _SCANS, b"A1,TUBE-001\nA1,TUBE-002\n")

    assert answer.status_code == 422
    assert "Line 2: position A1 stands in line 1" in answer.text


def test_a_spilled_box_is_put_back(
    client: FlaskClient, technician: Headers, freezer: Freezer
) -> None:
    path = f"/api/v1/storage/boxes/{freezer.box_id}/spill"
    fell = client.post(path, headers=technician, json={"reason": "dropped"})
    first = client.post(f"{path}/tubes", headers=technician, json={"barcode": "tube-002"})
    left = client.get(path, headers=technician).json
    ended = client.post(f"{path}/end", headers=technician)

    assert fell.json == {"tubes": 2}
    assert (first.json["position"], first.json["left"]) == ("A2", 1)
    assert left["items"] == [{"position": "A1", "barcode": "TUBE-001"}]
    assert ended.json == {"tubes": 1}


@pytest.mark.parametrize("role", [each for each in Role if each is not Role.TECHNICIAN])
def test_only_technicians_scan_racks(client: FlaskClient, signed_in: SignedIn, role: Role) -> None:
    answer = _send(client, signed_in(role), _SCANS)

    assert answer.status_code == 403

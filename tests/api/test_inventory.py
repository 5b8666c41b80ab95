"""Physical audits over the API: read, looked at tube by tube, ended in other ways, refused."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from backend.auth.ids import Role
from backend.core.ids import new_id
from backend.core.transaction import writing
from backend.storage import service
from backend.storage.ids import InventoryPurpose
from tests.api.conftest import Headers
from tests.api.test_api import assert_problem
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_project
from tests.factories.storage import make_freezer, make_tube, stand

SignedIn = Callable[..., Headers]
ALL = "/api/v1/storage/audits"
CHECKS = "/api/v1/storage/audit-checks"


@pytest.fixture
def technician(signed_in: SignedIn) -> Headers:
    return signed_in(Role.TECHNICIAN)


def audit_of(boxes: int, purpose: InventoryPurpose = InventoryPurpose.PERIODIC) -> str:
    """Start an audit of all boxes of ULT-88, each with TUBE-<box> in A1."""
    with writing() as session:
        project = make_project(session)
        freezer = make_freezer(session, label="ULT-88", boxes=boxes)
        for number, box_id in enumerate(freezer.box_ids, start=1):
            stand(session, make_tube(session, project, barcode=f"TUBE-{number}"), box_id, 1, 1)
        return str(
            service.start_audit(
                session,
                EVERYBODY,
                title="Second quarter",
                unit_ids=[freezer.unit_id],
                share=1.0,
                purpose=purpose,
            )
        )


def checks_of(client: FlaskClient, who: Headers, audit: str, query: str = "") -> Any:
    return client.get(f"{ALL}/{audit}{query}", headers=who).json


def test_a_box_is_looked_at_tube_by_tube(client: FlaskClient, technician: Headers) -> None:
    audit = audit_of(1)
    (check,) = checks_of(client, technician, audit)["checks"]
    path = f"{CHECKS}/{check['id']}"

    early = client.post(f"{path}/finish", headers=technician)
    noted = client.post(
        f"{path}/tubes", headers=technician, json={"position": "a1", "barcode": "tube-1"}
    )
    done = client.post(f"{path}/finish", headers=technician)
    after = checks_of(client, technician, audit)
    (row,) = client.get(ALL, headers=technician).json["items"]

    assert_problem(early, 422, "invalid_input")
    assert (noted.status_code, noted.json["position"], noted.json["left"]) == (201, "A1", 0)
    assert (done.json["state"], done.json["method"]) == ("done", "tubes")
    assert [each["verdict"] for each in done.json["lines"]] == ["match"]
    assert after["audit"]["tally"] == {"checked": 1, "correct": 1, "unread": 0}
    assert (row["boxes"], row["done"]) == (1, 1)


def test_boxes_are_paged_and_one_that_is_not_there_counts_as_wrong(
    client: FlaskClient, technician: Headers
) -> None:
    audit = audit_of(2)
    first = checks_of(client, technician, audit, "?limit=1")
    rest = checks_of(client, technician, audit, f"?offset={first['next_offset']}")
    path = f"{CHECKS}/{first['checks'][0]['id']}/absent"

    gone = client.post(path, headers=technician)
    again = client.post(path, headers=technician)

    assert (len(first["checks"]), len(rest["checks"]), rest["next_offset"]) == (1, 1, None)
    assert gone.json["tally"] == {"checked": 1, "correct": 0, "unread": 0}
    assert_problem(again, 409, "conflict")
    wrong = checks_of(client, technician, audit, "?with_errors=true")["checks"]
    assert [each["id"] for each in wrong] == [gone.json["id"]]


def test_a_whole_seal_counts_after_a_sealed_move_only(
    client: FlaskClient, technician: Headers
) -> None:
    audit = audit_of(1, InventoryPurpose.MOVED_SEALED)
    (check,) = checks_of(client, technician, audit)["checks"]

    done = client.post(f"{CHECKS}/{check['id']}/seal", headers=technician)

    assert (done.status_code, done.json["method"]) == (201, "seal")


def test_a_box_is_looked_at_by_a_rack_scanner(client: FlaskClient, technician: Headers) -> None:
    (check,) = checks_of(client, technician, audit_of(1))["checks"]

    def scan(content: bytes) -> Any:
        path = f"{CHECKS}/{check['id']}/scan"
        return client.post(path, headers=technician, data=content, content_type="text/csv")

    unread = scan(b"no scan at all")
    done = scan(b"A1,NO READ\nA2,TUBE-1\n")
    again = scan(b"A1,TUBE-1\n")

    assert_problem(unread, 422, "invalid_input")
    assert (done.status_code, done.json["method"], done.json["state"]) == (201, "rack_scan", "done")
    assert done.json["tally"] == {"checked": 1, "correct": 0, "unread": 1}
    assert done.json["scan_id"] is not None
    assert_problem(again, 409, "conflict")


def test_an_audit_is_started_repeated_and_ended_with_a_reason(
    client: FlaskClient, technician: Headers
) -> None:
    audit_of(4)
    sent = {"title": "Third quarter", "units": ["ult-88"], "share": 0.5, "seed": 7}

    first = client.post(ALL, headers=technician, json=sent)
    same = client.post(ALL, headers=technician, json=sent)
    path = f"{ALL}/{first.json['id']}"
    early = client.post(f"{path}/close", headers=technician, json={})
    ended = client.post(f"{path}/close", headers=technician, json={"note": "Freezer failed"})
    again = client.post(f"{path}/close", headers=technician, json={"note": "Twice"})

    assert (first.status_code, first.json["boxes"], first.json["seed"]) == (201, 2, 7)
    drawn = [
        [each["path"] for each in checks_of(client, technician, one.json["id"])["checks"]]
        for one in (first, same)
    ]
    assert drawn[0] == drawn[1]
    assert_problem(early, 422, "invalid_input")
    assert "2 of 2 boxes have not been looked at" in early.json["message"]
    assert (ended.json["state"], ended.json["closing_note"]) == ("closed", "Freezer failed")
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"units": ["ULT-99"]}, 404),
        ({"units": []}, 422),
        ({"share": 0}, 422),
        ({"tubes_per_box": 0}, 422),
        ({"title": ""}, 422),
    ],
)
def test_an_audit_that_cannot_be_is_refused(
    client: FlaskClient, technician: Headers, changed: dict[str, Any], status: int
) -> None:
    audit_of(1)
    sent = {"title": "Third quarter", "units": ["ULT-88"]} | changed

    assert client.post(ALL, headers=technician, json=sent).status_code == status
    assert len(client.get(ALL, headers=technician).json["items"]) == 1


@pytest.mark.parametrize("role", [each for each in Role if each is not Role.TECHNICIAN])
def test_only_technicians_look_at_boxes(
    client: FlaskClient, signed_in: SignedIn, role: Role
) -> None:
    headers = signed_in(role)

    assert_problem(client.get(ALL, headers=headers), 403, "permission_denied")
    noted = client.post(
        f"{CHECKS}/{new_id()}/tubes", headers=headers, json={"position": "A1", "barcode": "T"}
    )
    assert_problem(noted, 403, "permission_denied")


def test_what_is_not_there_or_cannot_be_is_refused(
    client: FlaskClient, technician: Headers, committed_database: Engine
) -> None:
    del committed_database
    audit = audit_of(1)
    (check,) = checks_of(client, technician, audit)["checks"]
    path = f"{CHECKS}/{check['id']}/tubes"

    def refused(**body: object) -> int:
        return client.post(path, headers=technician, json=body).status_code

    assert_problem(client.get(f"{ALL}/{new_id()}", headers=technician), 404, "not_found")
    absent = client.post(f"{CHECKS}/{new_id()}/finish", headers=technician)
    assert_problem(absent, 404, "not_found")
    assert refused(position="Z99", barcode="TUBE-1") == 422
    assert refused(position="A1") == 422
    assert refused(position="A1", state="lost") == 422
    assert client.get(f"{ALL}/{audit}?state=old", headers=technician).status_code == 422

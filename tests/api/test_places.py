"""Places over the API: listed by page, made, changed, removed, as files; and who is refused."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.transaction import reading, writing
from backend.storage import queries, service
from backend.storage.ids import NodeKind
from backend.storage.models import StorageNode
from backend.storage.usual_unit_types import add_usual_unit_types
from tests.api.conftest import Headers
from tests.api.test_api import assert_problem
from tests.factories.labels import make_printer
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_project
from tests.factories.storage import Freezer, make_freezer, make_loose, make_tube, stand

SignedIn = Callable[..., Headers]
ROOT = "/api/v1/storage"


@pytest.fixture
def administrator(signed_in: SignedIn) -> Headers:
    return signed_in(Role.ADMINISTRATOR)


@pytest.fixture
def freezer(administrator: Headers) -> Freezer:
    """A freezer of three boxes and a bag, with two tubes in the bag and one in the first box."""
    del administrator  # its fixture has made the database
    with writing() as session:
        project = make_project(session)
        made = make_freezer(session, label="ULT-90", boxes=3)
        bag = make_loose(session, made.rack_id, label="Z-bag")
        stand(session, make_tube(session, project), bag, 0, 1)
        stand(session, make_tube(session, project), bag, 0, 2)
        stand(session, make_tube(session, project), made.box_id, 1, 1)
    return made


def asked(client: FlaskClient, headers: Headers, path: str, **query: object) -> Any:
    response = client.get(f"{ROOT}/{path}", headers=headers, query_string=query)
    assert response.status_code == 200, response.text
    return response.json


def key_of(path: str) -> UUID:
    with reading() as session:
        node = queries.find_node(session, EVERYBODY, path)
        assert node is not None
        return node.id


def test_children_come_page_by_page_with_how_full_they_are(
    client: FlaskClient, administrator: Headers, freezer: Freezer
) -> None:
    first = asked(client, administrator, "children", of="ULT-90/1/A", limit=2)
    second = asked(
        client, administrator, "children", of=freezer.rack_id, cursor=first["next_cursor"]
    )
    (unit,) = asked(client, administrator, "children")["items"]

    items = [*first["items"], *second["items"]]
    assert [each["label"] for each in items] == ["Z-bag", "B-1", "B-2", "B-3"]
    assert second["next_cursor"] is None
    bag, box = items[0], items[1]
    assert (bag["is_loose"], bag["loose"], bag["used_fraction"], bag["rows"]) == (
        True,
        2,
        None,
        None,
    )
    assert (box["used"], box["capacity"], box["rows"]) == (1, 81, 9)
    assert (unit["used"], unit["capacity"], unit["loose"]) == (1, 243, 2)


def test_one_place_is_told_by_its_key_and_a_strange_cursor_is_refused(
    client: FlaskClient, administrator: Headers, freezer: Freezer
) -> None:
    place = asked(client, administrator, f"places/{freezer.rack_id}")
    strange = client.get(f"{ROOT}/children?cursor=x", headers=administrator)
    nowhere = client.get(f"{ROOT}/children?of=ULT-99", headers=administrator)

    assert (place["path"], place["kind"], place["used"]) == ("ULT-90/1/A", "rack", 1)
    assert (strange.status_code, nowhere.status_code) == (422, 404)


def test_a_unit_is_made_from_a_type_and_places_are_added(
    client: FlaskClient, administrator: Headers
) -> None:
    with writing() as session:
        add_usual_unit_types(session, EVERYBODY)
        service.create_node(session, EVERYBODY, kind=NodeKind.SITE, label="Leeds")

    unit = client.post(
        f"{ROOT}/units",
        json={"type": "LN2 vapour tank", "label": "LN-1", "parent": "Leeds"},
        headers=administrator | {"Idempotency-Key": "unit-1"},
    )
    again = client.post(
        f"{ROOT}/units",
        json={"type": "LN2 vapour tank", "label": "LN-1", "parent": "Leeds"},
        headers=administrator | {"Idempotency-Key": "unit-1"},
    )
    drawer = client.post(
        f"{ROOT}/places",
        json={"kind": "bag", "label": "Drawer", "parent": "LN-1", "capacity": 9},
        headers=administrator,
    )

    assert (unit.status_code, again.status_code, drawer.status_code) == (201, 201, 201)
    assert unit.json == again.json
    assert (drawer.json["path"], drawer.json["capacity"]) == ("LN-1/Drawer", 9)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "box", "label": "B", "parent": "ULT-90/1/A"}, "rows"),
        ({"kind": "bag", "label": "B", "parent": "ULT-90", "rows": 9}, "rows"),
        ({"kind": "plate", "label": "P", "parent": "ULT-90/1", "rows": 9, "columns": 9}, "rows"),
        ({"kind": "rack", "label": "B", "parent": "ULT-90/1", "rows": 9, "columns": 9}, "rows"),
        ({"kind": "rack", "label": "B/C", "parent": "ULT-90/1"}, "label"),
    ],
)
@pytest.mark.usefixtures("freezer")
def test_what_cannot_be_names_its_field(
    client: FlaskClient, administrator: Headers, body: dict[str, Any], field: str
) -> None:
    refused = client.post(f"{ROOT}/places", json=body, headers=administrator)

    assert refused.status_code == 422
    assert field in refused.json["fields"]


def test_a_place_is_changed_in_one_step_or_not_at_all(
    client: FlaskClient, administrator: Headers, freezer: Freezer
) -> None:
    path = f"{ROOT}/places/{freezer.unit_id}"
    changed = client.patch(
        path,
        json={
            "label": "ULT-91",
            "status": {"status": "defrosting", "reason": "ice"},
            "restrictions": {"material_types": ["gdna"], "biosafety_level": 2},
        },
        headers=administrator,
    )
    refused = client.patch(
        path, json={"label": "ULT-92", "status": {"status": "retired"}}, headers=administrator
    )

    assert changed.status_code == 200, changed.text
    assert (changed.json["path"], changed.json["status"]) == ("ULT-91", "defrosting")
    assert changed.json["restrictions"]["material_types"] == ["gdna"]
    assert refused.status_code == 422
    assert asked(client, administrator, f"places/{freezer.unit_id}")["path"] == "ULT-91"


def test_the_capacity_of_a_loose_place_is_set_and_taken_back(
    client: FlaskClient, administrator: Headers, freezer: Freezer
) -> None:
    del freezer
    path = f"{ROOT}/places/{key_of('ULT-90/1/A/Z-bag')}"

    few = client.patch(path, json={"capacity": 1}, headers=administrator)
    some = client.patch(path, json={"capacity": 8}, headers=administrator)
    unknown = client.patch(path, json={"capacity": None}, headers=administrator)

    assert (few.status_code, list(few.json["fields"])) == (422, ["capacity"])
    assert (some.json["used"], some.json["used_fraction"]) == (2, 0.25)
    assert (unknown.json["loose"], unknown.json["used_fraction"]) == (2, None)


def test_delete_removes_closes_or_names_every_reason(
    client: FlaskClient, administrator: Headers, freezer: Freezer
) -> None:
    in_use = client.delete(f"{ROOT}/places/{freezer.unit_id}", headers=administrator)
    gone = client.delete(f"{ROOT}/places/{freezer.box_ids[2]}?reason=unused", headers=administrator)
    after = client.get(f"{ROOT}/places/{freezer.box_ids[2]}", headers=administrator)

    assert in_use.status_code == 409
    assert "3 samples stand in it" in in_use.json["message"]
    assert (gone.json["was_closed"], gone.json["path"]) == (False, "ULT-90/1/A/B-3")
    assert after.status_code == 404


def test_a_closed_place_is_listed_when_asked_for_and_opened_by_a_patch(
    client: FlaskClient, administrator: Headers, freezer: Freezer
) -> None:
    box = freezer.box_ids[1]
    with writing() as session:
        tube = make_tube(session, make_project(session))
        service.place_sample(session, EVERYBODY, sample_id=tube, box_id=box)
        service.take_out(session, EVERYBODY, sample_id=tube, reason="used up")

    closed = client.delete(f"{ROOT}/places/{box}", headers=administrator)
    left = asked(client, administrator, "children", of="ULT-90/1/A")["items"]
    every = asked(client, administrator, "children", of="ULT-90/1/A", closed="true")["items"]
    opened = client.patch(f"{ROOT}/places/{box}", json={"is_closed": False}, headers=administrator)

    assert closed.json["was_closed"] is True
    assert ("B-2" in {each["label"] for each in left}, len(every) - len(left)) == (False, 1)
    assert opened.json["closed_at"] is None
    shut = client.patch(f"{ROOT}/places/{box}", json={"is_closed": True}, headers=administrator)
    assert shut.status_code == 422


def test_labels_of_a_place_go_out_and_into_a_queue_once_without_a_reason(
    client: FlaskClient, administrator: Headers, freezer: Freezer
) -> None:
    del freezer
    with writing() as session:
        printer = str(make_printer(session, name="Bench 4"))
    asked = {"place": "ULT-90", "printer_id": printer}
    key = {"Idempotency-Key": "labels-of-ult-90"}

    file = client.post(
        "/api/v1/labels/place-sheets",
        json={"place": "ULT-90", "is_alone": True},
        headers=administrator,
    )
    refused = client.post("/api/v1/place-prints", json=asked, headers=administrator)
    new = {**asked, "only_new": True}
    queued, again = (
        client.post("/api/v1/place-prints", json=new, headers=administrator | key) for _ in range(2)
    )

    assert (file.status_code, file.mimetype) == (200, "application/pdf")
    assert file.data.startswith(b"%PDF")
    assert_problem(refused, 422, "invalid_input")
    assert "ULT-90" in refused.get_json()["message"]
    [made] = queued.get_json()["items"]
    assert (queued.status_code, made["state"], made["template"]) == (202, "queued", "box")
    assert made["first_barcode"] != "ULT-90"
    assert again.get_json() == queued.get_json()


def test_a_file_goes_out_and_comes_in_again(
    client: FlaskClient, administrator: Headers, freezer: Freezer
) -> None:
    del freezer
    csv = client.get(f"{ROOT}/place-files?of=ULT-90/1", headers=administrator)
    book = client.get(f"{ROOT}/place-files?of=ULT-90&format=xlsx", headers=administrator)
    text = csv.data.decode("utf-8-sig").replace("ULT-90/1,A", "ULT-90/1,C")
    text = text.replace("ULT-90/1/A", "ULT-90/1/C")

    def send(dry_run: str) -> Any:
        return client.post(
            f"{ROOT}/place-files?file_name=p.csv&dry_run={dry_run}",
            data=text.encode(),
            headers=administrator | {"Content-Type": "text/csv"},
        ).json

    looked, made = send("true"), send("false")

    assert (csv.status_code, book.data[:2]) == (200, b"PK")
    assert looked["made"] == made["made"] == {"rack": 1, "box": 3, "bag": 1}
    assert (looked["dry_run"], made["refusals"]) == (True, [])
    with reading() as session:
        bag = session.get_one(StorageNode, key_of("ULT-90/1/C/Z-bag"))
        assert (bag.box_rows, bag.used) == (0, 0)


def test_every_file_of_the_page_is_handed_out(
    client: FlaskClient, administrator: Headers, freezer: Freezer
) -> None:
    path = f"{ROOT}/place-files?of={freezer.unit_id}&format="

    sheet = client.get(f"{path}sheet", headers=administrator)
    tubes = client.get(f"{path}contents", headers=administrator)

    assert sheet.data[:4] == b"%PDF"
    assert "ULT-90%20places.pdf" in sheet.headers["Content-Disposition"]
    lines = tubes.data.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Box,Position,Barcode")
    assert len(lines) == 1 + 3


def test_a_place_is_described_and_what_was_not_sent_stays(
    client: FlaskClient, administrator: Headers, freezer: Freezer
) -> None:
    unit, box = f"{ROOT}/places/{freezer.unit_id}", f"{ROOT}/places/{freezer.box_id}"

    first = client.patch(unit, json={"barcode": "C-9", "setpoint_c": -75}, headers=administrator)
    second = client.patch(unit, json={"setpoint_c": None}, headers=administrator)
    lid = client.patch(box, json={"numbering": "rows"}, headers=administrator)
    wrong = client.patch(unit, json={"numbering": "rows"}, headers=administrator)

    assert (first.json["barcode"], first.json["setpoint_c"]) == ("C-9", -75)
    assert (second.json["barcode"], second.json["setpoint_c"]) == ("C-9", None)
    assert lid.json["numbering"] == "rows"
    assert (wrong.status_code, set(wrong.json["fields"])) == (422, {"numbering"})
    inside = client.get(f"{ROOT}/boxes/{freezer.box_id}", headers=administrator).json
    assert inside["tubes"][0]["position"] == "1"


def test_a_technician_looks_and_changes_nothing(
    client: FlaskClient, signed_in: SignedIn, freezer: Freezer
) -> None:
    technician = signed_in(Role.TECHNICIAN)
    path = f"{ROOT}/places/{freezer.unit_id}"

    answers = [
        client.get(path, headers=technician),
        client.patch(path, json={"label": "X"}, headers=technician),
        client.delete(path, headers=technician),
        client.post(f"{ROOT}/places", json={"kind": "site", "label": "X"}, headers=technician),
    ]

    assert [answer.status_code for answer in answers] == [200, 403, 403, 403]

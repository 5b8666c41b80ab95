"""Pick lists over the API: listed, walked, scanned off, answered, and nobody else's shown."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from backend.auth.ids import Role
from backend.core.transaction import reading, writing
from backend.samples.models import Project
from backend.samples.views import ProjectView
from backend.storage import pick_queries, service
from backend.storage.ids import PickPurpose
from backend.storage.models import Placement
from backend.storage.picking import PickWish
from tests.api.conftest import Headers
from tests.api.test_api import assert_problem
from tests.factories.samples import EVERYBODY, make_project
from tests.factories.storage import make_freezer, make_tube, stand

SignedIn = Callable[..., Headers]
ALL = "/api/v1/storage/picks"


@pytest.fixture
def mine(committed_database: Engine) -> ProjectView:
    del committed_database
    with writing() as session:
        return make_project(session, code="MINE-1")


@pytest.fixture
def code(mine: ProjectView) -> str:
    """Return a list that takes TUBE-1, TUBE-2 and TUBE-3 out of ULT-95."""
    return listed(mine, PickPurpose.TAKE_OUT)


def listed(owner: ProjectView, purpose: PickPurpose, label: str = "ULT-95") -> str:
    with writing() as session:
        project = session.get_one(Project, owner.id)
        freezer = make_freezer(session, label=label, boxes=2)
        wishes = []
        for column in (1, 2, 3):
            tube = make_tube(session, project, barcode=f"TUBE-{column}", volume_ul=Decimal(40))
            stand(session, tube, freezer.box_id, 1, column)
            goal = freezer.box_ids[1] if purpose.moves else None
            wishes.append(PickWish(sample_id=tube, to_box_id=goal))
        key = service.make_list(
            session, EVERYBODY, title="For run 12", purpose=purpose, lines=wishes
        )
        return pick_queries.get_list(session, EVERYBODY, key).label


def scan(client: FlaskClient, headers: Headers, code: str, barcode: str) -> Any:
    return client.post(f"{ALL}/{code}/scans", headers=headers, json={"barcode": barcode})


def test_a_list_is_found_and_walked_page_by_page(
    client: FlaskClient, signed_in: SignedIn, code: str
) -> None:
    headers = signed_in(Role.TECHNICIAN)

    (row,) = client.get(ALL, headers=headers).json["items"]
    first = client.get(f"{ALL}/{code}?limit=2", headers=headers).json
    rest = client.get(f"{ALL}/{code}?after={first['next_after']}", headers=headers).json

    assert (row["code"], row["lines"], row["left"]) == (code, 3, 3)
    assert [each["barcode"] for each in first["lines"]] == ["TUBE-1", "TUBE-2"]
    assert [each["from_position"] for each in rest["lines"]] == ["A3"]
    assert rest["next_after"] is None


def test_lines_are_confirmed_and_answered_until_the_list_is_done(
    client: FlaskClient, signed_in: SignedIn, code: str
) -> None:
    headers = signed_in(Role.TECHNICIAN)

    taken = scan(client, headers, code, "tube-1")
    short = client.post(
        f"{ALL}/{code}/lines/2/short", headers=headers, json={"reason": "not_found"}
    )
    skipped = client.post(f"{ALL}/{code}/lines/3/skip", headers=headers, json={})
    done = client.get(f"{ALL}/{code}", headers=headers).json

    assert (taken.status_code, taken.json["kind"], taken.json["left"]) == (201, "taken", 2)
    assert taken.json["sentence"] == "TUBE-1 is out of ULT-95/1/A/B-1/A1."
    assert (short.json["outcome"], short.json["outcome_reason"]) == ("short", "not found")
    assert skipped.json["outcome"] == "skipped"
    assert (done["picks"]["state"], done["picks"]["left"]) == ("done", 0)
    assert client.get(ALL, headers=headers).json["items"] == []
    assert len(client.get(f"{ALL}?open=false", headers=headers).json["items"]) == 1


def test_an_answer_is_taken_back_and_the_list_closed(
    client: FlaskClient, signed_in: SignedIn, code: str
) -> None:
    headers = signed_in(Role.TECHNICIAN)
    scan(client, headers, code, "TUBE-1")

    back = client.post(f"{ALL}/{code}/lines/1/undo", headers=headers)
    closed = client.post(f"{ALL}/{code}/close", headers=headers)

    assert (back.json["barcode"], back.json["outcome"]) == ("TUBE-1", None)
    assert (closed.json["state"], closed.json["left"]) == ("closed", 3)
    with reading() as session:
        standing = session.scalars(select(Placement).where(Placement.removed_at.is_(None))).all()
    assert len(standing) == 3


def test_a_tube_that_moves_is_scanned_and_then_its_place(
    client: FlaskClient, signed_in: SignedIn, mine: ProjectView
) -> None:
    code, headers = listed(mine, PickPurpose.MOVE), signed_in(Role.TECHNICIAN)

    held = scan(client, headers, code, "TUBE-2").json
    wrong = scan(client, headers, code, "ULT-95/1/A/B-1")
    placed = scan(client, headers, code, "ULT-95/1/A/B-2").json

    assert (held["kind"], placed["kind"]) == ("in_hand", "placed")
    assert_problem(wrong, 409, "conflict")
    assert placed["lines"][0]["to_path"] == "ULT-95/1/A/B-2"


def test_what_cannot_be_picked_is_refused_and_nothing_moves(
    client: FlaskClient, signed_in: SignedIn, code: str
) -> None:
    headers = signed_in(Role.TECHNICIAN)
    line = f"{ALL}/{code}/lines"

    assert_problem(scan(client, headers, "PL-9999", "TUBE-1"), 404, "not_found")
    assert_problem(scan(client, headers, code, "TUBE-9"), 404, "not_found")
    assert scan(client, headers, code, "").status_code == 422
    why = {"reason": "lost"}
    assert client.post(f"{line}/1/short", headers=headers, json=why).status_code == 422
    why = {"reason": "empty"}
    assert client.post(f"{line}/9/short", headers=headers, json=why).status_code == 404
    assert client.post(f"{line}/one/short", headers=headers, json=why).status_code == 404
    assert client.get(f"{ALL}/{code}", headers=headers).json["picks"]["left"] == 3


@pytest.mark.parametrize("role", [Role.GUEST, Role.SCIENTIST, Role.ADMINISTRATOR])
def test_only_technicians_pick(
    client: FlaskClient, signed_in: SignedIn, code: str, role: Role
) -> None:
    headers = signed_in(role)

    assert_problem(scan(client, headers, code, "TUBE-1"), 403, "permission_denied")
    assert_problem(client.get(ALL, headers=headers), 403, "permission_denied")


def make(client: FlaskClient, headers: Headers, **changed: object) -> Any:
    body = {
        "title": "For run 12",
        "purpose": "worklist",
        "lines": [{"barcode": "tube-3"}, {"barcode": "TUBE-1", "reason": "control"}],
    }
    return client.post(ALL, headers=headers, json=body | changed)


@pytest.mark.usefixtures("code")
def test_a_list_is_made_in_the_order_of_the_walk(client: FlaskClient, signed_in: SignedIn) -> None:
    headers = signed_in(Role.TECHNICIAN)

    made = make(client, headers)
    moving = make(
        client,
        headers,
        purpose="move",
        lines=[{"barcode": "TUBE-2", "to_box": "ULT-95/1/A/B-2", "to_position": "c4"}],
    )

    assert (made.status_code, made.json["purpose"], made.json["left"]) == (201, "worklist", 2)
    lines = client.get(f"{ALL}/{made.json['code']}", headers=headers).json["lines"]
    assert [(each["barcode"], each["reason"]) for each in lines] == [
        ("TUBE-1", "control"),
        ("TUBE-3", ""),
    ]
    (line,) = client.get(f"{ALL}/{moving.json['code']}", headers=headers).json["lines"]
    assert (line["to_path"], line["to_position"]) == ("ULT-95/1/A/B-2", "C4")


@pytest.mark.usefixtures("code")
@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"title": " "}, 422, "title"),
        ({"lines": []}, 422, "lines"),
        ({"lines": [{"barcode": "TUBE-9"}]}, 404, "TUBE-9"),
        ({"lines": [{"barcode": "TUBE-1"}, {"barcode": "tube-1"}]}, 422, "Name each tube once."),
        ({"lines": [{"barcode": "TUBE-1", "to_box": "ULT-95/1/A/B-2"}]}, 422, "go to no box"),
        (
            {"purpose": "move", "lines": [{"barcode": "TUBE-1", "to_box": "ULT-95/9"}]},
            404,
            "ULT-95/9",
        ),
    ],
)
def test_a_list_that_cannot_be_is_refused_and_not_made(
    client: FlaskClient, signed_in: SignedIn, changed: dict[str, Any], status: int, said: str
) -> None:
    headers = signed_in(Role.TECHNICIAN)

    refused = make(client, headers, **changed)

    assert refused.status_code == status
    assert said in refused.text
    assert len(client.get(f"{ALL}?open=false", headers=headers).json["items"]) == 1


def test_a_list_is_written_for_each_robot(
    client: FlaskClient, signed_in: SignedIn, code: str
) -> None:
    headers = signed_in(Role.TECHNICIAN)
    client.post(f"{ALL}/{code}/lines/2/skip", headers=headers, json={})

    def file(robot: str) -> str:
        query = f"robot={robot}&plate=P1&volume_ul=10&wells_each=2"
        answer = client.get(f"{ALL}/{code}/worklist?{query}", headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.text

    tecan, hamilton, biomek = (file(robot) for robot in ("tecan", "hamilton", "biomek"))

    assert tecan.splitlines()[:3] == ["A;B-1;;;1;TUBE-1;10;;;;", "D;P1;;;1;;10;;;;", "W;"]
    assert hamilton.splitlines()[3:] == ["B-1,19,P1,3,10", "B-1,19,P1,4,10"]
    assert biomek.splitlines()[1] == "B-1,A1,P1,A1,10"
    too_much = client.get(
        f"{ALL}/{code}/worklist?robot=tecan&plate=P1&volume_ul=50", headers=headers
    )
    assert too_much.status_code == 422
    assert "Line 1, TUBE-1: 50 µL are asked and 40 µL are there." in too_much.json["message"]

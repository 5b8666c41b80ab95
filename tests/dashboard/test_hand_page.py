"""What is in hand as people see it: the panel, the badge, what the next scan does, and a box."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import dash
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from backend.auth.ids import Role
from backend.auth.models import User
from backend.core.ids import new_id
from backend.core.principal import Origin, Principal, UserId
from backend.core.transaction import reading, writing
from backend.samples.ids import SampleId
from backend.storage import hand_queries, queries, service
from backend.storage.hand_views import HandTray, TrayItem
from backend.storage.models import StorageNode
from dashboard import shell_ids
from dashboard.pages.storage import hand, ids
from dashboard.pages.storage.hand import Hands
from dashboard.shell_hand import hand_badge
from tests.dashboard.conftest import callback_request, csrf_headers
from tests.factories.samples import EVERYBODY, make_project
from tests.factories.storage import (
    Freezer,
    make_freezer,
    make_loose,
    make_plate,
    make_tube,
    stand,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
_names = count(1)


def tray(*barcodes: str, minutes: int = 5) -> HandTray:
    return HandTray(
        items=tuple(
            TrayItem(
                sample_id=SampleId(new_id()),
                barcode=barcode,
                taken_at=NOW - timedelta(minutes=minutes),
                from_path=None,
                from_position=None,
                from_box_id=None,
            )
            for barcode in barcodes
        )
    )


@pytest.fixture
def technician(signed_in: Callable[..., FlaskClient]) -> tuple[FlaskClient, Principal]:
    """A signed-in browser and who acts in it."""
    name = f"Technician {next(_names)} {new_id()}"
    client = signed_in(Role.TECHNICIAN, name=name)
    with reading() as session:
        key = session.scalars(select(User.id).where(User.name == name)).one()
    acting = Principal(
        user_id=UserId(key),
        name=name,
        permissions=EVERYBODY.permissions,
        origin=Origin.UI,
        request_id="test",
    )
    return client, acting


def post(client: FlaskClient, body: dict[str, Any]) -> str:
    answer = client.post("/_dash-update-component", json=body, headers=csrf_headers(client))
    assert answer.status_code in {200, 204}, answer.get_data(as_text=True)
    # Slashes are escaped, lest an answer be read as markup.
    return answer.get_data(as_text=True).replace(r"\u002f", "/")


def scan(client: FlaskClient, code: str, *, held_box: object = None, box: object = None) -> str:
    body = callback_request(
        f"{ids.HELD}.data...{ids.CHANGED}.data...{ids.CODE}.value",
        inputs=[
            ("scan-page", "data", {"code": code, "at": 1}),
            (ids.CODE, "n_submit", 0),
        ],
        state=[
            (ids.CODE, "value", ""),
            (ids.HELD, "data", None),
            (ids.HELD_BOX, "data", held_box),
            (ids.BOX, "data", box),
        ],
    )
    # The renderer sends inputs as they are declared; what has changed is named beside them.
    body["inputs"].reverse()
    return post(client, body)


def path_of(box_id: object) -> str:
    with reading() as session:
        return session.get_one(StorageNode, box_id).path


def stood(count_of: int) -> tuple[Freezer, list[SampleId]]:
    with writing() as session:
        project, freezer = make_project(session), make_freezer(session, boxes=2)
        tubes = [make_tube(session, project) for _ in range(count_of)]
        for column, tube in enumerate(tubes, start=1):
            stand(session, tube, freezer.box_id, 1, column)
    return freezer, tubes


def test_the_bar_says_where_the_next_scan_goes() -> None:
    box = {"box": str(new_id()), "label": "B-0418", "path": "ULT-03/2/C/B-0418"}
    box["by"] = str(EVERYBODY.user_id)
    tube = {"sample": str(new_id()), "barcode": "DNA-7", "by": str(EVERYBODY.user_id)}
    elses = box | {"by": str(new_id())}

    def said(held: Hands, *barcodes: str) -> str:
        return hand.next_scan(held, tray(*barcodes), EVERYBODY)

    assert said(Hands(tube, box)) == "Next scan: the rack that B-0418 goes to."
    assert said(Hands(tube, None)) == "Next scan: the box or position that DNA-7 goes to."
    assert said(Hands(None, elses), "DNA-1", "DNA-2") == (
        "Next scan: the box or position that DNA-1 goes to, 1 more after it."
    )
    assert said(Hands(None, None)) == "Next scan: a tube to place or move, or a place to open."
    assert "what is open to move it whole" in hand.next_scan(
        Hands(None, None), tray(), EVERYBODY, can_carry=True
    )


@pytest.mark.parametrize(("minutes", "is_late"), [(60, False), (61, True)])
def test_the_badge_nags_after_an_hour(minutes: int, is_late: bool) -> None:  # noqa: FBT001 -- a case
    (badge,) = hand_badge(tray("DNA-1", "DNA-2", minutes=minutes), NOW)

    assert ("is-late" in badge.className) is is_late
    assert badge.title.startswith("2 tubes in your hand")
    assert hand_badge(HandTray(), NOW) == []


def test_the_badge_is_on_every_page_after_a_reload(
    technician: tuple[FlaskClient, Principal],
) -> None:
    client, acting = technician
    _, tubes = stood(1)
    before = client.get("/_dash-layout").get_data(as_text=True)
    with writing() as session:
        service.take_in_hand(session, acting, sample_ids=tubes)

    after = client.get("/_dash-layout").get_data(as_text=True)

    assert "1 tube in your hand" in after
    assert "in your hand" not in before


def test_a_scanned_box_takes_the_next_tube_of_the_tray(
    technician: tuple[FlaskClient, Principal],
) -> None:
    client, acting = technician
    freezer, tubes = stood(2)
    with writing() as session:
        service.take_in_hand(session, acting, sample_ids=tubes)

    scan(client, path_of(freezer.box_ids[1]))

    with reading() as session:
        left = hand_queries.get_tray(session, acting).items
        found = queries.locations_of(session, acting, tubes)
    assert [item.sample_id for item in left] == tubes[1:]
    assert found[tubes[0]].path == path_of(freezer.box_ids[1])


def test_the_panel_lists_the_tray_and_puts_it_back(
    technician: tuple[FlaskClient, Principal],
) -> None:
    client, acting = technician
    freezer, tubes = stood(2)
    with writing() as session:
        service.take_in_hand(session, acting, sample_ids=tubes)
    inputs = [
        (ids.HELD, "data", None),
        (ids.HELD_BOX, "data", None),
        (ids.CHANGED, "data", None),
        ("live-storage", "data", 1),
        (ids.BOX, "data", None),
    ]

    drawn = post(client, callback_request(f"{ids.TRAY}.children", inputs=inputs))
    with writing() as session:
        service.put_hand_back(session, acting, sample_ids=tubes)
    empty = post(client, callback_request(f"{ids.TRAY}.children", inputs=inputs))

    assert "Put all back" in drawn
    assert f"{path_of(freezer.box_id)}, A2" in drawn
    assert "Put all back" not in empty


def test_whoever_answers_for_storage_sees_whose_hands_hold_what(
    technician: tuple[FlaskClient, Principal], signed_in: Callable[..., FlaskClient]
) -> None:
    _, acting = technician
    _, tubes = stood(1)
    with writing() as session:
        service.take_in_hand(session, acting, sample_ids=tubes)
    body = callback_request(
        f"{ids.TRAY}.children",
        inputs=[
            (ids.HELD, "data", None),
            (ids.HELD_BOX, "data", None),
            (ids.CHANGED, "data", None),
            ("live-storage", "data", 1),
            (ids.BOX, "data", None),
        ],
    )

    keeper = post(signed_in(Role.ADMINISTRATOR), body)
    scientist = post(signed_in(Role.SCIENTIST), body)

    assert acting.name in keeper
    assert "In people" in keeper
    assert acting.name not in scientist


def test_a_box_in_hand_goes_to_the_rack_that_is_scanned_and_back(
    technician: tuple[FlaskClient, Principal],
) -> None:
    client, acting = technician
    freezer, tubes = stood(1)
    with writing() as session:
        other = make_freezer(session, boxes=0)
        session.get_one(StorageNode, other.rack_id).box_slots = 4
        session.get_one(StorageNode, freezer.rack_id).box_slots = 4
    before = path_of(freezer.box_id)
    held = {"box": str(freezer.box_id), "label": "B-1", "path": before, "by": str(acting.user_id)}

    wrong = scan(client, before, held_box=held)
    moved = scan(client, path_of(other.rack_id), held_box=held)
    path = path_of(freezer.box_id)
    move_id = moved.split('"box_move":"', 1)[1].split('"', 1)[0]
    name = _without_outputs("undo-storage")
    body = {
        "output": name,
        "outputs": [],
        "inputs": [{"id": "undo-storage", "property": "data", "value": {"box_move": move_id}}],
        "state": [{"id": "url", "property": "pathname", "value": f"/storage/{path}"}],
        "changedPropIds": ["undo-storage.data"],
    }
    undone = post(client, body)

    assert "goes to a rack" in wrong
    assert path == f"{path_of(other.rack_id)}/B-1"
    assert path_of(freezer.box_id) == before
    assert f"/storage/{before}" in undone
    with reading() as session:
        assert queries.locations_of(session, acting, tubes)[tubes[0]].path == before


def test_the_open_box_comes_in_hand_by_its_own_code_and_goes_to_the_next_rack(
    technician: tuple[FlaskClient, Principal],
) -> None:
    client, acting = technician
    freezer, _ = stood(1)
    path = path_of(freezer.box_id)
    held = {
        "box": str(freezer.box_id),
        "kind": "box",
        "label": "B-1",
        "path": path,
        "by": str(acting.user_id),
    }

    def answer(box: dict[str, Any]) -> dict[str, Any]:
        return dict(json.loads(scan(client, path, box=box))["sideUpdate"])

    opened = answer({"id": str(freezer.box_ids[1]), "rows": 9, "columns": 9})
    taken = answer({"id": str(freezer.box_id), "rows": 9, "columns": 9})

    assert ids.HELD_BOX not in opened
    assert opened[shell_ids.URL] == {"href": f"/storage/{path}"}
    assert taken[ids.HELD_BOX] == {"data": held}


@pytest.mark.parametrize("kind", ["plate", "bag"])
def test_a_plate_or_a_bag_is_carried_by_two_scans_and_back(
    technician: tuple[FlaskClient, Principal], kind: str
) -> None:
    client, acting = technician
    with writing() as session:
        project, freezer = make_project(session), make_freezer(session, boxes=0)
        other = make_freezer(session, boxes=0)
        for rack_id in (freezer.rack_id, other.rack_id):
            session.get_one(StorageNode, rack_id).box_slots = 4
        if kind == "bag":
            carried, row = make_loose(session, freezer.unit_id, label="Bag 7"), 0
        else:
            carried, row = make_plate(session, freezer.rack_id), 1
        tube = make_tube(session, project)
        stand(session, tube, carried, row, 1)
        shape = session.get_one(StorageNode, carried)
        opened = {"id": str(carried), "rows": shape.box_rows, "columns": shape.box_columns}
    before, name = path_of(carried), "Bag 7" if kind == "bag" else "Plate P-1"

    taken = json.loads(scan(client, before, box=opened))["sideUpdate"]
    held = taken[ids.HELD_BOX]["data"]
    wrong = scan(client, before, held_box=held)
    moved = scan(client, path_of(other.rack_id), held_box=held)
    after = path_of(carried)
    move_id = UUID(moved.split('"box_move":"', 1)[1].split('"', 1)[0])
    with reading() as session:
        stands = queries.locations_of(session, acting, [tube])[tube].path
    with writing() as session:
        service.undo_box_move(session, acting, move_id=move_id)

    assert held["kind"] == kind
    assert f"{name} goes to a " in wrong
    assert f"put the {kind} down" in wrong
    assert f"{name} stands in" in moved
    assert after == stands == f"{path_of(other.rack_id)}/{before.rpartition('/')[2]}"
    assert path_of(carried) == before


def test_only_a_bag_is_carried_into_a_unit_itself(
    technician: tuple[FlaskClient, Principal],
) -> None:
    client, _ = technician
    with writing() as session:
        freezer, other = make_freezer(session, boxes=1), make_freezer(session, boxes=0)
        bag = make_loose(session, freezer.rack_id, label="Bag 8")

    def carry(node_id: object, kind: str) -> str:
        by = str(technician[1].user_id)
        held = {"box": str(node_id), "kind": kind, "label": "X", "path": "X", "by": by}
        return scan(client, other.label, held_box=held)

    refused = carry(freezer.box_id, "box")
    carry(bag, "bag")

    assert "goes to a rack, stack, drawer or shelf" in refused
    assert path_of(bag) == f"{other.label}/Bag 8"


def _without_outputs(heard: str) -> str:
    """Return the name of the callback that hears a store and answers by messages alone."""
    return next(
        name
        for name, registered in dash.get_app().callback_map.items()
        if "." not in name and any(each["id"] == heard for each in registered["inputs"])
    )

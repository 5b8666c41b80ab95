"""Setting up storage in the dashboard: types of units, whole units, sites and rooms."""

import base64
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core.ids import new_id
from backend.core.transaction import reading, writing
from backend.storage import queries, service, unit_types
from backend.storage.ids import NodeId, NodeKind
from backend.storage.models import StorageNode
from backend.storage.usual_unit_types import USUAL
from dashboard import gate
from dashboard.pages.setup import file_ids, ids
from dashboard.pages.setup.callbacks import _TYPE_FIELDS
from tests.dashboard.conftest import callback_request, csrf_headers, page_request
from tests.factories.samples import EVERYBODY

SignedIn = Callable[..., FlaskClient]

TYPED = {
    "name": "Bench fridge",
    "temperature_class": "4",
    "setpoint_c": "4,5",
    "biosafety_level": "2",
    "note": "",
    "kind_0": "shelf",
    "number_0": "2",
    "labels_0": "numbers",
    "kind_1": "rack",
    "number_1": "3",
    "labels_1": "letters",
    "kind_2": "-",
    "number_2": "",
    "labels_2": "numbers",
    "box_slots": "4",
    "box_kind": "plate",
    "box_numbering": "letters",
    "box_rows": "8",
    "box_columns": "12",
    "loose": "outermost",
}


def press(client: FlaskClient, output: str, button: Any, *state: tuple[str, str, Any]) -> Any:
    body = callback_request(output, inputs=[(button, "n_clicks", 1)], state=list(state))
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def keep(client: FlaskClient, **typed: str) -> Any:
    values = TYPED | typed
    state = [(field, "value", values[name]) for name, field in _TYPE_FIELDS.items()]
    return press(client, f"{ids.TYPES}.children...{ids.TYPE_PROBLEMS}", ids.TYPE_KEEP, *state)


def make(client: FlaskClient, place: UUID, label: str, unit_type: str = USUAL[0].name) -> Any:
    return press(
        client,
        f"{ids.UNIT_PROBLEMS}.children",
        ids.UNIT_MAKE,
        (ids.UNIT_TYPE, "value", unit_type),
        (ids.UNIT_PLACE, "value", str(place)),
        (ids.UNIT_LABEL, "value", label),
        (ids.UNIT_BARCODE, "value", ""),
    )


@pytest.fixture
def administrator(signed_in: SignedIn) -> FlaskClient:
    return signed_in(Role.ADMINISTRATOR)


@pytest.fixture
def site(administrator: FlaskClient) -> NodeId:
    label = f"Site {new_id()}"
    with writing() as session:
        if not unit_types.list_unit_types(session, EVERYBODY):
            service.put_unit_type(session, EVERYBODY, given=USUAL[0])
        return service.create_node(session, EVERYBODY, kind=NodeKind.SITE, label=label)


def test_the_page_shows_types_and_what_would_be_made(
    administrator: FlaskClient, site: NodeId
) -> None:
    answer = administrator.post(
        gate.CALLBACKS, json=page_request("/storage/setup"), headers=csrf_headers(administrator)
    )

    said = answer.get_data(as_text=True)
    assert "480 boxes of 9" in said
    assert "38,880" in said


def test_a_unit_is_made_and_opened(administrator: FlaskClient, site: NodeId) -> None:
    label = f"U-{str(new_id())[-8:]}"

    answer = make(administrator, site, f" {label} ")

    assert answer["sideUpdate"]["url"] == {"pathname": f"/storage/{label}", "search": ""}
    with reading() as session:
        assert queries.find_node(session, EVERYBODY, f"{label}/5/F/B-480") is not None


def test_a_refused_unit_is_told_beside_its_label(administrator: FlaskClient, site: NodeId) -> None:
    answer = make(administrator, site, "ULT/1")

    said = str(answer["response"])
    assert "no slash" in said
    assert f"#{ids.UNIT_LABEL}" in said


def test_a_type_is_kept_and_its_faults_are_told_by_field(administrator: FlaskClient) -> None:
    kept = keep(administrator)

    refused = keep(administrator, name="Broken", number_0="none", box_rows="x", setpoint_c="cold")

    with reading() as session:
        found = unit_types.get_unit_type(session, EVERYBODY, TYPED["name"])
        names = [each.name for each in unit_types.list_unit_types(session, EVERYBODY)]
    assert (found.setpoint_c, found.counts.positions) == (4.5, 2 * 3 * 4 * 96)
    assert found.counts.loose == 2
    assert "Bench fridge" in str(kept["response"])
    assert "Broken" not in names
    assert f"#{ids.TYPE_ROWS}" in str(refused["response"])


def test_a_site_and_a_room_are_added(administrator: FlaskClient, site: NodeId) -> None:
    label = f"Room {str(new_id())[-8:]}"

    press(
        administrator,
        f"{ids.GROUND_PROBLEMS}.children",
        ids.GROUND_MAKE,
        (ids.GROUND_PLACE, "value", str(site)),
        (ids.GROUND_LABEL, "value", label),
    )

    with reading() as session:
        room = queries.find_node(session, EVERYBODY, label)
        assert room is not None
        assert (room.kind, room.parent_id) == (NodeKind.ROOM, site)


def test_a_file_of_places_is_looked_at_and_then_made(
    administrator: FlaskClient, site: NodeId
) -> None:
    unit = f"U-{str(new_id())[-9:]}"
    with reading() as session:
        label = session.get_one(StorageNode, site).label
    good = f"Kind;In;Label;Zone\nunit;{label};{unit};4 °C\n"
    body = callback_request(
        f"{file_ids.FOUND}.children",
        inputs=[(file_ids.FILE, "contents", data_url(good)), (file_ids.FILE, "filename", "x.csv")],
    )

    seen = administrator.post(gate.CALLBACKS, json=body, headers=csrf_headers(administrator))
    before = node_at(unit)
    refused = send(administrator, good + f"box;{unit};B-1;\n")
    made = send(administrator, good)

    assert "1 unit to be made. Nothing is made yet." in seen.get_data(as_text=True)
    assert before is None
    assert "Row 3: A box has rows and columns. Give both." in str(refused)
    assert "1 unit made." in str(made)
    assert node_at(unit) is NodeKind.UNIT


def data_url(text: str) -> str:
    return "data:text/csv;base64," + base64.b64encode(text.encode()).decode()


def node_at(path: str) -> NodeKind | None:
    with reading() as session:
        node = queries.find_node(session, EVERYBODY, path)
        return node.kind if node is not None else None


def send(client: FlaskClient, text: str) -> Any:
    return press(
        client,
        f"{file_ids.FOUND}.children@",
        file_ids.MAKE,
        (file_ids.FILE, "contents", data_url(text)),
        (file_ids.FILE, "filename", "x.csv"),
    )


def test_a_technician_does_not_make_units(signed_in: SignedIn, site: NodeId) -> None:
    technician = signed_in(Role.TECHNICIAN)
    state = [(ids.GROUND_PLACE, "value", str(site)), (ids.GROUND_LABEL, "value", "Room 9")]
    body = callback_request(
        f"{ids.GROUND_PROBLEMS}.children", inputs=[(ids.GROUND_MAKE, "n_clicks", 1)], state=state
    )

    answer = technician.post(gate.CALLBACKS, json=body, headers=csrf_headers(technician))

    assert answer.status_code == 403

"""One place in the dashboard: its status, whom it is for, what is blocked, what is added in it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.auth.ids import Role
from backend.core import clock
from backend.core.ids import new_id
from backend.core.transaction import reading, writing
from backend.storage import box_queries, place_queries
from backend.storage.ids import NodeKind, Numbering, UnitStatus
from backend.storage.place_views import PlaceView
from backend.storage.rules import Position
from dashboard import gate
from dashboard.pages.setup import place_ids as ids
from tests.dashboard.conftest import callback_request, csrf_headers, page_request
from tests.factories.samples import EVERYBODY
from tests.factories.storage import Freezer, make_freezer

SignedIn = Callable[..., FlaskClient]
State = tuple[str, str, Any]

_PLACE_DONE = f"children...{ids.DONE}.data"


@pytest.fixture
def administrator(signed_in: SignedIn) -> FlaskClient:
    return signed_in(Role.ADMINISTRATOR)


@pytest.fixture
def freezer(administrator: FlaskClient) -> Freezer:
    with writing() as session:
        return make_freezer(session, label=f"U-{str(new_id())[-9:]}")


def press(client: FlaskClient, problems: str, button: str, path: str, *state: State) -> Any:
    body = callback_request(
        f"..{problems}.{_PLACE_DONE}",
        inputs=[(button, "n_clicks", 1)],
        state=[(ids.WHICH, "data", path), *state],
    )
    return client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))


def said(answer: Any) -> str:
    assert answer.status_code == 200, answer.text
    return str(answer.get_json()["response"])


def place(path: str) -> PlaceView:
    with reading() as session:
        return place_queries.get_place(session, EVERYBODY, path)


def set_status(client: FlaskClient, path: str, status: str, reason: str, day: str = "") -> Any:
    return press(
        client,
        ids.STATUS_PROBLEMS,
        ids.STATUS_SAVE,
        path,
        (ids.STATUS, "value", status),
        (ids.STATUS_REASON, "value", reason),
        (ids.MOVE_BACK, "value", day),
    )


def block(client: FlaskClient, path: str, positions: str, until: str = "") -> Any:
    return press(
        client,
        ids.BLOCK_PROBLEMS,
        ids.BLOCK,
        path,
        (ids.BLOCK_POSITIONS, "value", positions),
        (ids.BLOCK_REASON, "value", "bent clip"),
        (ids.BLOCK_UNTIL, "value", until),
    )


def test_a_backup_unit_is_saved_with_its_day_and_refused_without(
    administrator: FlaskClient, freezer: Freezer
) -> None:
    refused = said(set_status(administrator, freezer.label, "backup", "for ULT-04"))
    day = (clock.utc_now() + timedelta(days=9)).date()

    set_status(administrator, freezer.label, "backup", "for ULT-04", day.isoformat())

    assert f"#{ids.MOVE_BACK}" in refused
    kept = place(freezer.label)
    assert (kept.status, kept.status_reason, kept.move_back_on) == (
        UnitStatus.BACKUP,
        "for ULT-04",
        day,
    )


def test_a_barcode_and_a_set_point_are_saved_and_no_number_is_refused(
    administrator: FlaskClient, freezer: Freezer
) -> None:
    def save(setpoint: str) -> Any:
        return press(
            administrator,
            ids.ABOUT_PROBLEMS,
            ids.ABOUT_SAVE,
            freezer.label,
            (ids.BARCODE, "value", f"C-{freezer.label}"),
            (ids.SETPOINT, "value", setpoint),
            (ids.CIRCUIT, "value", "F 3, left"),
            (ids.NUMBERING, "value", "letters"),
        )

    refused = said(save("cold"))
    save("−75,5")

    assert "is no temperature" in refused
    kept = place(f"C-{freezer.label}")
    assert (kept.path, kept.setpoint_c, kept.power_circuit) == (freezer.label, -75.5, "F 3, left")


def test_what_the_lid_of_a_box_says_is_saved(administrator: FlaskClient, freezer: Freezer) -> None:
    press(
        administrator,
        ids.ABOUT_PROBLEMS,
        ids.ABOUT_SAVE,
        f"{freezer.label}/1/A/B-1",
        (ids.BARCODE, "value", ""),
        (ids.SETPOINT, "value", ""),
        (ids.CIRCUIT, "value", ""),
        (ids.NUMBERING, "value", "columns"),
    )

    shape = place(f"{freezer.label}/1/A/B-1").shape
    assert shape is not None
    assert shape.numbering is Numbering.COLUMNS


def test_restrictions_are_saved(administrator: FlaskClient, freezer: Freezer) -> None:
    path = f"{freezer.label}/1/A"

    press(
        administrator,
        ids.LIMITS_PROBLEMS,
        ids.LIMITS_SAVE,
        path,
        (ids.PROJECT, "value", "-"),
        (ids.LEVEL, "value", "1"),
        (ids.TYPES, "value", ["rna"]),
    )

    kept = place(f"{path}/B-1")
    assert (kept.biosafety_level, kept.around.material_types) == (1, ("rna",))


def test_all_positions_are_blocked_or_none(administrator: FlaskClient, freezer: Freezer) -> None:
    path = f"{freezer.label}/1/A/B-1"

    refused = said(block(administrator, path, "A1, Z99"))
    before = place(path).capacity
    block(
        administrator, path, "A1 a2, A1", (clock.utc_now() + timedelta(days=3)).date().isoformat()
    )

    assert "“Z99” is no position of the box" in refused
    assert (before, place(path).capacity) == (81, 79)
    with reading() as session:
        contents = box_queries.box_contents(session, EVERYBODY, freezer.box_id)
    assert [spot.position for spot in contents.blocked] == [Position(1, 1), Position(1, 2)]


def test_a_stack_a_box_and_a_plate_are_added(administrator: FlaskClient, freezer: Freezer) -> None:
    def add(path: str, kind: str, label: str, **typed: str) -> Any:
        return press(
            administrator,
            ids.INNER_PROBLEMS,
            ids.INNER_ADD,
            path,
            (ids.INNER_KIND, "value", kind),
            (ids.INNER_LABEL, "value", label),
            (ids.INNER_BARCODE, "value", ""),
            (ids.INNER_SLOTS, "value", typed.get("slots", "")),
            (ids.INNER_ROWS, "value", typed.get("rows", "9")),
            (ids.INNER_COLUMNS, "value", typed.get("columns", "9")),
            (ids.INNER_NUMBERING, "value", typed.get("numbering", "letters")),
        )

    add(f"{freezer.label}/1", "stack", "B", slots="4")
    refused = said(add(f"{freezer.label}/1/B", "box", "B-9", rows="", columns="12"))
    no_plate = said(add(f"{freezer.label}/1/B", "plate", "P-9"))
    add(f"{freezer.label}/1/B", "plate", "P-9", rows="16", columns="24")
    add(f"{freezer.label}/1/B", "box", "B-9", rows="8", columns="12", numbering="rows")

    assert place(f"{freezer.label}/1/B").box_slots == 4
    assert "1 to 32 rows and 1 to 48 columns" in refused
    assert "A plate has 6, 12, 24, 48, 96, 384, 1,536 wells, not 9 × 9." in no_plate
    assert place(f"{freezer.label}/1/B").kind is NodeKind.STACK
    assert place(f"{freezer.label}/1/B/P-9").capacity == 384
    shape = place(f"{freezer.label}/1/B/B-9").shape
    assert shape is not None
    assert shape.numbering is Numbering.ROWS
    assert place(f"{freezer.label}/1/B/B-9").capacity == 96


@pytest.mark.parametrize("inside", ["", "/1", "/1/A", "/1/A/B-1"])
def test_every_kind_of_place_is_drawn(
    administrator: FlaskClient, freezer: Freezer, inside: str
) -> None:
    body = page_request("/storage/place")
    body["inputs"][1]["value"] = f"?at={freezer.label}{inside}"

    answer = administrator.post(gate.CALLBACKS, json=body, headers=csrf_headers(administrator))

    assert answer.status_code == 200
    assert ids.LIMITS_SAVE in answer.text


def test_a_technician_sets_nothing_up(signed_in: SignedIn, freezer: Freezer) -> None:
    technician = signed_in(Role.TECHNICIAN)

    answer = set_status(technician, freezer.label, "retired", "worn out")

    assert answer.status_code == 403
    assert place(freezer.label).status is UnitStatus.ACTIVE

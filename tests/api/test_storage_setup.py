"""Setting up storage over the API: types of units, blocked positions, slots, backup units."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from backend.auth.ids import Role
from backend.core import clock
from backend.core.transaction import reading, writing
from backend.storage import place_queries, queries, service
from tests.api.conftest import Headers
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_project
from tests.factories.storage import Freezer, make_freezer, make_tube, stand

SignedIn = Callable[..., Headers]
ROOT = "/api/v1/storage"
TOWER: dict[str, Any] = {
    "name": "Tower tank",
    "temperature_class": "ln2",
    "setpoint_c": -180,
    "levels": [{"kind": "shelf", "number": 1}, {"kind": "rack", "number": 3}],
    "box_slots": 4,
    "box_rows": 9,
    "box_columns": 9,
}


@pytest.fixture
def administrator(signed_in: SignedIn) -> Headers:
    return signed_in(Role.ADMINISTRATOR)


@pytest.fixture
def freezer(administrator: Headers) -> Freezer:
    """ULT-90 with two boxes, a tube in A1 of the first."""
    del administrator  # its fixture has made the database
    with writing() as session:
        made = make_freezer(session, label="ULT-90", boxes=2)
        stand(session, make_tube(session, make_project(session)), made.box_id, 1, 1)
    return made


def test_a_type_of_unit_is_kept_changed_and_closed(
    client: FlaskClient, administrator: Headers
) -> None:
    path = f"{ROOT}/unit-types"
    first = client.post(path, json=TOWER, headers=administrator)
    stacks = [{"kind": "stack", "number": 4, "labels": "letters"}]
    second = client.post(
        path, json=TOWER | {"name": "tower TANK", "levels": stacks}, headers=administrator
    )
    closed = client.patch(f"{path}/Tower tank", json={"is_closed": True}, headers=administrator)
    listed = client.get(path, headers=administrator).json["items"]
    unknown = client.patch(f"{path}/Shed", json={"is_closed": True}, headers=administrator)
    many = [{"kind": "shelf", "number": 99}]
    wrong = client.post(path, json=TOWER | {"levels": many}, headers=administrator)

    assert (first.status_code, first.json["version"]) == (201, 1)
    assert (first.json["places"], first.json["positions"]) == (1 + 3 + 12, 12 * 81)
    assert (second.json["name"], second.json["version"]) == ("Tower tank", 2)
    assert (closed.json["is_closed"], closed.json["levels"]) == (True, stacks)
    assert [(each["name"], each["version"]) for each in listed] == [("Tower tank", 2)]
    assert unknown.status_code == 404
    assert (
        wrong.status_code,
        "1 to 60 shelves stand side by side, not 99" in wrong.json["message"],
    ) == (422, True)


def test_a_position_is_reserved_until_an_instant_and_freed_again(
    client: FlaskClient, administrator: Headers, freezer: Freezer
) -> None:
    path = f"{ROOT}/boxes/{freezer.box_id}/blocked-positions"
    until = (clock.utc_now() + timedelta(days=3)).isoformat()

    kept = client.post(
        path, json={"position": "b2", "reason": "For Leeds", "until": until}, headers=administrator
    )
    with reading() as session:
        box = queries.find_node(session, EVERYBODY, "ULT-90/1/A/B-1")
        assert box is not None
        assert box.capacity == 80
    freed = client.delete(f"{path}/B2", headers=administrator)
    again = client.delete(f"{path}/B2", headers=administrator)

    assert (kept.status_code, kept.json["position"], kept.json["capacity"]) == (201, "B2", 80)
    assert (freed.status_code, again.status_code) == (204, 409)


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"position": "A1", "reason": "Clip"}, 409, "position"),
        ({"position": "Z9", "reason": "Clip"}, 422, "position"),
        ({"position": "B2", "reason": " "}, 422, "reason"),
        ({"position": "B2", "reason": "Clip", "until": "2020-01-01T00:00:00Z"}, 422, "until"),
        ({"position": "B2", "reason": "Clip", "until": "2999-01-01T00:00:00"}, 422, "until"),
    ],
)
def test_a_position_that_cannot_be_kept_empty_names_its_field(  # noqa: PLR0917 -- a case
    client: FlaskClient,
    administrator: Headers,
    freezer: Freezer,
    body: dict[str, str],
    status: int,
    field: str,
) -> None:
    path = f"{ROOT}/boxes/{freezer.box_id}/blocked-positions"

    refused = client.post(path, json=body, headers=administrator)

    assert refused.status_code == status, refused.text
    assert field in refused.json["fields"]


def test_a_rack_is_told_how_many_boxes_it_takes(
    client: FlaskClient, administrator: Headers, freezer: Freezer
) -> None:
    path = f"{ROOT}/places/{freezer.rack_id}"

    few = client.patch(path, json={"box_slots": 1}, headers=administrator)
    some = client.patch(path, json={"box_slots": 6}, headers=administrator)
    unknown = client.patch(path, json={"box_slots": None}, headers=administrator)

    assert (few.status_code, list(few.json["fields"])) == (422, ["box_slots"])
    assert (some.json["box_slots"], unknown.json["box_slots"]) == (6, None)


@pytest.mark.usefixtures("freezer")
def test_a_unit_is_kept_as_backup_with_the_day_of_moving_back(
    client: FlaskClient, administrator: Headers
) -> None:
    path = f"{ROOT}/units/ULT-90/status"
    backup = {"status": "backup", "reason": "For ULT-03"}
    day = (clock.utc_now() + timedelta(days=9)).date().isoformat()

    without = client.post(path, json=backup, headers=administrator)
    kept = client.post(path, json=backup | {"move_back_on": day}, headers=administrator)

    assert (without.status_code, list(without.json["fields"])) == (422, ["move_back_on"])
    assert kept.status_code == 201
    assert kept.json["unit"]["status"] == "backup"


@pytest.mark.parametrize("role", [each for each in Role if each is not Role.ADMINISTRATOR])
def test_only_who_answers_for_storage_sets_it_up(
    client: FlaskClient, signed_in: SignedIn, freezer: Freezer, role: Role
) -> None:
    headers = signed_in(role)
    blocked = f"{ROOT}/boxes/{freezer.box_id}/blocked-positions"

    answers = [
        client.post(f"{ROOT}/unit-types", json=TOWER, headers=headers),
        client.patch(f"{ROOT}/unit-types/x", json={"is_closed": True}, headers=headers),
        client.post(blocked, json={"position": "B2", "reason": "Clip"}, headers=headers),
        client.delete(f"{blocked}/B2", headers=headers),
    ]

    assert [answer.status_code for answer in answers] == [403] * 4


@pytest.mark.slow
def test_of_two_who_describe_a_place_at_once_neither_takes_back_what_the_other_wrote(
    server: Flask, administrator: Headers, freezer: Freezer
) -> None:
    path = f"{ROOT}/places/{freezer.unit_id}"

    def hang_on(circuit: str) -> int:
        body = {"power_circuit": circuit}
        return server.test_client().patch(path, json=body, headers=administrator).status_code

    with ThreadPoolExecutor(1) as other:
        with writing() as session:
            service.describe_place(
                session, EVERYBODY, node_id=freezer.unit_id, barcode="C-90", setpoint_c=-75
            )
            answer = other.submit(hang_on, "F 3")
            # The other one has come to the place while this one has not committed.
            session.execute(select(func.pg_sleep(0.5)))
        assert answer.result() == 200
    with reading() as session:
        place = place_queries.place_of(session, EVERYBODY, freezer.unit_id)

    assert (place.barcode, place.setpoint_c, place.power_circuit) == ("C-90", -75, "F 3")

"""Rules of alarms over the API: changed, added, retired; of one sensor; maintenances."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from backend.auth.ids import Role
from backend.core import clock
from backend.core.ids import new_id
from backend.core.transaction import writing
from backend.storage.models import StorageNode
from tests.api.conftest import Headers
from tests.api.test_api import assert_problem
from tests.factories.storage import make_freezer
from tests.factories.telemetry import make_sensor

SignedIn = Callable[..., Headers]
RULES = "/api/v1/alarm-rules"
HIGH = f"{RULES}/{quote('freezer:temperature:high:critical')}"
NEW = {
    "unit_class": "freezer",
    "measure": "temperature",
    "kind": "rate",
    "severity": "warning",
    "limit": 5,
    "delay_min": 10,
    "deadband": 2,
    "window_min": 10,
    "reason": "Doors are left open",
}


@pytest.fixture
def keeper(committed_database: Engine, signed_in: SignedIn) -> Headers:
    del committed_database
    return signed_in(Role.ADMINISTRATOR)


def test_a_rule_is_changed_in_every_word_and_number(client: FlaskClient, keeper: Headers) -> None:
    sent = {
        "version": 1, "limit": -16, "delay_min": 40, "deadband": 1.5, "severity": "warning",
        "reason": "As the vendor says",
    }  # fmt: skip

    done = client.post(f"{HIGH}/versions", headers=keeper, json=sent)
    again = client.post(f"{HIGH}/versions", headers=keeper, json=sent)
    wild = client.post(f"{HIGH}/versions", headers=keeper, json=sent | {"version": 2, "limit": 400})

    assert done.status_code == 201, done.text
    newest, default = done.json["items"]
    assert (newest["version"], newest["severity"], newest["limit"]) == (2, "warning", -16.0)
    assert (newest["delay_s"], newest["deadband"], newest["reason"]) == (
        2400.0,
        1.5,
        "As the vendor says",
    )
    assert (default["version"], default["replaced_at"]) == (1, newest["set_at"])
    assert_problem(again, 409, "conflict")
    assert_problem(wild, 422, "invalid_input")
    assert list(wild.json["fields"]) == ["limit"]


def test_a_rule_of_another_kind_is_added_and_retired(client: FlaskClient, keeper: Headers) -> None:
    added = client.post(RULES, headers=keeper, json=NEW)
    doubled = client.post(RULES, headers=keeper, json=NEW)
    key = added.json["items"][0]["key"]
    retire = {"version": 1, "reason": "Too many of them"}
    gone = client.post(f"{RULES}/{quote(key)}/retire", headers=keeper, json=retire)
    listed = client.get(f"{RULES}?retired=true", headers=keeper).json["items"]

    assert (added.status_code, added.json["items"][0]["window_s"]) == (201, 600.0)
    assert_problem(doubled, 422, "invalid_input")
    assert list(doubled.json["fields"]) == ["severity"]
    assert gone.json["items"][0]["is_retired"] is True
    assert [each["key"] for each in listed] == [key]
    assert key not in [each["key"] for each in client.get(RULES, headers=keeper).json["items"]]


def test_a_sensor_gets_a_rule_of_its_own_and_gives_it_back(
    client: FlaskClient, keeper: Headers
) -> None:
    with writing() as session:
        sensor = make_sensor(session, unit_label="ULT-77")
        sensor.alarm_high_c = None
        path = f"/api/v1/sensors/{sensor.code}/alarm-rules"
    house = "ultra_low:temperature:high:critical"
    own = {
        "key": house, "version": 1, "scope": "sensor", "limit": -60, "delay_min": 15,
        "deadband": 2, "reason": "Its door is opened often",
    }  # fmt: skip

    made = client.post(path, headers=keeper, json=own)
    held = client.get(path, headers=keeper).json
    back = {"kind": "high", "scope": "sensor", "reason": "The door is mended"}
    taken = client.post(f"{path}/take-back", headers=keeper, json=back)

    assert made.status_code == 201, made.text
    highs = [each for each in held["items"] if each["rule"]["kind"] == "high"]
    assert [(each["origin"], each["rule"]["limit"]) for each in highs] == [
        ("sensor", -70.0),
        ("sensor", -60.0),
    ]
    assert {each["origin"] for each in taken.json["items"]} == {"house"}
    unknown = client.get("/api/v1/sensors/none/alarm-rules", headers=keeper)
    assert_problem(unknown, 404, "not_found")


def test_a_maintenance_is_started_listed_and_ended(client: FlaskClient, keeper: Headers) -> None:
    now = clock.utc_now()
    with writing() as session:
        freezer = make_freezer(session, label="ULT-78")
        make_sensor(session, unit_label="ULT-78").unit_id = freezer.unit_id
    sent = {
        "units": ["ULT-78"],
        "starts_at": now.isoformat(),
        "ends_at": (now + timedelta(hours=2)).isoformat(),
        "reason": "Defrosting",
    }
    path = "/api/v1/maintenance"

    begun = client.post(path, headers=keeper, json=sent)
    naive = client.post(path, headers=keeper, json=sent | {"starts_at": "2026-11-30T08:00:00"})
    absent = client.post(path, headers=keeper, json=sent | {"units": ["ULT-99"]})
    ended = client.post(f"{path}/{begun.json['id']}/end", headers=keeper)
    again = client.post(f"{path}/{begun.json['id']}/end", headers=keeper)

    assert (begun.status_code, begun.json["units"]) == (201, ["ULT-78"])
    assert_problem(naive, 422, "invalid_input")
    assert_problem(absent, 404, "not_found")
    assert ended.json["ended_by_name"]
    assert_problem(again, 409, "conflict")
    assert len(client.get(path, headers=keeper).json["items"]) == 1
    assert_problem(client.post(f"{path}/{new_id()}/end", headers=keeper), 404, "not_found")


def test_a_maintenance_is_of_the_unit_whose_whole_barcode_was_sent(
    client: FlaskClient, keeper: Headers
) -> None:
    now = clock.utc_now()
    with writing() as session:
        for label, barcode in (("ULT-78", "U" * 60), ("ULT-79", "U" * 64)):
            freezer = make_freezer(session, label=label)
            session.get_one(StorageNode, freezer.unit_id).barcode = barcode
            make_sensor(session, unit_label=label).unit_id = freezer.unit_id
    sent = {
        "units": ["U" * 64],
        "starts_at": now.isoformat(),
        "ends_at": (now + timedelta(hours=2)).isoformat(),
        "reason": "Defrosting",
    }

    begun = client.post("/api/v1/maintenance", headers=keeper, json=sent)

    assert (begun.status_code, begun.json["units"]) == (201, ["ULT-79"])


def test_who_may_only_look_changes_no_rule_and_no_maintenance(
    client: FlaskClient, keeper: Headers, signed_in: SignedIn
) -> None:
    del keeper
    reader = signed_in(Role.SCIENTIST)

    assert_problem(client.post(RULES, headers=reader, json=NEW), 403, "permission_denied")
    assert client.get(RULES, headers=reader).status_code == 200
    assert client.get("/api/v1/maintenance", headers=reader).status_code == 200

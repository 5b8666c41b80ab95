"""Sensors over the API: listed, moved, taken out, with where they have stood."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select

from backend.auth.ids import Role
from backend.core import clock
from backend.core.transaction import reading, writing
from backend.telemetry.models import Reading, Sensor
from tests.api.conftest import Headers
from tests.api.test_api import assert_problem
from tests.factories.storage import make_freezer
from tests.factories.telemetry import make_sensor, open_alarm, read_until

SignedIn = Callable[..., Headers]
ALL = "/api/v1/sensors"
LIMITS = {"setpoint_c": -20, "warning_high_c": -17}


@pytest.fixture
def code(committed_database: Engine) -> str:
    """Return the code of a probe in ULT-61, beside which FRZ-61 stands."""
    del committed_database
    with writing() as session:
        unit = make_freezer(session, label="ULT-61")
        make_freezer(session, label="FRZ-61")
        sensor = make_sensor(session, unit_label="ULT-61")
        sensor.unit_id, sensor.alarm_high_c = unit.unit_id, None
        read_until(session, sensor, clock.utc_now(), [-80.0])
        return sensor.code


def test_a_sensor_is_moved_and_taken_out(
    client: FlaskClient, signed_in: SignedIn, code: str
) -> None:
    keeper = signed_in(Role.ADMINISTRATOR)
    sent = {"unit": "FRZ-61", "reason": "Its place is needed", **LIMITS}

    listed = client.get(ALL, headers=keeper).json
    moved = client.post(f"{ALL}/{code}/move", headers=keeper, json=sent)
    twice = client.post(f"{ALL}/{code}/move", headers=keeper, json=sent)
    out = client.post(f"{ALL}/{code}/disconnect", headers=keeper, json={"reason": "It is broken"})
    after = client.get(ALL, headers=keeper).json

    assert [(each["code"], each["unit_label"]) for each in listed["items"]] == [(code, "ULT-61")]
    assert moved.status_code == 201, moved.text
    assert [each["unit_label"] for each in moved.json["items"]] == ["FRZ-61", "ULT-61"]
    assert_problem(twice, 422, "invalid_input")
    assert list(twice.json["fields"]) == ["unit"]
    assert out.json["items"][0]["until"] is not None
    assert (after["items"], after["disconnected"]) == ([], [code])
    assert client.get(f"{ALL}/{code}/stays", headers=keeper).json == out.json


def test_a_move_is_dated_back_and_what_was_measured_since_goes_with_it(
    client: FlaskClient, signed_in: SignedIn, code: str
) -> None:
    keeper, now = signed_in(Role.ADMINISTRATOR), clock.utc_now()
    with writing() as session:
        sensor = session.scalars(select(Sensor).where(Sensor.code == code)).one()
        read_until(session, sensor, now - timedelta(minutes=1), [-80.0] * 30)
    at = (now - timedelta(minutes=10, seconds=30)).isoformat()
    sent = {"unit": "FRZ-61", "reason": "Its place was needed", **LIMITS, "moved_at": at}

    naive = client.post(f"{ALL}/{code}/move", headers=keeper, json=sent | {"moved_at": at[:19]})
    ahead = (now + timedelta(hours=1)).isoformat()
    future = client.post(f"{ALL}/{code}/move", headers=keeper, json=sent | {"moved_at": ahead})
    moved = client.post(f"{ALL}/{code}/move", headers=keeper, json=sent)

    assert_problem(naive, 422, "invalid_input")
    assert (future.status_code, list(future.json["fields"])) == (422, ["moved_at"])
    new, old = moved.json["items"]
    assert datetime.fromisoformat(new["since"]) == datetime.fromisoformat(at)
    assert new["since"] == old["until"]
    with reading() as session:
        there = (
            select(func.count())
            .select_from(Reading)
            .join(Sensor, Sensor.id == Reading.sensor_id)
            .where(Sensor.unit_label == "FRZ-61")
        )
        assert session.scalars(there).one() == 11


def test_a_sensor_in_alarm_stays_and_half_of_the_limits_are_none(
    client: FlaskClient, signed_in: SignedIn, code: str
) -> None:
    keeper, reader = signed_in(Role.ADMINISTRATOR), signed_in(Role.SCIENTIST)
    sent = {"unit": "FRZ-61", "reason": "Why", **LIMITS}
    with writing() as session:
        open_alarm(session, make_sensor(session, unit_label="ULT-62"), clock.utc_now())

    alarmed = client.post(f"{ALL}/ULT-62-T1/move", headers=keeper, json=sent)
    half = client.post(f"{ALL}/{code}/move", headers=keeper, json=sent | {"warning_high_c": None})
    refused = client.post(f"{ALL}/{code}/move", headers=reader, json=sent)

    assert_problem(alarmed, 409, "conflict")
    assert_problem(half, 422, "invalid_input")
    assert_problem(refused, 403, "permission_denied")
    assert_problem(client.get(f"{ALL}/none/stays", headers=reader), 404, "not_found")
    assert client.get(ALL, headers=reader).status_code == 200

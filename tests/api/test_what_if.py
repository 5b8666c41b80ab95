"""What-if and units over the API: a limit with its interval, a loss, an arrival, a status."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, delete

from backend.auth.ids import Role
from backend.core import clock
from backend.core.transaction import writing
from backend.telemetry.ids import SensorKind
from backend.telemetry.models import Reading
from tests.api.conftest import Headers
from tests.api.test_api import assert_problem
from tests.factories.incidents import WatchedFreezer, watch_freezer
from tests.factories.sequencing import make_project
from tests.factories.storage import make_tube, stand
from tests.factories.telemetry import make_sensor, open_alarm, read_until
from tests.factories.thermal import keep_model

SignedIn = Callable[..., Headers]
ASKED = "/api/v1/what-if"
UNITS = "/api/v1/storage/units"


@pytest.fixture
def unit(committed_database: Engine) -> WatchedFreezer:
    """ULT-98 with a tube, cold up to now; ULT-99 beside it has a probe that never reported."""
    del committed_database
    with writing() as session:
        watched = watch_freezer(session, label="ULT-98")
        tube = make_tube(session, make_project(session))
        stand(session, tube, watched.freezer.box_id, 1, 1)
        read_until(session, watched.sensor, clock.utc_now(), [-80.0] * 90)
        watch_freezer(session, label="ULT-99")
    return watched


def test_a_model_says_when_a_limit_is_crossed_and_how_sure_it_is(
    client: FlaskClient, signed_in: SignedIn, unit: WatchedFreezer
) -> None:
    with writing() as session:
        keep_model(session, unit.sensor)
    headers = signed_in(Role.SCIENTIST)

    answer = client.get(f"{ASKED}/units/ult-98/limit?limit_c=-60", headers=headers).json
    again = client.get(f"{ASKED}/units/ULT-98/limit?limit_c=-60", headers=headers).json
    warmer = client.get(f"{ASKED}/units/ULT-98/limit?limit_c=-40", headers=headers).json

    said = answer["crossing"]
    assert 0 < said["low_min"] < said["median_min"] < said["high_min"]
    assert (said["from_c"], said["is_beyond"], said["is_stale"]) == (-80.0, False, False)
    assert (answer["model"]["rmse_k"], answer["model"]["warm_ups"]) == (0.4, 4)
    assert answer == again
    assert (warmer["crossing"]["is_beyond"], answer["needed"]) == (True, "")
    assert answer["doors"] is None


def test_the_units_own_door_openings_are_told_with_their_error(
    client: FlaskClient, signed_in: SignedIn, unit: WatchedFreezer
) -> None:
    now = clock.utc_now()
    with writing() as session:
        door = make_sensor(session, unit_label="ULT-98-D")
        door.kind, door.unit_id = SensorKind.DOOR, unit.freezer.unit_id
        # Every hour for 1 or 3 minutes: each minute open is a kelvin, gone as soon as it is shut.
        lasting = [minute % 60 < 1 + minute // 60 % 2 * 2 for minute in range(60, 13 * 60)]
        read_until(session, door, now, [float(each) for each in lasting])
        session.execute(delete(Reading).where(Reading.sensor_id == unit.sensor.id))
        warm = [-80.0 + (minute % 60 + 1 if each else 0) for minute, each in enumerate(lasting)]
        read_until(session, unit.sensor, now, warm)

    answer = client.get(
        f"{ASKED}/units/ULT-98/limit?limit_c=-60", headers=signed_in(Role.SCIENTIST)
    ).json

    doors = answer["doors"]
    assert answer["model"] is None
    assert (doors["openings"], doors["longest_min"]) == (11, 3.0)
    assert (doors["k_per_min"], doors["rmse_k"]) == (pytest.approx(1.0), pytest.approx(0.0))


def test_without_a_model_it_is_said_what_one_needs(
    client: FlaskClient, signed_in: SignedIn, unit: WatchedFreezer
) -> None:
    headers, path = signed_in(Role.SCIENTIST), f"{ASKED}/units/ULT-98/limit?limit_c=-60"

    untried = client.get(path, headers=headers).json
    with writing() as session:
        keep_model(session, unit.sensor, warm_ups=1)
    too_few = client.get(path, headers=headers).json

    assert (untried["model"], untried["crossing"]) == (None, None)
    assert "have not been fitted" in untried["needed"]
    assert "2 are needed" in too_few["needed"]


@pytest.mark.usefixtures("unit")
def test_a_lost_unit_and_an_arriving_project_are_counted(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    headers = signed_in(Role.ANALYST)

    lost = client.get(f"{ASKED}/units/ULT-98/loss", headers=headers).json
    fits = client.get(f"{ASKED}/arrival?zone=-80&boxes=1", headers=headers).json
    short = client.get(f"{ASKED}/arrival?zone=-80&boxes=2", headers=headers).json

    assert (lost["unit"]["used"], lost["free_elsewhere"], lost["short"]) == (1, 81, 0)
    assert [each["label"] for each in lost["takers"]] == ["ULT-99"]
    assert (fits["needed"], fits["fits"], fits["free_after"]) == (81, True, 80)
    assert (short["fits"], short["short"]) == (False, 1)


def test_a_unit_tells_how_it_stands(
    client: FlaskClient, signed_in: SignedIn, unit: WatchedFreezer
) -> None:
    with writing() as session:
        alarm = open_alarm(session, unit.sensor, clock.utc_now())
        key = str(alarm.id)

    standing = client.get(f"{UNITS}/ULT-98", headers=signed_in(Role.SCIENTIST)).json

    (sensor,) = standing["sensors"]
    assert (standing["unit"]["status"], standing["unit"]["used"]) == ("active", 1)
    assert (sensor["value"], sensor["measured_in"], sensor["is_stale"]) == (-80.0, "°C", False)
    assert [each["id"] for each in standing["alarms"]] == [key]


@pytest.mark.usefixtures("unit")
def test_an_administrator_closes_a_unit_for_samples(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    path, sent = f"{UNITS}/ULT-99/status", {"status": "defrosting", "reason": "Monthly"}

    refused = client.post(path, headers=signed_in(Role.TECHNICIAN), json=sent)
    done = client.post(path, headers=signed_in(Role.ADMINISTRATOR), json=sent)
    wrong = client.post(
        path, headers=signed_in(Role.ADMINISTRATOR), json=sent | {"status": "broken"}
    )

    assert_problem(refused, 403, "permission_denied")
    assert (done.status_code, done.json["unit"]["status"]) == (201, "defrosting")
    assert_problem(wrong, 422, "invalid_input")


@pytest.mark.usefixtures("unit")
def test_a_backup_unit_needs_its_day_of_moving_back(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    path, headers = f"{UNITS}/ULT-99/status", signed_in(Role.ADMINISTRATOR)
    sent = {"status": "backup", "reason": "For ULT-98"}
    soon = (clock.utc_now() + timedelta(days=2)).date().isoformat()

    without = client.post(path, headers=headers, json=sent)
    passed = client.post(path, headers=headers, json=sent | {"move_back_on": "2020-01-01"})
    done = client.post(path, headers=headers, json=sent | {"move_back_on": soon})

    assert_problem(without, 422, "invalid_input")
    assert_problem(passed, 422, "invalid_input")
    assert (done.status_code, done.json["unit"]["status"]) == (201, "backup")


@pytest.mark.usefixtures("unit")
def test_what_cannot_be_asked_is_refused(client: FlaskClient, signed_in: SignedIn) -> None:
    headers = signed_in(Role.SCIENTIST)

    for path in ("units/NOWHERE/limit?limit_c=-60", "units/NOWHERE/loss"):
        assert_problem(client.get(f"{ASKED}/{path}", headers=headers), 404, "not_found")
    for path in (
        "units/ULT-98/limit",
        "units/ULT-98/limit?limit_c=-300",
        "units/ULT-98/limit?limit_c=cold",
        "arrival?zone=-80&boxes=0",
        "arrival?zone=-81&boxes=1",
    ):
        assert_problem(client.get(f"{ASKED}/{path}", headers=headers), 422, "invalid_input")
    assert_problem(client.get(f"{UNITS}/ULT-98/1", headers=headers), 404, "not_found")
    guest = signed_in(Role.GUEST)
    for path in (f"{ASKED}/units/ULT-98/loss", f"{UNITS}/ULT-98"):
        assert_problem(client.get(path, headers=guest), 403, "permission_denied")

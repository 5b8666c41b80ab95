"""The forms of the Alarms page for the ladder, and for the rules of one sensor."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete

from backend.auth.ids import Role
from backend.core.transaction import reading, writing
from backend.telemetry import alarm_ladder, alarm_overrides
from backend.telemetry.alarm_models import AlarmRule, AlarmTest, EscalationLadder
from backend.telemetry.alarm_overrides import Origin
from backend.telemetry.ids import AlarmKind, SensorId
from backend.telemetry.ladder_rules import MOST_STEPS
from dashboard import format as fmt
from dashboard import gate
from dashboard.pages.alarms import ids
from tests.dashboard.conftest import callback_request, csrf_headers
from tests.factories.people import make_user
from tests.factories.samples import EVERYBODY
from tests.factories.telemetry import make_sensor

SignedIn = Callable[..., FlaskClient]
HOUSE_KEY = "ultra_low:temperature:high:critical"
Row = tuple[str, str, list[str], str, bool]
"""Name, minutes, roles, person, whether by mail."""
EMPTY: Row = ("", "", [], "", False)
BACKUP: Row = ("Backup", "10", ["technician"], "", False)


@pytest.fixture
def keeper(signed_in: SignedIn) -> FlaskClient:
    with writing() as session:
        make_user(session, Role.TECHNICIAN)
    return signed_in(Role.ADMINISTRATOR)


@pytest.fixture
def sensor_id(signed_in: SignedIn) -> Iterator[SensorId]:
    with writing() as session:
        sensor = make_sensor(session)
        sensor.alarm_high_c = None  # it follows the rules of its class
        made = SensorId(sensor.id)
    yield made
    with writing() as session:
        session.execute(delete(AlarmRule))


@pytest.fixture
def ladder(signed_in: SignedIn) -> Iterator[None]:
    with writing() as session:
        session.execute(delete(AlarmTest))  # of other tests of this laboratory
    yield
    with writing() as session:
        session.execute(delete(EscalationLadder))


def sent(client: FlaskClient, body: dict[str, Any]) -> str:
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code == 200, answer.text
    said = json.dumps(answer.get_json(), ensure_ascii=False)
    return said.replace(fmt.NBSP, " ").replace("\\u00a0", " ")


def page_of(client: FlaskClient, search: str) -> str:
    body = callback_request(
        "page.children",
        inputs=[("url", "pathname", "/alarms"), ("url", "search", search)],
        state=[("page-meta", "data", None)],
    )
    return sent(client, body)


def change_ladder(client: FlaskClient, *rows: Row, version: int = 1, reason: str = "Agreed") -> str:
    padded = [*rows, *[EMPTY] * (MOST_STEPS - 1 - len(rows))]
    fields = (ids.step_label, ids.step_minutes, ids.step_roles, ids.step_person, ids.step_mail)
    state = [
        (field(place), "value", row[column])
        for column, field in enumerate(fields)
        for place, row in enumerate(padded, 1)
    ]
    body = callback_request(
        f"{ids.LADDER_PROBLEMS}.children",
        inputs=[(ids.LADDER_SEND, "n_clicks", 1)],
        state=[
            (ids.LADDER_WHICH, "data", version),
            (ids.LADDER_REASON, "value", reason),
            (ids.step_label(0), "value", "On call"),
            *state,
        ],
    )
    return sent(client, body)


def set_own(client: FlaskClient, sensor_id: SensorId, limit: str, reason: str) -> str:
    which = {"key": HOUSE_KEY, "version": 1, "sensor": str(sensor_id), "scope": "sensor"}
    body = callback_request(
        f"{ids.RULE_PROBLEMS}.children",
        inputs=[(ids.RULE_SEND, "n_clicks", 1)],
        state=[
            (ids.RULE_WHICH, "data", which),
            (ids.RULE_LIMIT, "value", limit),
            (ids.RULE_DELAY, "value", "15"),
            (ids.RULE_DEADBAND, "value", "2"),
            (ids.RULE_WINDOW, "value", ""),
            (ids.RULE_SEVERITY, "value", "critical"),
            (ids.RULE_ACTIVE, "value", True),
            (ids.RULE_REASON, "value", reason),
        ],
    )
    return sent(client, body)


def take_back(client: FlaskClient, sensor_id: SensorId, reason: str) -> str:
    which = {"sensor": str(sensor_id), "kind": "high", "scope": "sensor"}
    body = callback_request(
        f"{ids.OWN_PROBLEMS}.children",
        inputs=[(ids.OWN_SEND, "n_clicks", 1)],
        state=[(ids.OWN_WHICH, "data", which), (ids.OWN_REASON, "value", reason)],
    )
    return sent(client, body)


def origins(sensor_id: SensorId) -> list[tuple[float, Origin]]:
    with reading() as session:
        found = alarm_overrides.rules_of_sensor(session, EVERYBODY, sensor_id)
    return [
        (each.version.terms.limit, each.origin)
        for each in found.rules
        if each.version.terms.kind is AlarmKind.HIGH
    ]


@pytest.mark.usefixtures("ladder")
def test_the_ladder_is_changed_row_by_row_and_its_versions_are_shown(keeper: FlaskClient) -> None:
    change_ladder(keeper, BACKUP, EMPTY, ("Head", "25", ["administrator"], "", False))

    with reading() as session:
        standing = alarm_ladder.ladder(session)
    assert [step.label for step in standing.steps] == ["On call", "Backup", "Head"]
    seen = page_of(keeper, "?show=ladder")
    assert "0 min On call; 10 min Backup; 25 min Head" in seen
    assert "Versions of the ladder" in seen
    assert "The program's default" in seen
    assert "A test is due" in seen


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("Head", "ten", ["technician"], "", False), "Step 3: the minutes are a whole number"),
        (("Head", "5", ["technician"], "", False), "“Head” comes after “Backup”"),
        (("Head", "20", [], "", False), "Nobody is told by “Head”"),
        (("", "20", ["technician"], "", False), "Step 3 has no name"),
        (("Head", "20", ["technician"], "", True), "no mail server is set up"),
    ],
)
def test_a_ladder_that_cannot_be_is_refused_with_a_sentence(
    keeper: FlaskClient, row: Row, said: str
) -> None:
    assert said in change_ladder(keeper, BACKUP, row)
    with reading() as session:
        assert alarm_ladder.ladder(session).version == 1


def test_a_ladder_needs_a_reason_and_the_version_that_was_looked_at(keeper: FlaskClient) -> None:
    assert "A few words are needed." in change_ladder(keeper, BACKUP, reason=" ")
    assert "Version 1 of the ladder was made meanwhile" in change_ladder(keeper, BACKUP, version=3)


def test_a_sensor_says_which_rule_holds_and_from_where(
    keeper: FlaskClient, signed_in: SignedIn, sensor_id: SensorId
) -> None:
    address = f"?show=rules&sensor={sensor_id}"
    before = page_of(keeper, address)

    set_own(keeper, sensor_id, "-50", "Ice packs only")

    after, read = page_of(keeper, address), page_of(signed_in(Role.ANALYST), address)
    assert "House rule for −80 °C, version 1" in before
    assert "Own rule of the sensor, version 1" not in before
    for seen in (after, read):
        assert "Own rule of the sensor, version 1" in seen
        assert "−50.0 °C" in seen
    assert ids.ask_back("", "")["type"] in after
    assert ids.ask_back("", "")["type"] not in read
    assert "Rules of" not in page_of(keeper, "?show=rules&sensor=nonsense")
    assert "No such sensor" in page_of(keeper, "?show=rules&sensor=nonsense")


def test_a_rule_of_a_sensor_is_refused_by_field_and_taken_back_with_a_reason(
    keeper: FlaskClient, sensor_id: SensorId
) -> None:
    wordless = set_own(keeper, sensor_id, "-50", " ")
    wild = set_own(keeper, sensor_id, "warm", "Ice packs only")
    assert origins(sensor_id) == [(-70.0, Origin.HOUSE), (-65.0, Origin.HOUSE)]
    set_own(keeper, sensor_id, "-50", "Ice packs only")
    own = origins(sensor_id)

    unsaid = take_back(keeper, sensor_id, " ")
    take_back(keeper, sensor_id, "Samples again")
    again = take_back(keeper, sensor_id, "Samples again")

    assert "A few words are needed." in wordless
    assert "Limit must be a number" in wild
    assert own == [(-70.0, Origin.SENSOR), (-50.0, Origin.SENSOR)]
    assert "A few words are needed." in unsaid
    assert origins(sensor_id) == [(-70.0, Origin.HOUSE), (-65.0, Origin.HOUSE)]
    assert "has no such rule any more" in again

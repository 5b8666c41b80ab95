"""The forms that add and retire a rule of alarms, and that move a sensor or take it out."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete

from backend.auth.ids import Role
from backend.core import clock
from backend.core.transaction import reading, writing
from backend.telemetry import alarm_rules, sensor_moving
from backend.telemetry.alarm_models import Alarm, AlarmRule
from dashboard import format as fmt
from dashboard import gate
from dashboard.laboratory import lab_zone
from dashboard.pages.alarms import ids
from dashboard.pages.sensors import ids as sensor_ids
from tests.dashboard.conftest import callback_request, csrf_headers
from tests.factories.samples import EVERYBODY
from tests.factories.storage import make_freezer
from tests.factories.telemetry import make_sensor, open_alarm, read_until

SignedIn = Callable[..., FlaskClient]
HOUR = timedelta(hours=1)
RATE_KEY = "freezer:temperature:rate:warning"


@pytest.fixture
def keeper(signed_in: SignedIn) -> Iterator[FlaskClient]:
    yield signed_in(Role.ADMINISTRATOR)
    with writing() as session:
        session.execute(delete(AlarmRule))
        session.execute(delete(Alarm))


def sent(client: FlaskClient, body: dict[str, Any]) -> str:
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code == 200, answer.text
    said = json.dumps(answer.get_json(), ensure_ascii=False)
    return said.replace(fmt.NBSP, " ").replace("\\u00a0", " ")


def page_of(client: FlaskClient, path: str, search: str) -> str:
    body = callback_request(
        "page.children",
        inputs=[("url", "pathname", path), ("url", "search", search)],
        state=[("page-meta", "data", None)],
    )
    return sent(client, body)


def add(client: FlaskClient, *, window: str, kind: str = "rate", reason: str = "Doors") -> str:
    fields = (
        (ids.NEW_CLASS, "freezer"), (ids.NEW_MEASURE, "temperature"), (ids.NEW_KIND, kind),
        (ids.NEW_SEVERITY, "warning"), (ids.NEW_LIMIT, "5"), (ids.NEW_DELAY, "10"),
        (ids.NEW_DEADBAND, "2"), (ids.NEW_WINDOW, window), (ids.NEW_REASON, reason),
    )  # fmt: skip
    body = callback_request(
        f"{ids.NEW_PROBLEMS}.children",
        inputs=[(ids.NEW_SEND, "n_clicks", 1)],
        state=[(field, "value", value) for field, value in fields],
    )
    return sent(client, body)


def retire(client: FlaskClient, key: str, version: int, reason: str) -> str:
    body = callback_request(
        f"{ids.RETIRE_PROBLEMS}.children",
        inputs=[(ids.RETIRE_SEND, "n_clicks", 1)],
        state=[
            (ids.RETIRE_WHICH, "data", {"key": key, "version": version}),
            (ids.RETIRE_REASON, "value", reason),
        ],
    )
    return sent(client, body)


def move(
    client: FlaskClient, pressed: str, sensor: str, unit: str, *typed: str, at: str = ""
) -> str:
    presses = [(sensor_ids.MOVE, "n_clicks", 1), (sensor_ids.TAKE_OUT, "n_clicks", None)]
    if pressed == sensor_ids.TAKE_OUT:
        presses = [(sensor_ids.TAKE_OUT, "n_clicks", 1), (sensor_ids.MOVE, "n_clicks", None)]
    fields = (
        sensor_ids.MOVE_UNIT,
        sensor_ids.MOVE_SETPOINT,
        sensor_ids.MOVE_WARNING,
        sensor_ids.MOVE_ALARM,
        sensor_ids.MOVE_AT,
        sensor_ids.MOVE_REASON,
    )
    *limits, reason = typed
    body = callback_request(
        f"{sensor_ids.MOVE_PROBLEMS}.children",
        inputs=presses,
        state=[
            (sensor_ids.MOVED, "data", sensor),
            *(
                (field, "value", value)
                for field, value in zip(fields, (unit, *limits, at, reason), strict=True)
            ),
        ],
    )
    if pressed == sensor_ids.TAKE_OUT:
        # As the renderer sends them: in the order in which they are declared.
        body["inputs"] = body["inputs"][::-1]
    return sent(client, body)


def test_a_rule_is_added_to_a_class_and_retired_again(keeper: FlaskClient) -> None:
    short = add(keeper, window="1")
    added = add(keeper, window="10")
    shown = page_of(keeper, "/alarms", "?show=rules")
    nameless = retire(keeper, RATE_KEY, 1, "")
    gone = retire(keeper, RATE_KEY, 1, "Too many of them")
    after = page_of(keeper, "/alarms", f"?show=rules&rule={RATE_KEY}")

    assert "the window is at least two of them, 2 min" in short
    assert "The rule is in force" in added
    assert "alarms-ask-retire" in shown
    assert "5.0 K in 10 min" in shown
    assert "A few words are needed" in nameless
    assert "The rule is retired" in gone
    for words in ("The house does without", "Retired", "Too many of them", "2 versions"):
        assert words in after
    with reading() as session:
        assert [each.terms.key for each in alarm_rules.list_retired(session, EVERYBODY)] == [
            RATE_KEY
        ]


def test_what_a_rule_cannot_be_stands_at_its_field(keeper: FlaskClient) -> None:
    assert "Leave it empty" in add(keeper, window="10", kind="high")
    assert "must be a number" in add(keeper, window="ten")
    assert "Add that rule first" not in add(keeper, window="1440", kind="door")
    assert "A few words are needed" in add(keeper, window="10", reason="")


def test_who_may_only_look_sees_no_way_to_add_or_to_move(signed_in: SignedIn) -> None:
    reader = signed_in(Role.SCIENTIST)

    assert ids.NEW_DIALOG not in page_of(reader, "/alarms", "?show=rules")
    assert sensor_ids.MOVE not in page_of(reader, "/sensors", "?move=ULT-01-T1")


def test_a_sensor_is_moved_and_taken_out_with_its_reason(keeper: FlaskClient) -> None:
    with writing() as session:
        here = make_freezer(session, label="ULT-41")
        there = make_freezer(session, label="FRZ-41")
        sensor = make_sensor(session, unit_label="ULT-41")
        sensor.unit_id, sensor.alarm_high_c = here.unit_id, None
        key, code, unit = str(sensor.id), sensor.code, str(there.unit_id)

    form = page_of(keeper, "/sensors", f"?move={code}")
    unchosen = move(keeper, sensor_ids.MOVE, key, "", "", "", "", "Why")
    bare = move(keeper, sensor_ids.MOVE, key, unit, "", "", "", "Why")
    half = move(keeper, sensor_ids.MOVE, key, unit, "−20", "cold", "", "Why")
    done = move(keeper, sensor_ids.MOVE, key, unit, "−20", "−17", "", "Its place is needed")
    with reading() as session:
        stays = sensor_moving.list_stays(session, EVERYBODY, code)
    out = move(keeper, sensor_ids.TAKE_OUT, str(stays[0].sensor_id), unit, "", "", "", "Broken")

    for words in (sensor_ids.MOVED, f"Where {code} has stood", "its first reading", "Take it out"):
        assert words in form
    assert "Choose a unit" in form
    assert "Choose a storage unit." in unchosen
    assert "write its set point and warning" in bare
    assert "Write a number" in half
    assert "stands in FRZ-41 from now on" in done
    assert [each.unit_label for each in stays] == ["FRZ-41", "ULT-41"]
    assert "stands in no unit" in out
    listed = page_of(keeper, "/sensors", "")
    assert "In no unit" in listed
    assert code in listed


def test_a_move_that_is_dated_back_says_what_went_with_it(keeper: FlaskClient) -> None:
    now = clock.utc_now()
    with writing() as session:
        here, there = (make_freezer(session, label=label) for label in ("ULT-42", "FRZ-42"))
        sensor = make_sensor(session, unit_label="ULT-42")
        sensor.unit_id, sensor.alarm_high_c = here.unit_id, None
        read_until(session, sensor, now, [-80.0] * 60)
        key, unit = str(sensor.id), str(there.unit_id)
    minus_20 = ("−20", "−17", "", "Its place was needed")

    words = move(keeper, sensor_ids.MOVE, key, unit, *minus_20, at="yesterday")
    future = move(keeper, sensor_ids.MOVE, key, unit, *minus_20, at=local(keeper, now + 5 * HOUR))
    before = move(keeper, sensor_ids.MOVE, key, unit, *minus_20, at=local(keeper, now - 5 * HOUR))
    done = move(keeper, sensor_ids.MOVE, key, unit, *minus_20, at=local(keeper, now - HOUR / 2))

    assert "Write when it was moved as date and time" in words
    assert "The move lies in the future" in future
    assert "It cannot have left before." in before
    assert "30 readings went with it, 0 alarms ended" in done or "31 readings" in done


def test_the_alarm_that_keeps_a_sensor_where_it_is_has_a_way_to_it(keeper: FlaskClient) -> None:
    now = clock.utc_now()
    with writing() as session:
        here, there = (make_freezer(session, label=label) for label in ("ULT-43", "FRZ-43"))
        sensor = make_sensor(session, unit_label="ULT-43")
        sensor.unit_id, sensor.alarm_high_c = here.unit_id, None
        read_until(session, sensor, now, [-60.0])
        other = open_alarm(session, make_sensor(session), now - HOUR)
        alarm = open_alarm(session, sensor, now - HOUR / 2)
        key, unit, which = str(sensor.id), str(there.unit_id), str(alarm.id)
        keys = [alarm.id, other.id]

    refused = move(keeper, sensor_ids.MOVE, key, unit, "−20", "−17", "", "Its place was needed")
    listed = page_of(keeper, "/alarms", f"?alarm={which}")

    assert "an open alarm at ULT-43: temperature alarm, since" in refused
    assert "Nobody has acknowledged it: do that first." in refused
    assert f"/alarms?alarm={which}" in refused
    asked = ids.ask_acknowledge("")["type"]
    assert listed.index(which, listed.index("Open alarms")) < listed.index(str(keys[1]))
    assert asked in listed


def local(client: FlaskClient, at: datetime) -> str:
    with client.application.app_context():
        return f"{at.astimezone(lab_zone()):%Y-%m-%dT%H:%M}"

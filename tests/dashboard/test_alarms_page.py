"""Alarms: seen by readers, acted on by who may, and what was typed stays when it is refused."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from dash import _callback as dash_callbacks
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.auth.ids import Role
from backend.core import clock
from backend.core.transaction import reading, writing
from backend.telemetry import alarm_rules, maintenance
from backend.telemetry.alarm_models import Alarm
from backend.telemetry.ids import AlarmId, AlarmKind
from backend.telemetry.models import Sensor
from dashboard import format as fmt
from dashboard import gate
from dashboard.pages.alarms import ids
from tests.dashboard.conftest import callback_request, csrf_headers
from tests.factories.samples import EVERYBODY
from tests.factories.telemetry import make_sensor, open_alarm, read_until

SignedIn = Callable[..., FlaskClient]
FREEZER = "freezer:temperature:high:critical"
DOOR_KEY = "any:door:door:warning"


def page_of(client: FlaskClient, search: str = "") -> str:
    body = callback_request(
        "page.children",
        inputs=[("url", "pathname", "/alarms"), ("url", "search", search)],
        state=[("page-meta", "data", None)],
    )
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code == 200, answer.text
    return json.dumps(answer.get_json(), ensure_ascii=False).replace(fmt.NBSP, " ")


def press(client: FlaskClient, output: str, button: Any, *state: tuple[str, str, Any]) -> Any:
    body = callback_request(output, inputs=[(button, "n_clicks", 1)], state=list(state))
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code == 200, answer.text
    return answer.get_json()


@pytest.fixture
def alarm(signed_in: SignedIn) -> Iterator[Alarm]:
    with writing() as session:
        sensor = make_sensor(session)
        now = clock.utc_now()
        read_until(session, sensor, now, [-61.0, -61.5])
        made = open_alarm(session, sensor, now - timedelta(minutes=20))
        session.expunge(made)
    yield made
    with writing() as session:
        session.execute(delete(Alarm).where(Alarm.id == made.id))


def label_of(session: Session, alarm: Alarm) -> str:
    return session.scalars(select(Sensor.unit_label).where(Sensor.id == alarm.sensor_id)).one()


def stored(alarm_id: AlarmId) -> Alarm:
    with reading() as session:
        found = session.scalars(select(Alarm).where(Alarm.id == alarm_id)).one()
        session.expunge(found)
    return found


def which(alarm: Alarm) -> dict[str, str]:
    return {"sensor": str(alarm.sensor_id), "alarm": str(alarm.id)}


def acknowledge(client: FlaskClient, alarm: Alarm, reason: str) -> Any:
    return press(
        client,
        f"{ids.ACK_PROBLEMS}.children",
        ids.ACK_SEND,
        (ids.ACK_WHICH, "data", which(alarm)),
        (ids.ACK_REASON, "value", reason),
    )


def snooze(client: FlaskClient, alarm: Alarm, minutes: str, reason: str) -> Any:
    return press(
        client,
        f"{ids.SNOOZE_PROBLEMS}.children",
        ids.SNOOZE_SEND,
        (ids.SNOOZE_WHICH, "data", which(alarm)),
        (ids.SNOOZE_MINUTES, "value", minutes),
        (ids.SNOOZE_REASON, "value", reason),
    )


def change(client: FlaskClient, key: str, version: int, *typed: str, reason: str) -> Any:
    limit, delay, deadband = typed
    return press(
        client,
        f"{ids.RULE_PROBLEMS}.children",
        ids.RULE_SEND,
        (ids.RULE_WHICH, "data", {"key": key, "version": version}),
        (ids.RULE_LIMIT, "value", limit),
        (ids.RULE_DELAY, "value", delay),
        (ids.RULE_DEADBAND, "value", deadband),
        (ids.RULE_WINDOW, "value", ""),
        (ids.RULE_SEVERITY, "value", key.rpartition(":")[2]),
        (ids.RULE_ACTIVE, "value", True),
        (ids.RULE_REASON, "value", reason),
    )


def test_without_an_alarm_one_line_says_so(signed_in: SignedIn) -> None:
    with reading() as session:
        assert session.scalars(select(Alarm).where(Alarm.closed_at.is_(None))).all() == []

    assert "No unit is in alarm" in page_of(signed_in(Role.ANALYST))


def test_an_open_alarm_shows_what_it_is_and_only_who_may_act_is_offered_to(
    signed_in: SignedIn, alarm: Alarm
) -> None:
    with reading() as session:
        label = label_of(session, alarm)

    seen, read = page_of(signed_in(Role.TECHNICIAN)), page_of(signed_in(Role.ANALYST))

    for words in (label, "Above the limit", "Critical", "Not acknowledged", "20 min"):
        assert words in seen
        assert words in read
    assert "−61.5 °C" in seen
    assert "above −70.0 °C" in seen
    assert ids.ask_acknowledge("")["type"] in seen
    assert ids.ask_acknowledge("")["type"] not in read
    assert "Call a technician to the unit." in read
    assert ids.ACK_DIALOG not in read


def test_a_guest_is_not_let_in(signed_in: SignedIn) -> None:
    assert "Open alarms" not in page_of(signed_in(Role.GUEST))


def test_the_dialog_is_filled_from_the_alarm_and_opened(signed_in: SignedIn, alarm: Alarm) -> None:
    client = signed_in(Role.TECHNICIAN)
    buttons = [ids.ask_acknowledge(str(alarm.id)), ids.ask_snooze(str(alarm.id))]

    for button, dialog, what in zip(
        buttons,
        (ids.ACK_DIALOG, ids.SNOOZE_DIALOG),
        (ids.ACK_WHAT, ids.SNOOZE_WHAT),
        strict=True,
    ):
        opened = asked(client, button)
        assert opened[ids.OPEN]["data"]["dialog"] == dialog
        assert "above the limit for 20" in opened[what]["children"]
    assert opened[f"{ids.SNOOZE_MINUTES}-help"]["children"].startswith("1 to 60. Then the next")


def asked(client: FlaskClient, button: dict[str, object] | str) -> Any:
    """Press a button of a row and return what the answer sets."""
    is_one = isinstance(button, str)
    kind = button if isinstance(button, str) else str(button["type"])
    [asking] = [
        each
        for each in dash_callbacks.GLOBAL_CALLBACK_LIST
        if any(kind in one["id"] for one in each["inputs"])
    ]
    value = {"id": button, "property": "n_clicks", "value": 1}
    groups = [value] if is_one else [[value] if kind in e["id"] else [] for e in asking["inputs"]]
    name = button if is_one else json.dumps(button, sort_keys=True, separators=(",", ":"))
    body = {
        "output": asking["output"],
        "outputs": [],
        "inputs": groups,
        "state": [],
        "changedPropIds": [f"{name}.n_clicks"],
    }
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code == 200, answer.text
    return answer.get_json()["sideUpdate"]


def test_an_alarm_is_acknowledged_with_words_and_not_without(
    signed_in: SignedIn, alarm: Alarm
) -> None:
    client = signed_in(Role.TECHNICIAN)

    refused = acknowledge(client, alarm, "  ")
    before = stored(AlarmId(alarm.id)).acknowledged_at
    done = acknowledge(client, alarm, "Door was ajar, closed it.")

    assert "A few words are needed." in str(refused["response"])
    assert ids.CLOSE not in str(refused)
    assert before is None
    assert stored(AlarmId(alarm.id)).acknowledged_by_name == "Mara Lindqvist"
    assert done["sideUpdate"][ids.CLOSE]["data"]["dialog"] == ids.ACK_DIALOG
    assert "Acknowledged by Mara Lindqvist" in page_of(client)


def test_who_may_not_act_is_refused_by_the_service(signed_in: SignedIn, alarm: Alarm) -> None:
    acknowledge(signed_in(Role.ANALYST), alarm, "I only look.")
    snooze(signed_in(Role.ANALYST), alarm, "10", "I only look.")

    kept = stored(AlarmId(alarm.id))
    assert (kept.acknowledged_at, kept.snoozed_until) == (None, None)


@pytest.mark.parametrize("minutes", ["", "0", "61", "soon"])
def test_a_snooze_has_its_bounds(signed_in: SignedIn, alarm: Alarm, minutes: str) -> None:
    refused = snooze(signed_in(Role.TECHNICIAN), alarm, minutes, "Door check")

    assert "1 to 60 minutes." in str(refused["response"])
    assert f"#{ids.SNOOZE_MINUTES}" in str(refused["response"])
    assert stored(AlarmId(alarm.id)).snoozed_until is None


def test_a_snooze_is_kept_and_shown(signed_in: SignedIn, alarm: Alarm) -> None:
    client = signed_in(Role.TECHNICIAN)

    snooze(client, alarm, "30", "Defrosting the door seal")

    kept = stored(AlarmId(alarm.id))
    assert kept.snoozed_until is not None
    assert kept.snooze_reason == "Defrosting the door seal"
    assert "Snoozed until" in page_of(client)


def test_an_alarm_that_maintenance_holds_back_is_shown_as_held(
    signed_in: SignedIn, alarm: Alarm
) -> None:
    with writing() as session:
        session.scalars(select(Alarm).where(Alarm.id == alarm.id)).one().told_at = None

    drawn = page_of(signed_in(Role.TECHNICIAN))

    assert "Held by maintenance" in drawn
    assert ids.ask_snooze("")["type"] not in drawn


def test_alarms_told_of_as_one_are_said_to_be_one(signed_in: SignedIn, alarm: Alarm) -> None:
    with writing() as session:
        other = make_sensor(session)
        now = clock.utc_now()
        read_until(session, other, now, [-60.0])
        beside = open_alarm(session, other, now, kind=AlarmKind.HIGH)
        first = session.scalars(select(Alarm).where(Alarm.id == alarm.id)).one()
        for each in (first, beside):
            each.storm_id, each.storm_version = alarm.id, 3
        beside_id = beside.id

    drawn = page_of(signed_in(Role.ANALYST))

    assert "2 units came into alarm together" in drawn
    assert "by version 3 of the common rule" in drawn
    with writing() as session:
        session.execute(delete(Alarm).where(Alarm.id == beside_id))


def test_rules_are_listed_by_class_and_changed_by_who_may(signed_in: SignedIn) -> None:
    seen = page_of(signed_in(Role.ADMINISTRATOR), "?show=rules")
    read = page_of(signed_in(Role.TECHNICIAN), "?show=rules")

    for words in ("Ultra-low", "Refrigerator", "Air and probe disagree", "60 min in 24 h"):
        assert words in read
    assert ids.ask_change("")["type"] in seen
    assert ids.RULE_DIALOG in seen
    assert ids.ask_change("")["type"] not in read


def test_a_changed_rule_is_a_version_with_who_when_and_why(signed_in: SignedIn) -> None:
    client = signed_in(Role.ADMINISTRATOR)

    change(client, FREEZER, 1, "-16,5", "40", "2", reason="Agreed with the biobank")

    with reading() as session:
        newest, default = alarm_rules.list_versions(session, EVERYBODY, FREEZER)
    assert (newest.terms.limit, newest.terms.version) == (-16.5, 2)
    assert newest.terms.delay == timedelta(minutes=40)
    assert default.replaced_at == newest.set_at
    drawn = page_of(signed_in(Role.ANALYST), f"?show=rules&rule={FREEZER}")
    for words in ("2 versions", "Agreed with the biobank", "Mara Lindqvist", "in force", "until "):
        assert words in drawn


@pytest.mark.parametrize(
    ("typed", "reason", "said", "field"),
    [
        (("cold", "3", "0"), "Why", "Limit must be a number", ids.RULE_LIMIT),
        (("nan", "3", "0"), "Why", "Limit must be a number", ids.RULE_LIMIT),
        (("-1", "3", "0"), "Why", "This limit is more than zero.", ids.RULE_LIMIT),
        (("0.5", "1441", "0"), "Why", "0 to 1,440 minutes", ids.RULE_DELAY),
        (("0.5", "1e99", "0"), "Why", "Delay must be a number", ids.RULE_DELAY),
        (("0.5", "3", "-1"), "Why", "The deadband is zero or more.", ids.RULE_DEADBAND),
        (("0.5", "3", "0"), " ", "A few words are needed.", ids.RULE_REASON),
    ],
)
def test_a_rule_that_cannot_be_is_refused_at_its_field(
    signed_in: SignedIn, typed: tuple[str, str, str], reason: str, said: str, field: str
) -> None:
    refused = change(signed_in(Role.ADMINISTRATOR), DOOR_KEY, 1, *typed, reason=reason)

    assert said in str(refused["response"])
    assert f"#{field}" in str(refused["response"])
    assert ids.CLOSE not in str(refused)
    with reading() as session:
        assert len(alarm_rules.list_versions(session, EVERYBODY, DOOR_KEY)) == 1


def test_a_rule_somebody_changed_meanwhile_is_not_written_over(signed_in: SignedIn) -> None:
    refused = change(signed_in(Role.ADMINISTRATOR), DOOR_KEY, 7, "0.5", "3", "0", reason="Why")

    assert "Version 1 of this rule was made meanwhile" in str(refused["response"])


def test_a_rule_that_is_not_there_is_said_to_be_none(signed_in: SignedIn) -> None:
    drawn = page_of(signed_in(Role.ANALYST), "?show=rules&rule=nothing")

    assert "There is no such alarm rule" in drawn
    assert "Rules in force" in drawn


def start(client: FlaskClient, units: list[str], begin: str, end: str, reason: str) -> Any:
    return press(
        client,
        f"{ids.WINDOW_PROBLEMS}.children",
        ids.WINDOW_SEND,
        (ids.WINDOW_UNITS, "value", units),
        (ids.WINDOW_FROM, "value", begin),
        (ids.WINDOW_UNTIL, "value", end),
        (ids.WINDOW_REASON, "value", reason),
    )


@pytest.mark.parametrize(
    ("begin", "end", "reason", "said", "field"),
    [
        ("", "", "Defrost", "Write the start as date and time.", ids.WINDOW_FROM),
        ("2030-01-01T08:00", "2030-01-01T07:00", "Defrost", "after the start", ids.WINDOW_UNTIL),
        ("2030-01-01T08:00", "2030-01-09T08:00", "Defrost", "a week at most", ids.WINDOW_UNTIL),
        ("2030-01-01T08:00", "2030-01-01T09:00", " ", "A few words", ids.WINDOW_REASON),
    ],
)
def test_a_maintenance_that_cannot_be_is_refused_at_its_field(  # noqa: PLR0917 -- a case
    signed_in: SignedIn, alarm: Alarm, begin: str, end: str, reason: str, said: str, field: str
) -> None:
    with reading() as session:
        unit = session.scalars(select(Sensor.unit_id).where(Sensor.id == alarm.sensor_id)).one()

    refused = start(signed_in(Role.ADMINISTRATOR), [str(unit)], begin, end, reason)

    assert said in str(refused["response"])
    assert f"#{field}" in str(refused["response"])
    assert ids.CLOSE not in str(refused)


def test_a_planned_maintenance_is_listed_for_all_and_called_off_by_who_set_it(
    signed_in: SignedIn, alarm: Alarm
) -> None:
    client = signed_in(Role.ADMINISTRATOR)
    with reading() as session:
        unit = session.scalars(select(Sensor.unit_id).where(Sensor.id == alarm.sensor_id)).one()
        label = label_of(session, alarm)

    start(client, [str(unit)], "2030-01-01T08:00", "2030-01-02T08:00", "Yearly defrost")
    seen, read = (
        page_of(each, "?show=maintenance") for each in (client, signed_in(Role.TECHNICIAN))
    )
    with reading() as session:
        planned = maintenance.list_windows(session, EVERYBODY)[0]
    asked(client, ids.end_window(str(planned.window_id)))

    for words in (label, "Planned", "Yearly defrost", "Mara Lindqvist"):
        assert words in read
    assert "Start a maintenance" in seen
    assert "Start a maintenance" not in read
    with reading() as session:
        [ended] = [
            each
            for each in maintenance.list_windows(session, EVERYBODY)
            if each.window_id == planned.window_id
        ]
    assert ended.ended_by_name == "Mara Lindqvist"


def test_the_ladder_is_shown_to_readers_and_tried_out_by_who_may(signed_in: SignedIn) -> None:
    client = signed_in(Role.ADMINISTRATOR)
    before = page_of(signed_in(Role.ANALYST), "?show=ladder")

    asked(client, ids.TEST_SEND)

    for words in ("At once", "10 min", "Whoever is told of alarms", "Nobody has tried the ladder"):
        assert words in before
    assert "Send a test" not in before
    after = page_of(client, "?show=ladder")
    assert "by Mara Lindqvist, 4 steps." in after
    assert "Send a test" in after

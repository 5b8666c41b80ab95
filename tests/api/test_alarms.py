"""Alarms over the API: listed by filter and page, acknowledged, put off; rules with versions."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from backend.auth.ids import Role
from backend.core import clock
from backend.core.ids import new_id
from backend.core.transaction import reading, writing
from backend.events.models import AuditEntry
from backend.telemetry.ids import AlarmKind, AlarmSeverity
from tests.api.conftest import Headers
from tests.api.test_api import assert_problem
from tests.factories.telemetry import make_sensor, open_alarm, read_until

SignedIn = Callable[..., Headers]
ALL = "/api/v1/alarms"
COMMON = "/api/v1/alarm-common-rule"
NUMBERS = ("storm_units", "storm_within_min", "stable_min", "longest_snooze_min")
_FOUND = {"reason": "The door stood open. Shut it."}


@pytest.fixture
def alarms(committed_database: Engine) -> list[str]:
    """Return the keys of a silence of ULT-02, then of a warmth of ULT-01; both are open."""
    del committed_database
    now = clock.utc_now()
    with writing() as session:
        warm, silent = (make_sensor(session, unit_label=label) for label in ("ULT-01", "ULT-02"))
        read_until(session, warm, now, [-80.0] * 5 + [-61.0] * 20)
        read_until(session, silent, now - timedelta(hours=2), [-80.0])
        first = open_alarm(session, warm, now - timedelta(minutes=20))
        second = open_alarm(
            session,
            silent,
            now - timedelta(minutes=5),
            kind=AlarmKind.NO_DATA,
            severity=AlarmSeverity.WARNING,
        )
        return [str(second.id), str(first.id)]


def keys(client: FlaskClient, headers: Headers, query: str = "") -> list[str]:
    answer = client.get(f"{ALL}{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json["items"]]


def test_alarms_are_listed_by_filter_and_page(
    client: FlaskClient, signed_in: SignedIn, alarms: list[str]
) -> None:
    headers = signed_in(Role.SCIENTIST)
    latest, earlier = alarms

    page = client.get(f"{ALL}?limit=1", headers=headers).json
    rest = client.get(f"{ALL}?limit=1&cursor={page['next_cursor']}", headers=headers).json

    assert [each["id"] for each in page["items"]] == [latest]
    assert ([each["id"] for each in rest["items"]], rest["next_cursor"]) == ([earlier], None)
    assert keys(client, headers, "?kind=high") == [earlier]
    assert keys(client, headers, "?severity=warning") == [latest]
    assert keys(client, headers, "?unit=ULT-01&acknowledged=false") == [earlier]
    assert keys(client, headers, "?open=false") == []
    (warm,) = client.get(f"{ALL}?unit=ULT-01", headers=headers).json["items"]
    assert (warm["value"], warm["measured_in"], warm["limit"]) == (-61.0, "°C", -70.0)


def test_an_alarm_is_acknowledged_once_with_its_reason(
    client: FlaskClient, signed_in: SignedIn, alarms: list[str]
) -> None:
    headers, path = signed_in(Role.TECHNICIAN), f"{ALL}/{alarms[1]}"

    done = client.post(f"{path}/acknowledge", headers=headers, json=_FOUND)
    again = client.post(f"{path}/acknowledge", headers=headers, json=_FOUND)

    assert done.status_code == 201
    assert done.json["acknowledged_by_name"]
    assert client.get(path, headers=headers).json["acknowledged_at"] == done.json["acknowledged_at"]
    assert "Ask them before you act." in str(assert_problem(again, 409, "conflict")["detail"])
    assert keys(client, headers, "?acknowledged=true") == [alarms[1]]
    with reading() as session:
        told = session.scalars(
            select(AuditEntry.reason).where(AuditEntry.action == "telemetry.alarm_acknowledged")
        ).all()
    assert told == [_FOUND["reason"]]


def test_a_repeated_request_with_one_key_is_answered_as_before(
    client: FlaskClient, signed_in: SignedIn, alarms: list[str]
) -> None:
    headers = {**signed_in(Role.TECHNICIAN), "Idempotency-Key": "once"}
    path = f"{ALL}/{alarms[0]}/acknowledge"

    first = client.post(path, headers=headers, json=_FOUND)
    second = client.post(path, headers=headers, json=_FOUND)

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json == first.json


def test_an_alarm_is_put_off_for_minutes(
    client: FlaskClient, signed_in: SignedIn, alarms: list[str]
) -> None:
    headers, path = signed_in(Role.ADMINISTRATOR), f"{ALL}/{alarms[1]}/snooze"
    sent = {"minutes": 20, "reason": "The service is on its way"}

    done = client.post(path, headers=headers, json=sent)
    too_long = client.post(path, headers=headers, json=sent | {"minutes": 61})

    assert (done.status_code, done.json["snooze_reason"]) == (201, sent["reason"])
    assert done.json["closed_at"] is None
    assert_problem(too_long, 422, "invalid_input")
    assert list(too_long.json["fields"]) == ["minutes"]


def test_the_common_rule_is_changed_and_says_how_long_an_alarm_is_put_off(
    client: FlaskClient, signed_in: SignedIn, alarms: list[str]
) -> None:
    headers, snooze = signed_in(Role.ADMINISTRATOR), f"{ALL}/{alarms[1]}/snooze"
    [default] = client.get(COMMON, headers=headers).json["items"]
    new = {name: default[name] for name in NUMBERS} | {"version": 1, "reason": "Far from town"}

    wild = client.post(
        f"{COMMON}/versions", headers=headers, json=new | {"longest_snooze_min": 241}
    )
    made = client.post(f"{COMMON}/versions", headers=headers, json=new | {"longest_snooze_min": 90})
    again = client.post(f"{COMMON}/versions", headers=headers, json=new)
    longer = client.post(snooze, headers=headers, json={"minutes": 90, "reason": "A long way"})
    too_long = client.post(snooze, headers=headers, json={"minutes": 91, "reason": "A long way"})

    assert [default[name] for name in NUMBERS] == [3, 2, 5, 60]
    assert (wild.status_code, list(wild.json["fields"])) == (422, ["longest_snooze_min"])
    newest, before = made.json["items"]
    assert (newest["version"], newest["longest_snooze_min"], newest["reason"]) == (
        2,
        90,
        "Far from town",
    )
    assert before == default
    assert_problem(again, 409, "conflict")
    assert longer.status_code == 201
    assert_problem(too_long, 422, "invalid_input")
    assert "1 to 90 minutes" in too_long.json["fields"]["minutes"]


def test_who_may_only_look_acknowledges_nothing(
    client: FlaskClient, signed_in: SignedIn, alarms: list[str]
) -> None:
    reader = signed_in(Role.ANALYST)

    refused = client.post(f"{ALL}/{alarms[1]}/acknowledge", headers=reader, json=_FOUND)
    unseen = client.get(ALL, headers=signed_in(Role.GUEST))

    assert_problem(refused, 403, "permission_denied")
    assert_problem(unseen, 403, "permission_denied")
    assert keys(client, reader, "?acknowledged=true") == []


def test_what_is_no_alarm_or_no_filter_is_refused(
    client: FlaskClient, signed_in: SignedIn, alarms: list[str]
) -> None:
    headers = signed_in(Role.TECHNICIAN)

    absent = client.post(f"{ALL}/{new_id()}/acknowledge", headers=headers, json=_FOUND)
    silent = client.post(f"{ALL}/{alarms[0]}/acknowledge", headers=headers, json={"reason": " "})

    assert_problem(absent, 404, "not_found")
    assert_problem(silent, 422, "invalid_input")
    assert_problem(client.get(f"{ALL}/none", headers=headers), 404, "not_found")
    for query in ("kind=loud", "open=perhaps", "cursor=abc", "limit=500"):
        assert_problem(client.get(f"{ALL}?{query}", headers=headers), 422, "invalid_input")


def test_rules_in_force_are_read_with_their_versions(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    headers = signed_in(Role.SCIENTIST)

    rules = client.get("/api/v1/alarm-rules", headers=headers).json["items"]
    (warm,) = (
        each
        for each in rules
        if (each["unit_class"], each["kind"], each["severity"]) == ("ultra_low", "high", "critical")
    )
    versions = client.get(f"/api/v1/alarm-rules/{quote(warm['key'])}", headers=headers).json

    assert (warm["limit"], warm["limit_unit"], warm["delay_s"]) == (-65.0, "°C", 900.0)
    assert (versions["items"], warm["set_at"]) == ([warm], None)
    unknown = client.get("/api/v1/alarm-rules/none", headers=headers)
    assert_problem(unknown, 404, "not_found")

"""The common rule on the Alarms page: shown with its versions, changed, and what it allows."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from backend.auth.ids import Role
from backend.core import clock
from backend.core.transaction import reading, writing
from backend.telemetry import alarm_common
from backend.telemetry.alarm_models import Alarm, AlarmCommonRule
from backend.telemetry.common_rules import DEFAULT
from dashboard import format as fmt
from dashboard import gate
from dashboard.pages.alarms import ids
from tests.dashboard.conftest import callback_request, csrf_headers
from tests.factories.telemetry import make_sensor, open_alarm

SignedIn = Callable[..., FlaskClient]
FIELDS = (ids.COMMON_UNITS, ids.COMMON_WITHIN, ids.COMMON_STABLE, ids.COMMON_SNOOZE)


@pytest.fixture
def keeper(signed_in: SignedIn) -> Iterator[FlaskClient]:
    yield signed_in(Role.ADMINISTRATOR)
    with writing() as session:
        session.execute(delete(AlarmCommonRule))


@pytest.fixture
def alarm(signed_in: SignedIn) -> Iterator[dict[str, str]]:
    with writing() as session:
        made = open_alarm(session, make_sensor(session), clock.utc_now())
        which = {"sensor": str(made.sensor_id), "alarm": str(made.id)}
    yield which
    with writing() as session:
        session.execute(delete(Alarm).where(Alarm.id == made.id))


def sent(client: FlaskClient, body: dict[str, Any]) -> str:
    answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    assert answer.status_code == 200, answer.text
    said = json.dumps(answer.get_json(), ensure_ascii=False)
    return said.replace(fmt.NBSP, " ").replace("\\u00a0", " ")


def page_of(client: FlaskClient) -> str:
    body = callback_request(
        "page.children",
        inputs=[("url", "pathname", "/alarms"), ("url", "search", "?show=common")],
        state=[("page-meta", "data", None)],
    )
    return sent(client, body)


def change(client: FlaskClient, *typed: str, version: int = 1, reason: str = "Agreed") -> str:
    body = callback_request(
        f"{ids.COMMON_PROBLEMS}.children",
        inputs=[(ids.COMMON_SEND, "n_clicks", 1)],
        state=[
            (ids.COMMON_WHICH, "data", version),
            *[(field, "value", value) for field, value in zip(FIELDS, typed, strict=True)],
            (ids.COMMON_REASON, "value", reason),
        ],
    )
    return sent(client, body)


def snooze(client: FlaskClient, which: dict[str, str], minutes: str) -> str:
    body = callback_request(
        f"{ids.SNOOZE_PROBLEMS}.children",
        inputs=[(ids.SNOOZE_SEND, "n_clicks", 1)],
        state=[
            (ids.SNOOZE_WHICH, "data", which),
            (ids.SNOOZE_MINUTES, "value", minutes),
            (ids.SNOOZE_REASON, "value", "On the way"),
        ],
    )
    return sent(client, body)


def test_the_rule_is_shown_to_readers_and_changed_by_who_may(
    keeper: FlaskClient, signed_in: SignedIn
) -> None:
    before = page_of(keeper)

    change(keeper, "2", "4", "10", "30")

    after, read = page_of(keeper), page_of(signed_in(Role.ANALYST))
    assert "3 units of a room or a power circuit within 2 min" in before
    assert "version 1, the default" in before
    assert "Versions of the common rule" not in before
    for seen in (after, read):
        assert "2 units of a room or a power circuit within 4 min" in seen
        assert "Versions of the common rule" in seen
        assert "Agreed" in seen
    assert ids.ask_common("")["type"] in after
    assert ids.ask_common("")["type"] not in read


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("1", "2", "5", "60"), "A storm is of 2 to 20 units"),
        (("3", "soon", "5", "60"), "within 1 to 30 whole minutes"),
        (("3", "2", "0", "60"), "over after 1 to 60 whole minutes"),
        (("3", "2", "5", "241"), "The longest snooze is 1 to 240 whole minutes"),
        (("3", "2", "5", "60"), "These are the numbers of version 1"),
    ],
)
def test_numbers_that_cannot_be_are_refused_with_a_sentence(
    keeper: FlaskClient, typed: tuple[str, ...], said: str
) -> None:
    assert said in change(keeper, *typed)
    with reading() as session:
        assert alarm_common.common_rule(session).numbers == DEFAULT


def test_the_rule_needs_a_reason_and_the_version_that_was_looked_at(keeper: FlaskClient) -> None:
    assert "A few words are needed." in change(keeper, "2", "2", "5", "60", reason=" ")
    assert "Version 1 of the common rule was made meanwhile" in change(
        keeper, "2", "2", "5", "60", version=3
    )


def test_a_snooze_is_as_long_as_the_rule_in_force_allows(
    keeper: FlaskClient, alarm: dict[str, str]
) -> None:
    change(keeper, "3", "2", "5", "20")
    refused = snooze(keeper, alarm, "21")
    change(keeper, "3", "2", "5", "120", version=2)
    snooze(keeper, alarm, "120")

    assert "1 to 20 minutes." in refused
    with reading() as session:
        asked = select(Alarm.snoozed_until).where(Alarm.id == UUID(alarm["alarm"]))
        until = session.scalars(asked).one()
    assert until is not None
    assert until - clock.utc_now() > timedelta(minutes=110)

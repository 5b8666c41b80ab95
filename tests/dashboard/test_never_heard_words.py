"""What the pages say of a sensor that has not spoken since a person connected it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flask.testing import FlaskClient
from sqlalchemy import delete

from backend.auth.ids import Role
from backend.core import clock
from backend.core.ids import new_id
from backend.core.transaction import writing
from backend.telemetry.alarm_models import Alarm
from backend.telemetry.ids import AlarmKind, SensorId
from backend.telemetry.models import Sensor
from backend.telemetry.views import UnitAlarm
from dashboard import format as fmt
from dashboard import gate
from dashboard.pages.alarms import open_alarms, words
from dashboard.pages.health.sensors import acknowledge_form
from dashboard.pages.overview import attention
from tests.dashboard.conftest import callback_request, csrf_headers
from tests.factories.telemetry import make_sensor, open_alarm

NOW = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
SILENT = UnitAlarm(
    sensor_id=SensorId(new_id()),
    unit_id=new_id(),
    unit_label="ULT-03",
    code="ULT-03-T2",
    temperature_c=None,
    limit_c=30.0,
    rate_c_per_min=None,
    since=NOW - timedelta(minutes=48),
    connected_at=NOW - timedelta(minutes=48),
    told_at=NOW - timedelta(minutes=18),
    acknowledged_at=None,
    acknowledged_by_name=None,
    kind=AlarmKind.NO_DATA,
    is_stale=True,
)


def test_each_place_says_since_when_it_was_to_be_heard() -> None:
    _, quiet = words.standing(SILENT, NOW, ZoneInfo("Europe/Berlin"))
    said = open_alarms.facts(SILENT, NOW)
    [line] = attention.alarms([SILENT], NOW, {})
    form = str(acknowledge_form(SILENT, None, now=NOW, may_acknowledge=True).to_plotly_json())

    assert words.value(SILENT) == "Never heard"
    # It was 9:12 in UTC.
    assert quiet.replace(fmt.NBSP, " ") == "Not heard since it was connected, 30 Nov, 10:12"
    assert "now never heard, alarm when silent for" in said.replace(fmt.NBSP, " ")
    assert line.text.endswith("since its sensor ULT-03-T2 was connected.")
    assert "How warm ULT-03 is, is not known. " in form
    assert "Its sensor ULT-03-T2 has not been heard since it was connected." in form


def test_the_page_of_open_alarms_lists_it(signed_in: Callable[..., FlaskClient]) -> None:
    since = clock.utc_now() - timedelta(minutes=42)
    with writing() as session:
        sensor = make_sensor(session)
        sensor.connected_at = since
        made = open_alarm(session, sensor, since, kind=AlarmKind.NO_DATA)
        alarm_id, sensor_id, label = made.id, sensor.id, sensor.unit_label
    try:
        client = signed_in(Role.TECHNICIAN)
        body = callback_request(
            "page.children",
            inputs=[("url", "pathname", "/alarms"), ("url", "search", "")],
            state=[("page-meta", "data", None)],
        )
        answer = client.post(gate.CALLBACKS, json=body, headers=csrf_headers(client))
    finally:
        with writing() as session:
            session.execute(delete(Alarm).where(Alarm.id == alarm_id))
            session.execute(delete(Sensor).where(Sensor.id == sensor_id))

    page = json.dumps(answer.get_json(), ensure_ascii=False).replace(fmt.NBSP, " ")
    assert label in page
    assert "Never heard" in page
    assert "Not heard since it was connected, " in page

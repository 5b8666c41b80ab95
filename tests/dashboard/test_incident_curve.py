"""The temperature curve of an incident: limits, the window, and gaps that are not bridged."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.incidents.ids import ReadingsFrom
from backend.incidents.views import UnitCurve, UnitView
from backend.samples.ids import TemperatureClass
from backend.storage.ids import NodeId
from backend.telemetry.ids import SensorId
from backend.telemetry.views import ReadingPoint
from dashboard.figures.incidents import temperature_curve

BEGAN = datetime(2026, 11, 23, 12, tzinfo=UTC)


def unit(**given: Any) -> UnitView:
    values: dict[str, Any] = {
        "unit_id": NodeId(UUID(int=1)),
        "label": "ULT-03",
        "sensor_id": SensorId(UUID(int=2)),
        "zone": TemperatureClass.MINUS_80,
        "setpoint_c": -80.0,
        "alarm_high_c": -70.0,
        "alarm_low_c": None,
        "began_at": BEGAN,
        "ended_at": None,
        "highest_c": -52.0,
        "lowest_c": -80.0,
        "out_min": 5.0,
        "known_min": 5.0,
        "unknown_min": 0.0,
        "readings_from": ReadingsFrom.READINGS,
        "mkt_c": None,
        "mkt_note": "",
        "said_back": "",
    }
    return UnitView(**(values | given))


def points(*minutes: int) -> list[ReadingPoint]:
    return [
        ReadingPoint(at=BEGAN + timedelta(minutes=each), temperature_c=-60.0) for each in minutes
    ]


def test_where_readings_lack_the_line_is_broken() -> None:
    curve = UnitCurve(unit=unit(), points=points(0, 1, 2, 3, 30, 31))

    (line,) = temperature_curve(curve, ZoneInfo("UTC"))["data"]

    assert line["y"] == [-60.0, -60.0, -60.0, -60.0, None, -60.0, -60.0]
    assert line["connectgaps"] is False


def test_both_limits_and_both_ends_are_drawn() -> None:
    shown = unit(alarm_high_c=8.0, alarm_low_c=2.0, ended_at=BEGAN + timedelta(minutes=5))

    layout = temperature_curve(UnitCurve(unit=shown, points=points(0, 1)), ZoneInfo("UTC"))[
        "layout"
    ]

    levels = [each["y0"] for each in layout["shapes"] if each.get("y0") == each.get("y1")]
    ends = [each["x0"].minute for each in layout["shapes"] if each.get("yref") == "paper"]
    assert levels == [8.0, 2.0]
    assert ends == [0, 5]
    assert layout["yaxis"]["title"]["text"] == "Temperature, °C"


def test_without_readings_the_limit_is_drawn_all_the_same() -> None:
    figure = temperature_curve(UnitCurve(unit=unit(), points=[]), ZoneInfo("UTC"))

    assert figure["data"][0]["y"] == []
    assert figure["layout"]["shapes"]

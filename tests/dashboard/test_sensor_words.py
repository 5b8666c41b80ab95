"""What the page of sensors says: values with their units, silence as unknown, calibrations due."""

from datetime import UTC, date, datetime, timedelta

import pytest

from backend.core.ids import new_id
from backend.telemetry.ids import SensorId, SensorKind
from backend.telemetry.standings import Openings, SensorStanding
from dashboard.components.tones import Tone
from dashboard.pages.sensors import beside, words
from tests.dashboard.test_logger_file import text_of

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TODAY = NOW.date()


def standing(
    kind: SensorKind = SensorKind.TEMPERATURE_PROBE,
    *,
    value: float | None = -80.0,
    due_on: date | None = None,
    correction: float = 0.0,
    is_simulated: bool = False,
) -> SensorStanding:
    return SensorStanding(
        sensor_id=SensorId(new_id()),
        code="T1",
        kind=kind,
        unit_id=new_id(),
        unit_label="ULT-1",
        value=value,
        read_at=None if value is None else NOW - timedelta(minutes=2),
        is_stale=value is None,
        is_simulated=is_simulated,
        correction=correction,
        calibrated_on=date(2026, 3, 4) if correction or due_on else None,
        calibration_due_on=due_on,
        certificate="K-12" if correction else None,
        tokens=(),
    )


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        (SensorKind.TEMPERATURE_AIR, -80.04, "−80.0 °C"),
        (SensorKind.DOOR, 1.0, "Open"),
        (SensorKind.DOOR, 0.0, "Shut"),
        (SensorKind.HUMIDITY, 41.25, "41.2 % RH"),
        (SensorKind.POWER, 412.6, "413 W"),
        (SensorKind.CO2, None, "–"),
    ],
)
def test_a_value_is_said_in_the_unit_of_its_kind(
    kind: SensorKind, value: float | None, said: str
) -> None:
    assert words.value(kind, value).replace("\N{NO-BREAK SPACE}", " ") == said


def test_a_sensor_that_never_reported_is_unknown_and_not_well() -> None:
    assert words.heard(standing(value=None), NOW).tone is Tone.OFF
    assert words.heard(standing(), NOW).tone is Tone.OK


@pytest.mark.parametrize(
    ("in_days", "tone"), [(-1, Tone.WARN), (0, Tone.INFO), (30, Tone.INFO), (31, Tone.OK)]
)
def test_a_calibration_is_due_soon_and_then_overdue(in_days: int, tone: Tone) -> None:
    look = words.due(standing(due_on=TODAY + timedelta(days=in_days)), TODAY)

    assert look is not None
    assert look.tone is tone


def test_a_calibration_is_told_with_its_correction_and_certificate() -> None:
    said = words.calibrated(standing(correction=0.3)).replace("\N{NO-BREAK SPACE}", " ")

    assert said == "+0.30 °C since 4 Mar 2026, K-12"
    assert words.calibrated(standing()) == "never"
    assert words.calibrated(standing(SensorKind.DOOR)) == "takes none"


def test_a_unit_shows_its_door_and_says_of_which_kinds_it_has_none() -> None:
    door = standing(SensorKind.DOOR, value=1.0, is_simulated=True)
    day = {door.sensor_id: Openings(states=(None, False, True))}

    said = text_of(beside.of_unit([door], day, now=NOW))

    assert "Open" in said
    assert "simulated" in said
    assert said.count("none yet") == len(beside.OTHERS) - 1


def test_a_laboratory_with_thermometers_only_has_no_panel_of_other_kinds() -> None:
    assert beside.of_units([standing()], {}) is None
    drawn = beside.of_units([standing(SensorKind.POWER, value=300.0)], {})
    assert drawn is not None
    assert "300" in text_of(drawn)

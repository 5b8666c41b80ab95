"""Sensors, loggers' tokens and loggers' files from a terminal."""

import json
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select

from backend.core import clock
from backend.core.transaction import reading, writing
from backend.events.models import AuditEntry
from backend.telemetry import device_tokens
from backend.telemetry.models import Reading, Sensor
from tests.factories.storage import make_freezer
from tests.support.command_line import run_command

pytestmark = pytest.mark.usefixtures("laboratory")

sensor = partial(run_command, "sensor")
telemetry = partial(run_command, "telemetry")


@pytest.fixture
def unit() -> str:
    with writing() as session:
        make_freezer(session, label="ULT-77")
    return "ULT-77"


def add_probe(unit: str, code: str = "T1") -> int:
    return sensor(
        "add", code, unit, "--kind", "temperature_probe",
        "--setpoint=-80", "--warning=-74", "--alarm=-70",
    )  # fmt: skip


def kept() -> int:
    with reading() as session:
        return session.scalars(select(func.count()).select_from(Reading)).one()


def logger_file(folder: Path, *values: str) -> str:
    start = clock.utc_now().replace(second=0, microsecond=0) - timedelta(hours=1)
    lines = [
        f"{(start + timedelta(minutes=minute)).isoformat()};{value}"
        for minute, value in enumerate(values)
    ]
    path = folder / "logger.csv"
    path.write_text("\n".join(["time;value", *lines]))
    return str(path)


def test_a_sensor_is_connected_calibrated_and_listed(
    unit: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sensor("list") == 0
    assert add_probe(unit) == 0
    assert sensor("add", "D1", unit, "--kind", "door") == 0
    done = sensor(
        "calibrate", "T1", "0.4", "--on", "2026-01-02", "--due", "2027-01-02", "--reason", "Bath"
    )
    assert done == 0
    assert sensor("list") == 0

    said = capsys.readouterr().out
    assert said.startswith("No sensor is connected yet.\n")
    assert f"T1  {unit}  Temperature, probe  +0.4 °C  due 2027-01-02\n" in said
    assert f"D1  {unit}  Door  +0 open  no calibration due\n" in said


def test_without_an_alarm_limit_the_house_rules_hold(unit: str) -> None:
    done = sensor(
        "add", "T1", unit, "--kind", "temperature_probe", "--setpoint=-80", "--warning=-74"
    )

    with reading() as session:
        limits = session.execute(select(Sensor.warning_high_c, Sensor.alarm_high_c)).one()
    assert done == 0
    assert (limits.warning_high_c, limits.alarm_high_c) == (-74.0, None)


def test_what_a_sensor_lacks_is_said(unit: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert sensor("add", "T1", unit, "--kind", "temperature_air") == 2
    assert sensor("add", "T1", unit, "--kind", "temperature_air", "--alarm=-70") == 2
    assert sensor("add", "T1", "NOWHERE", "--kind", "door") == 2
    assert sensor("calibrate", "T9", "1", "--on", "2026-01-02", "--reason", "Bath") == 2

    said = capsys.readouterr().err
    assert "limits: A temperature needs its set point" in said
    assert "Say --setpoint and --warning" in said
    assert "NOWHERE is no storage unit" in said
    assert "There is no sensor T9" in said


def test_a_token_is_shown_once_listed_and_taken_back(
    unit: str, capsys: pytest.CaptureFixture[str]
) -> None:
    add_probe(unit)
    capsys.readouterr()

    assert sensor("token", "North logger", "--sensor", "T1") == 0
    secret = capsys.readouterr().out.strip()
    assert sensor("token", "Unit logger", "--unit", unit) == 0
    assert capsys.readouterr().out.strip().startswith("tracseqd_")
    with writing() as session:
        assert device_tokens.admit(session, secret, request_id="test") is not None
    assert sensor("tokens") == 0
    listed = capsys.readouterr().out
    assert sensor("revoke", "North logger", "--reason", "Lost") == 0
    with writing() as session:
        assert device_tokens.admit(session, secret, request_id="test") is None

    assert secret not in listed
    assert "North logger  T1  used 20" in listed
    assert f"Unit logger  {unit}  used never" in listed


def test_a_file_is_looked_at_kept_once_and_its_lines_told(
    unit: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_probe(unit)
    path = logger_file(tmp_path, "-80,1", "0", "cold", "-127", "900")
    capsys.readouterr()

    assert telemetry("import", path, "--sensor", "T1", "--dry-run") == 1
    seen = capsys.readouterr().out
    assert kept() == 0
    assert telemetry("import", path, "--sensor", "T1", "--json") == 1
    done = json.loads(capsys.readouterr().out)
    assert telemetry("import", path, "--sensor", "T1") == 1
    again = capsys.readouterr().out

    assert seen.startswith("logger.csv: 4 readings, 2 accepted, 1 no measurement, 1 implausible.")
    assert "Nothing was kept." in seen
    assert "line 4 T1  number_unclear  “cold” is no number." in seen
    assert done["counts"]["accepted"] == 2
    assert [(each["code"], each["line"]) for each in done["findings"]] == [
        ("number_unclear", 4),
        ("no_measurement", 5),
        ("implausible", 6),
    ]
    assert "0 accepted, 2 repeated" in again
    assert kept() == 2
    with reading() as session:
        actions = session.scalars(select(AuditEntry.action)).all()
    assert actions.count("telemetry.readings_imported") == 1


def test_a_file_without_faults_ends_well_in_a_named_zone(unit: str, tmp_path: Path) -> None:
    add_probe(unit)
    path = tmp_path / "wide.csv"
    yesterday = clock.utc_now() - timedelta(days=1)
    path.write_text(f"time,T1\n{yesterday:%Y-%m-%d} 12:00,-80\n{yesterday:%Y-%m-%d} 12:00,-80\n")

    assert telemetry("import", str(path), "--time-zone", "Asia/Tokyo") == 0

    with reading() as session:
        assert session.scalars(select(Reading.at)).one().hour == 3
        assert session.scalars(select(Sensor.code)).one() == "T1"


def test_what_cannot_be_imported_is_refused(
    unit: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = logger_file(tmp_path, "-80")

    assert telemetry("import", path) == 2
    assert telemetry("import", str(tmp_path / "absent.csv")) == 2
    assert telemetry("import", path, "--sensor", "T1", "--time-zone", "Mars/Base") == 2

    said = capsys.readouterr().err
    assert "The file names no sensor" in said
    assert "absent.csv cannot be read" in said
    assert "Mars/Base is no time zone" in said
    assert kept() == 0

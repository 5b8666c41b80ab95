"""Rules, maintenances, moved sensors and set points from a terminal."""

import json
from datetime import timedelta
from functools import partial

import pytest

from backend.core import clock
from backend.core.config import Settings
from backend.core.transaction import writing
from tests.factories.storage import make_freezer
from tests.factories.telemetry import make_sensor, read_until
from tests.support.command_line import run_command

pytestmark = pytest.mark.usefixtures("laboratory")

rules = partial(run_command, "alarm-rules")
sensor = partial(run_command, "sensor")
HIGH = "freezer:temperature:high:critical"
RATE = "freezer:temperature:rate:warning"
Said = pytest.CaptureFixture[str]


@pytest.fixture
def units(laboratory: Settings) -> None:
    del laboratory
    with writing() as session:
        for label in ("ULT-51", "FRZ-51"):
            unit = make_freezer(session, label=label)
            if label == "ULT-51":
                probe = make_sensor(session, unit_label=label)
                probe.unit_id, probe.alarm_high_c = unit.unit_id, None
                read_until(session, probe, clock.utc_now(), [-80.0] * 2)


def listed(capsys: Said, *arguments: str) -> list[dict[str, object]]:
    capsys.readouterr()
    assert rules(*arguments, "--json") == 0
    found: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return found


def test_a_rule_is_changed_added_and_retired(capsys: Said) -> None:
    assert rules("change", HIGH, "--delay", "40", "--severity", "warning", "--reason", "Ours") == 0
    assert (
        rules(
            "add", "--for", "freezer", "--measure", "temperature", "--kind", "rate", "--severity",
            "warning", "--limit", "5", "--delay", "10", "--deadband", "2", "--window", "10",
            "--reason", "Doors",
        )
        == 0
    )  # fmt: skip
    assert capsys.readouterr().out.splitlines()[-1] == RATE
    newest, default = listed(capsys, "show", HIGH)
    assert (newest["version"], newest["delay_min"], newest["severity"]) == (2, 40.0, "warning")
    assert (default["limit"], newest["limit"]) == (-15.0, -15.0)
    assert RATE in [each["key"] for each in listed(capsys, "list")]

    assert rules("retire", RATE, "--reason", "Too many") == 0
    assert [each["key"] for each in listed(capsys, "list", "--retired")] == [RATE]
    assert rules("retire", RATE, "--reason", "Too many") == 2
    assert "No rule" in capsys.readouterr().err
    assert rules("change", HIGH, "--delay", "5000", "--reason", "x") == 2
    assert "delay: The delay is 0 to 1,440 minutes." in capsys.readouterr().err
    assert rules("list") == 0


def test_what_holds_for_every_alarm_is_changed_and_shown(capsys: Said) -> None:
    common = partial(run_command, "alarm-common")

    assert common("change", "--storm-units", "2", "--stable", "10", "--reason", "Two units") == 0
    assert common("change", "--storm-within", "31", "--reason", "x") == 2
    assert "storm_within_min: The units of a storm are alarmed within 1 to 30" in (
        capsys.readouterr().err
    )
    assert common("show") == 0
    assert capsys.readouterr().out.startswith(
        "version 2  a storm: 2 units within 2 min  over after 10 min  longest snooze 60 min  by "
    )
    assert common("show", "--json") == 0
    newest, default = json.loads(capsys.readouterr().out)

    assert (newest["storm_units"], newest["stable_min"], newest["reason"]) == (2, 10, "Two units")
    assert (default["storm_units"], default["set_at"]) == (3, None)


@pytest.mark.usefixtures("units")
def test_a_sensor_has_a_rule_of_its_own_and_is_moved(capsys: Said) -> None:
    key = "ultra_low:temperature:high:critical"
    own = ("change", key, "--sensor", "ULT-51-T1", "--limit=-60", "--reason", "Opened often")
    assert rules(*own) == 0
    held = listed(capsys, "list", "--sensor", "ULT-51-T1")
    assert -60.0 in [each["limit"] for each in held]
    assert rules("take-back", "ULT-51-T1", "--kind", "high", "--reason", "Mended") == 0

    moved = ("move", "ULT-51-T1", "FRZ-51", "--reason", "Its place is needed")
    assert sensor(*moved) == 2
    assert "write its set point and warning" in capsys.readouterr().err
    minus_20 = ("--setpoint=-20", "--warning=-17")
    assert sensor(*moved, *minus_20, "--at", "2026-05-01T08:00") == 2
    assert "with its offset" in capsys.readouterr().err
    at = clock.utc_now() - timedelta(seconds=30)
    assert sensor(*moved, *minus_20, "--at", at.isoformat()) == 0
    assert "Readings that went with it: 1; alarms that ended: 0." in capsys.readouterr().out
    assert sensor("disconnect", "ULT-51-T1", "--reason", "It is broken") == 0
    capsys.readouterr()
    assert sensor("stays", "ULT-51-T1") == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("FRZ-51  from ")
    assert second.startswith("ULT-51  from its first reading to ")


@pytest.mark.usefixtures("units")
def test_a_maintenance_is_begun_and_ended(capsys: Said) -> None:
    keep = partial(run_command, "maintenance")
    assert keep("start", "ULT-51", "--hours", "2", "--reason", "Defrosting") == 0
    window = capsys.readouterr().out.strip()
    assert keep("list", "--json") == 0
    [told] = json.loads(capsys.readouterr().out)
    assert (told["id"], told["units"], told["reason"]) == (window, ["ULT-51"], "Defrosting")
    assert keep("end", window) == 0
    assert keep("end", window) == 2
    assert keep("end", "none") == 2
    assert keep("start", "ULT-51", "--hours", "200", "--reason", "x") == 2
    assert "a week at most" in capsys.readouterr().err
    assert keep("list") == 0
    assert "over" in capsys.readouterr().out


@pytest.mark.usefixtures("units")
def test_a_unit_is_described_and_its_set_point_asked_about(capsys: Said) -> None:
    described = ("storage", "describe", "ULT-51", "--set-point=-75", "--circuit", "F 3")
    assert run_command(*described) == 0
    assert run_command("storage", "describe", "ULT-51/1", "--circuit", "F 3") == 2
    assert "only a unit" in capsys.readouterr().err
    assert run_command("set-point", "ULT-51", "--shift", "5", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["unit"], told["lacking"], told["change"]) == ("ULT-51", "sensors", None)
    assert run_command("set-point", "ULT-51", "--shift", "0") == 2
    assert run_command("set-point", "ULT-51", "--shift", "5") == 1
    assert "no power sensor" in capsys.readouterr().out

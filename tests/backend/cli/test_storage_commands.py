"""Alarms, pick lists, relocations and what-if from a terminal."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from backend.core import clock
from backend.core.ids import new_id
from backend.core.transaction import writing
from backend.samples.models import Project
from backend.storage import pick_queries, service
from backend.storage.ids import PickPurpose
from backend.storage.picking import PickWish
from tests.factories.incidents import WatchedFreezer, watch_freezer
from tests.factories.samples import EVERYBODY, make_project
from tests.factories.storage import make_freezer, make_tube, stand
from tests.factories.telemetry import open_alarm, read_until
from tests.factories.thermal import keep_model
from tests.support.command_line import run_command

pytestmark = pytest.mark.usefixtures("laboratory")


@pytest.fixture
def unit() -> WatchedFreezer:
    """ULT-98 of two boxes: T-1 in the first, T-2 and T-3 in the second; ULT-99 has room."""
    with writing() as session:
        project = session.get_one(Project, make_project(session).id)
        watched = watch_freezer(session, label="ULT-98", boxes=2)
        first, second = watched.freezer.box_ids
        for code, box, column in (("T-1", first, 1), ("T-2", second, 1), ("T-3", second, 2)):
            stand(session, make_tube(session, project, barcode=code), box, 1, column)
        make_freezer(session, label="ULT-99")
        read_until(session, watched.sensor, clock.utc_now(), [-80.0] * 90)
    return watched


def told(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    assert run_command(*arguments, "--json") == code
    return json.loads(capsys.readouterr().out)


def test_alarms_are_listed_and_one_is_acknowledged(
    unit: WatchedFreezer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command("alarms") == 0
    with writing() as session:
        key = open_alarm(session, unit.sensor, clock.utc_now() - timedelta(minutes=20)).id

    assert capsys.readouterr().out == "No alarm is open.\n"
    (alarm,) = told(capsys, "alarms", code=1)
    assert run_command("alarm", "ack", str(key), "--reason", "The door stood open") == 0
    assert run_command("alarms", "--unit", "ULT-98") == 0
    listed = capsys.readouterr().out
    assert run_command("alarm", "ack", str(key), "--reason", "Again") == 2

    assert (alarm["id"], alarm["unit_label"], alarm["kind"]) == (str(key), "ULT-98", "high")
    assert "The alarm of ULT-98 is acknowledged." in listed
    assert "acknowledged by" in listed.splitlines()[1]
    assert "Ask them before you act." in capsys.readouterr().err


def test_what_is_no_alarm_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command("alarm", "ack", "ULT-98", "--reason", "x") == 2
    assert run_command("alarm", "ack", str(new_id()), "--reason", "x") == 2

    said = capsys.readouterr().err
    assert "ULT-98 is no key of an alarm" in said
    assert "There is no such alarm" in said


def test_pick_lists_are_shown_with_their_lines(
    unit: WatchedFreezer, capsys: pytest.CaptureFixture[str]
) -> None:
    del unit
    assert run_command("picks") == 0
    assert "No pick list is open." in capsys.readouterr().out
    with writing() as session:
        tube = make_tube(session, session.query(Project).one(), barcode="T-9")
        box = make_freezer(session, label="ULT-97").box_id
        stand(session, tube, box, 2, 2)
        wish = PickWish(sample_id=tube)
        key = service.make_list(
            session, EVERYBODY, title="Run 12", purpose=PickPurpose.TAKE_OUT, lines=[wish]
        )
        name = pick_queries.get_list(session, EVERYBODY, key).label

    (row,) = told(capsys, "picks")
    one = told(capsys, "picks", name.lower())

    assert (row["list"], row["left"]) == (name, 1)
    assert [each["from"] for each in one["steps"]] == ["ULT-97/1/A/B-1/B2"]
    assert run_command("picks", "PL-9999") == 2


def test_a_pick_list_is_written_for_a_robot(
    unit: WatchedFreezer, capsys: pytest.CaptureFixture[str]
) -> None:
    with writing() as session:
        tube = make_tube(
            session, session.query(Project).one(), barcode="T-9", volume_ul=Decimal(40)
        )
        stand(session, tube, unit.freezer.box_id, 2, 2)
        key = service.make_list(
            session,
            EVERYBODY,
            title="Plate 1",
            purpose=PickPurpose.WORKLIST,
            lines=[PickWish(sample_id=tube)],
        )
        name = pick_queries.get_list(session, EVERYBODY, key).label
    asked = ("picks", name, "--worklist", "biomek")

    assert run_command(*asked, "--volume", "2,5") == 0
    written = capsys.readouterr().out
    assert run_command(*asked) == 2
    assert run_command(*asked, "--volume", "much") == 2
    assert run_command(*asked, "--volume", "41") == 2
    assert run_command("picks", "--worklist", "biomek") == 2

    assert written.splitlines()[1:] == [f"B-1,B2,{name}-P1,A1,2.5"]
    said = capsys.readouterr().err
    assert "A worklist needs a volume. Write --volume 10" in said
    assert "“much” is no volume." in said
    assert "41 µL are asked and 40 µL are there." in said
    assert "Name the list whose worklist it is" in said


def test_a_consolidation_is_planned_with_its_bound(
    unit: WatchedFreezer, capsys: pytest.CaptureFixture[str]
) -> None:
    del unit

    plan = told(capsys, "relocate", "consolidate", "ult-98", "--boxes", "1")
    assert run_command("relocate", "consolidate", "ULT-98", "--boxes", "2") == 1

    assert (plan["objective"], plan["bound"], plan["is_proved"]) == (1, 1, True)
    assert plan["freed"] == ["ULT-98/1/A/B-1"]
    assert [each["barcode"] for each in plan["moves"]] == ["T-1"]
    assert (plan["violations"], plan["seconds"] >= 0) == ([], True)
    said = capsys.readouterr().out
    assert "ULT-98: 1 move, freed 1 of at most 1 boxes (no plan needs fewer than 1)" in said


def test_an_evacuation_is_planned_and_what_stays_is_told(
    unit: WatchedFreezer, capsys: pytest.CaptureFixture[str]
) -> None:
    del unit

    plan = told(capsys, "relocate", "evacuate", "ULT-98")

    assert (plan["objective"], plan["stay"], plan["bound"]) == (3, 0, None)
    assert {each["to"].split("/")[0] for each in plan["moves"]} == {"ULT-99"}
    assert run_command("relocate", "evacuate", "NOWHERE") == 2
    assert run_command("relocate", "consolidate", "ULT-98", "--boxes", "0") == 2
    said = capsys.readouterr().err
    assert "NOWHERE is no storage unit" in said
    assert "--boxes 0 is no number of boxes" in said


def test_a_limit_is_asked_of_a_units_model(
    unit: WatchedFreezer, capsys: pytest.CaptureFixture[str]
) -> None:
    without = told(capsys, "what-if", "ULT-98", "--limit=-60", code=1)
    with writing() as session:
        keep_model(session, unit.sensor)

    answer = told(capsys, "what-if", "ult-98", "--limit", "-60")
    assert run_command("what-if", "ULT-98", "--limit", "-60") == 0
    said = capsys.readouterr().out
    assert run_command("what-if", "ULT-98", "--limit", "-300") == 2
    assert run_command("what-if", "ULT-00", "--limit", "-60") == 2

    assert (without["crossing"], without["model"]) == (None, None)
    assert "have not been fitted" in without["needed"]
    crossing = answer["crossing"]
    assert 0 < crossing["low_min"] < crossing["median_min"] < crossing["high_min"]
    assert (answer["model"]["rmse_k"], answer["if_lost"]["short"]) == (0.4, 0)
    assert said.startswith("ULT-98 crosses -60 °C ")
    assert "all of its 3 samples find a place elsewhere" in said
    assert "--limit -300 is no limit" in capsys.readouterr().err

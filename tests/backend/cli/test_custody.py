"""Custody from a terminal: the gaps that are open, and a sample's chain."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import update

from backend.core import clock
from backend.core.transaction import writing
from backend.custody import service
from backend.samples.ids import Custody, Lifecycle, TemperatureClass
from backend.samples.models import Sample
from backend.storage import service as storage_service
from tests.factories.samples import EVERYBODY, make_project, make_sample
from tests.factories.storage import make_freezer
from tests.support.command_line import run_command

pytestmark = pytest.mark.usefixtures("laboratory")

run = partial(run_command, "custody")


def test_the_gaps_are_looked_for_and_listed(capsys: pytest.CaptureFixture[str]) -> None:
    with writing() as session:
        lost = make_sample(session)
        state = {"custody": Custody.IN_STORAGE, "lifecycle": Lifecycle.ACCEPTED}
        session.execute(update(Sample).where(Sample.id == lost.id).values(state))

    assert run("gaps") == 0

    said = capsys.readouterr().out
    assert f"{lost.barcode} counts as in storage but has no position." in said


def test_without_a_gap_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("gaps") == 0
    assert capsys.readouterr().out == "No gap was found.\n"


def test_a_late_parcel_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    yesterday = clock.utc_now().date() - timedelta(days=1)
    assert run("late") == 0
    assert capsys.readouterr().out == "No parcel is late.\n"
    with writing() as session:
        announced = service.Announcement(
            project=make_project(session).code, sender="Clinic", expected_on=yesterday, codes=["A"]
        )
        code = service.announce(session, EVERYBODY, announced=announced)

    assert run("late") == 0

    assert capsys.readouterr().out == f"{yesterday}  {code}  from Clinic\n"


def test_a_chain_is_printed_oldest_first(capsys: pytest.CaptureFixture[str]) -> None:
    with writing() as session:
        tube = make_sample(session)
        box = make_freezer(session, zone=TemperatureClass.MINUS_20).box_id
        storage_service.place_sample(session, EVERYBODY, sample_id=tube.id, box_id=box)
        storage_service.take_out(session, EVERYBODY, sample_id=tube.id, reason="PCR")

    assert run("chain", tube.barcode.lower()) == 0

    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("1  ")
    assert "placed: Outside the laboratory -> " in first
    assert second.endswith("(PCR)")


def test_a_sample_without_a_chain_and_one_that_is_not_there(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with writing() as session:
        tube = make_sample(session)

    assert run("chain", tube.barcode) == 0
    assert capsys.readouterr().out == "Nobody is on record as having held it yet.\n"

    assert run("chain", "NO-SUCH") == 2
    assert "NO-SUCH" in capsys.readouterr().err

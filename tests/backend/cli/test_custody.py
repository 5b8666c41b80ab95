"""Custody from a terminal: the gaps that are open, and a sample's chain."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from backend.cli import __main__ as cli
from backend.core import transaction
from backend.core.config import Settings
from backend.core.transaction import writing
from backend.samples.ids import Custody, Lifecycle, TemperatureClass
from backend.samples.models import Sample
from backend.storage import service as storage_service
from tests.factories.samples import EVERYBODY, make_sample
from tests.factories.storage import make_freezer


@pytest.fixture(autouse=True)
def laboratory(
    committed_database: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """Point every command at this test's own database."""
    settings = Settings(
        home=tmp_path, database_url=committed_database.url.render_as_string(hide_password=False)
    )
    monkeypatch.setattr("backend.cli.__main__.load_settings", lambda: settings)
    return settings


def run(*arguments: str) -> int:
    """Run a command as a process would, and give this test its database back."""
    bound = transaction.bound_engine()
    try:
        return cli.main(("custody", *arguments))
    finally:
        transaction.bind(bound)


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

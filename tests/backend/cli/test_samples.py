"""Samples from a terminal: register, show, take a step."""

from functools import partial

import pytest

from backend.core.transaction import writing
from backend.samples import service
from backend.samples.preanalytical_schemas import FluidFacts
from tests.factories.samples import EVERYBODY, make_project, make_sample
from tests.support.command_line import run_command

pytestmark = pytest.mark.usefixtures("laboratory")

run = partial(run_command, "samples")


def test_a_sample_is_registered_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with writing() as session:
        code = make_project(session).code
    described = ("--project", code, "--name", "Tube 17", "--type", "plasma", "--temperature=-80")

    assert run("register", *described, "--barcode", "pls-1", "--volume", "46.5") == 0
    assert capsys.readouterr().out == "PLS-1 registered\n"

    assert run("show", "pls-1") == 0
    said = capsys.readouterr().out
    assert said.startswith("PLS-1\n")
    for line in ("name       Tube 17", "status     pending", "holds      none"):
        assert line in said
    assert "register" in said.splitlines()[-1]


def test_a_refused_registration_names_its_fields(capsys: pytest.CaptureFixture[str]) -> None:
    described = ("--project", "X", "--name", "Tube", "--type", "rna", "--temperature", "4")

    assert run("register", *described, "--volume", "much") == 2

    assert "volume_ul: Volume must be a number in µL." in capsys.readouterr().err


def test_a_step_is_taken_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    with writing() as session:
        make_sample(session, barcode="DNA-1")

    assert run("step", "dna-1", "reject", "--reason", "Leaked in transport") == 0

    assert capsys.readouterr().out == "DNA-1 is rejected now\n"
    run("show", "DNA-1")
    assert "reject" in (last := capsys.readouterr().out.splitlines()[-1])
    assert "“Leaked in transport”" in last


def test_a_refused_step_names_every_guard(capsys: pytest.CaptureFixture[str]) -> None:
    with writing() as session:
        make_sample(session, barcode="DNA-1", volume_ul=None)

    assert run("step", "DNA-1", "start") == 2

    said = capsys.readouterr().err
    assert "Quality control has not passed it." in said
    assert "It has no volume left" in said


def test_an_unknown_barcode_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", "NOWHERE-1") == 2

    assert "carries the barcode NOWHERE-1" in capsys.readouterr().err


def test_a_tube_is_parted_drawn_from_and_its_ledger_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with writing() as session:
        make_sample(session, barcode="DNA-7")
    for action in ("receive", "accept"):
        run("step", "DNA-7", action)

    assert run("aliquot", "DNA-7", "10", "2,5") == 0
    assert run("use", "dna-7", "7.5", "--reason", "Qubit") == 0
    capsys.readouterr()
    assert run("volumes", "DNA-7") == 0
    said = capsys.readouterr().out

    assert [line.split("  ")[2:4] for line in said.splitlines()] == [
        ["+50 µL", "left 50 µL"],
        ["-10 µL", "left 40 µL"],
        ["-2.5 µL", "left 37.5 µL"],
        ["-7.5 µL", "left 30 µL"],
    ]
    assert run("use", "DNA-7", "31", "--reason", "PCR") == 2


def test_what_is_got_from_a_sample_draws_it_down(capsys: pytest.CaptureFixture[str]) -> None:
    with writing() as session:
        made = make_sample(session, barcode="BLD-7", material_type="blood", temperature_class="-20")
        for action in ("receive", "accept"):
            service.change_status(session, EVERYBODY, sample_id=made.id, action=action)
    how = ("--type", "gdna", "--temperature", "-20", "--used", "20", "--volume", "5,5")

    assert run("derive", "BLD-7", *how) == 0
    assert run("derive", "BLD-7", "--type", "blood", "--temperature", "-20") == 2
    said = capsys.readouterr()
    run("lineage", said.out.strip())

    assert "BLD-7 is Blood itself. Make an aliquot instead." in said.err
    assert "-1  BLD-7  derivative  20 µL" in capsys.readouterr().out


def test_the_code_of_the_time_before_storage_is_told_with_its_reasons(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with writing() as session:
        made = make_sample(session, barcode="SER-1")
        facts = FluidFacts(specimen="SER", container="SST", is_spun=False)
        service.record_preanalytical(session, EVERYBODY, sample_id=made.id, facts=facts)
        make_sample(session, barcode="BARE-1")

    assert run("sprec", "ser-1") == 0
    said = capsys.readouterr().out
    assert said.startswith("SER-SST-X-N-N-N-X  SPREC 2.0\n")
    assert "No centrifugation is N" in said
    assert run("sprec", "BARE-1") == 2


def test_a_sample_is_received_as_it_arrived(capsys: pytest.CaptureFixture[str]) -> None:
    with writing() as session:
        make_sample(session, barcode="DNA-1")

    found = ("--condition", "thawed", "--celsius", "4,5", "--note", "Ice gone")
    assert run("receive", "dna-1", *found) == 0

    said = capsys.readouterr().out
    assert "DNA-1 received: Thawed; 4.5 °C" in said
    assert "on hold: temperature exposure" in said


def test_an_arrival_is_corrected_and_both_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with writing() as session:
        make_sample(session, barcode="DNA-1")
    run("receive", "DNA-1", "--condition", "underfilled")

    assert run("correct-arrival", "DNA-1", "--reason", "Wrong tube") == 0

    assert "DNA-1 arrived: Good\n" in capsys.readouterr().out
    run("show", "DNA-1")
    said = capsys.readouterr().out
    assert "arrived    Good; corrected, before: Underfilled (Wrong tube)" in said


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("receive", "DNA-1", "--condition", "other"), "Write in the note what is wrong with it."),
        (("receive", "DNA-1", "--celsius", "warm"), "“warm” is no temperature in °C."),
        (("correct-arrival", "DNA-1", "--reason", "No"), "DNA-1 is not received yet."),
    ],
)
def test_an_arrival_that_cannot_be_is_refused(
    capsys: pytest.CaptureFixture[str], given: tuple[str, ...], said: str
) -> None:
    with writing() as session:
        make_sample(session, barcode="DNA-1")

    assert run(*given) == 2

    assert said in capsys.readouterr().err

"""Turnaround from a terminal."""

import json
from functools import partial

import pytest

from backend.core import clock
from backend.core.transaction import writing
from backend.samples.ids import Lifecycle
from backend.sequencing.ids import ClockStart, RequestState
from backend.sequencing.turnaround import stages
from backend.sequencing.turnaround.terms import CLOCKED, Terms, TermsIn, set_terms
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_libraries, make_project, make_request
from tests.support.command_line import run_command

pytestmark = pytest.mark.usefixtures("laboratory")

turnaround = partial(run_command, "turnaround")


def test_figures_are_shown_in_words_and_as_the_api_has_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with writing() as session:
        project = make_project(session)
        libraries = make_libraries(session, project, 1)
        libraries[0].lifecycle = Lifecycle.ACCEPTED
        request = make_request(session, project, libraries)
        stages.entered(session, request.id, RequestState.WAITING, clock.utc_now())

    assert turnaround("show") == 0
    in_words = capsys.readouterr().out
    assert turnaround("show", "--json") == 0
    told = json.loads(capsys.readouterr().out)

    assert "0 finished, 1 open, counted from the complete order, its samples received" in in_words
    assert "median too many open" in in_words
    assert "waiting  queue  median too many open" in in_words
    assert (told["open"], told["starts"], told["median_days"]) == (1, "received", None)
    assert [each["state"] for each in told["stages"]] == [state.value for state in CLOCKED]


def test_what_it_is_measured_by_is_shown_with_every_version(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert turnaround("terms") == 0
    assert "version 0  target 21 d" in capsys.readouterr().out
    with writing() as session:
        wanted = TermsIn(terms=Terms(starts=ClockStart.ORDERED), reason="The contract", version=0)
        set_terms(session, EVERYBODY, wanted=wanted)

    assert turnaround("terms") == 0
    in_words = capsys.readouterr().out
    assert turnaround("terms", "--json") == 0
    (told,) = json.loads(capsys.readouterr().out)

    assert "version 1  target 21 d, counted from the request" in in_words
    assert (told["version"], told["terms"]["starts"]) == (1, "ordered")

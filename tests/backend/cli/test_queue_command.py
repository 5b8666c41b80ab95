"""``tracseq queue plan``: made here and now, shown, and nothing is booked."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.core import clock
from backend.core.config import Settings
from backend.core.transaction import reading, writing
from backend.sequencing.pool_models import LibraryPool
from backend.sequencing.queue_plans.models import QueuePlan
from tests.factories.sequencing import (
    make_instrument,
    make_libraries,
    make_project,
    make_request,
    put_on_hold,
)
from tests.support.command_line import run_command


@pytest.fixture
def queue(laboratory: Settings) -> list[str]:
    """Three libraries that can be planned and one on hold; return the barcodes of the three."""
    del laboratory  # its fixture points the command at the test
    with writing() as session:
        libraries = make_libraries(session, make_project(session), 4)
        put_on_hold(session, libraries[3])
        due = (clock.utc_now() + timedelta(days=12)).date()
        make_request(session, make_project(session), libraries, due_on=due)
        make_instrument(session)
        return [each.barcode for each in libraries[:3]]


@pytest.mark.slow
def test_the_queue_is_planned_with_its_bound_and_nothing_is_kept(
    queue: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command("queue", "plan", "--json", "--seconds", "5") == 1
    told = json.loads(capsys.readouterr().out)
    assert run_command("queue", "plan", "--seconds", "5") == 1
    lines = capsys.readouterr().out

    (run,) = told["runs"]
    planned = [name.split()[1] for lane in run["lanes"] for name in lane["libraries"]]
    assert sorted(planned) == sorted(queue)
    assert told["proven"] == "proven to be the best there can be"
    assert told["violations"] == []
    (held,) = told["left_out"]
    assert "is on hold" in held["why"][0]
    assert "1 run, " in lines
    assert "lane 1: 3 libraries, 90 of " in lines
    with reading() as session:
        assert session.scalars(select(LibraryPool)).all() == []
        assert session.scalars(select(QueuePlan)).all() == []


def test_a_time_that_cannot_be_is_refused(
    queue: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    del queue

    assert run_command("queue", "plan", "--seconds", "0") == 2
    assert "no time to plan in" in capsys.readouterr().err

"""A placement plan answered from a terminal, by a worker whose progress is printed."""

from functools import partial

import pytest
from sqlalchemy import select

from backend.core.config import Settings
from backend.core.transaction import reading, writing
from backend.storage import plan_queries, service
from backend.storage.ids import PlanId, PlanState
from backend.work.ids import JobState
from backend.work.models import Job
from jobs import execution, process
from jobs.queues import TASKS
from tests.factories.plans import make_ready
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_project
from tests.factories.storage import make_freezer, make_tube, stand
from tests.support.command_line import run_command

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("laboratory")]
_ANSWERS = ("storage.accept_plan", "storage.take_plan_back")
run = partial(run_command, "storage", "plan")


@pytest.fixture
def plan_id() -> PlanId:
    """Return a ready plan for T-1 and T-2."""
    with writing() as session:
        project = make_project(session)
        make_freezer(session, label="ULT-90")
        for code in ("T-1", "T-2"):
            make_tube(session, project, barcode=code)
        plan_id = service.request_plan(session, EVERYBODY)
        make_ready(session, EVERYBODY, plan_id)
    return plan_id


@pytest.fixture
def a_worker(laboratory: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a worker do what is asked for while the command waits."""
    monkeypatch.setattr(process, "forget_connections", lambda: None)
    execution.prepare(execution.Setup(settings=laboratory, worker="test", tasks=TASKS))

    def work(_seconds: float) -> None:
        with reading() as session:
            waiting = session.scalars(
                select(Job.id).where(Job.state == JobState.QUEUED, Job.kind.in_(_ANSWERS))
            ).one()
        execution.run_job(str(waiting))

    monkeypatch.setattr("backend.cli.waiting.time.sleep", work)


@pytest.mark.usefixtures("a_worker")
def test_a_plan_is_accepted_and_taken_back_while_the_command_waits(
    plan_id: PlanId, capsys: pytest.CaptureFixture[str]
) -> None:
    accepted = run("accept", str(plan_id))
    said = capsys.readouterr().out
    undone = run("undo", str(plan_id))

    assert (accepted, undone) == (0, 0)
    assert "2 of 2 samples placed\n2 samples placed, 0 not.\n" in said
    assert capsys.readouterr().out.endswith("2 samples wait for a place again, 0 moved on since.\n")
    assert run("show", str(plan_id)) == 0
    assert "taken back" in capsys.readouterr().out


@pytest.mark.usefixtures("a_worker")
def test_a_line_that_has_become_impossible_is_named(
    plan_id: PlanId, capsys: pytest.CaptureFixture[str]
) -> None:
    with writing() as session:
        line = plan_queries.get_plan(session, EVERYBODY, plan_id).placements[0]
        other = make_tube(session, make_project(session))
        stand(session, other, line.box_id, line.position.row, line.position.column)

    assert run("accept", str(plan_id)) == 1

    said = capsys.readouterr().out
    assert f"{line.barcode}  {line.path}/{line.position.label}: {line.position.label} of" in said
    assert "1 samples placed, 1 not." in said


def test_a_worker_who_does_not_succeed_is_quoted(
    plan_id: PlanId, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        with writing() as session:
            job = session.scalars(select(Job).where(Job.kind == "storage.accept_plan")).one()
            job.state, job.error = JobState.FAILED, "The disk is full."

    monkeypatch.setattr("backend.cli.waiting.time.sleep", fail)

    assert run("accept", str(plan_id)) == 2

    assert capsys.readouterr().err == "The disk is full.\n"
    with reading() as session:
        assert plan_queries.get_plan(session, EVERYBODY, plan_id).state is PlanState.READY


def test_what_is_no_plan_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("accept", "PLAN-1") == 2
    assert "is not a plan's key" in capsys.readouterr().err

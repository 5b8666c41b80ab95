"""Background work and parked events from a terminal."""

import pytest
from sqlalchemy import select

from backend.cli.operator import operator
from backend.core.ids import new_id
from backend.core.principal import machinery
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.events import queries as events_queries
from backend.events import sequencer
from backend.events import service as events_service
from backend.events.models import AuditEntry, Consumer
from backend.events.views import DeadLetterView, EventView
from backend.work import leases, queries, service
from backend.work.events import JobRequested
from backend.work.ids import JobId
from backend.work.views import JobView
from jobs import consumers
from jobs.consumers import Subscription
from tests.support.command_line import run_command as run

pytestmark = pytest.mark.usefixtures("laboratory")

MACHINERY = machinery("test", request_id="test")


def request(key: str = "one", kind: str = "reports.build") -> JobId:
    with writing() as session:
        return service.request_job(session, operator(), kind=kind, key=key, arguments={})


def job(job_id: JobId) -> JobView:
    with reading() as session:
        return queries.get_job(session, operator(), job_id)


def failed_job() -> JobId:
    job_id = request()
    with writing() as session:
        claim = leases.claim(session, job_id, "worker-1", 30)
        assert claim is not None
        leases.fail(session, MACHINERY, claim, "Disk is full.", None)
    return job_id


def test_without_jobs_the_list_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("jobs", "list") == 0

    assert capsys.readouterr().out == "No job yet.\n"


def test_jobs_are_listed_newest_first_and_filtered(capsys: pytest.CaptureFixture[str]) -> None:
    failed = failed_job()
    waiting = request("two", kind="storage.optimise_placement")

    run("jobs", "list")
    everything = capsys.readouterr().out.splitlines()
    run("jobs", "list", "--state", "failed")
    failures = capsys.readouterr().out.splitlines()
    run("jobs", "list", "--kind", "nothing.such")

    assert everything[0].split() == ["STATE", "AGE", "ATTEMPTS", "KIND", "JOB", "NOTE"]
    assert [str(waiting) in everything[1], str(failed) in everything[2]] == [True, True]
    assert len(failures) == 2
    assert failures[1].endswith("Disk is full.")
    assert capsys.readouterr().out == "No such job.\n"


def test_one_job_is_shown_with_what_came_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    job_id = request()
    with writing() as session:
        claim = leases.claim(session, job_id, "worker-1", 30)
        assert claim is not None
        leases.finish(session, MACHINERY, claim, {"units": 12})

    assert run("jobs", "show", str(job_id)) == 0

    shown = dict(line.split("  ", 1) for line in capsys.readouterr().out.splitlines())
    facts = {name.strip(): value.strip() for name, value in shown.items()}
    assert facts["state"] == "done"
    assert facts["attempts"] == "1 of 5"
    assert facts["progress"] == "100%"
    assert facts["result units"] == "12"
    assert "error" not in facts


def test_a_waiting_job_is_cancelled_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    job_id = request()

    assert run("jobs", "cancel", str(job_id)) == 0

    assert job(job_id).state == "cancelled"
    assert capsys.readouterr().out == "reports.build is cancelled.\n"


def test_a_running_job_is_asked_to_stop(capsys: pytest.CaptureFixture[str]) -> None:
    job_id = request()
    with writing() as session:
        leases.claim(session, job_id, "worker-1", 30)

    assert run("jobs", "cancel", str(job_id)) == 0

    assert job(job_id).cancel_requested
    assert "asked to stop" in capsys.readouterr().out


def test_a_failed_job_is_started_again_and_who_did_it_is_kept() -> None:
    job_id = failed_job()

    assert run("jobs", "retry", str(job_id)) == 0

    assert (job(job_id).state, job(job_id).attempt) == ("queued", 0)
    with reading() as session:
        actor = session.scalars(
            select(AuditEntry.actor_name).where(AuditEntry.action == "work.job_retried")
        ).one()
    assert actor.endswith("at the terminal")


def test_refusals_say_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    job_id = request()

    codes = [
        run("jobs", "retry", str(job_id)),
        run("jobs", "show", "report"),
        run("jobs", "show", str(new_id())),
        run("events", "requeue", "that one"),
        run("events", "requeue", str(new_id())),
        run("events", "replay", "nobody", "--from", "1"),
    ]

    said = capsys.readouterr().err
    assert codes == [2] * 6
    assert "Only a failed or cancelled job can be started again." in said
    assert "“report” is not a job's key. Copy it from “tracseq jobs list”." in said
    assert "“that one” is not the key of a parked event." in said
    assert "There is no consumer “nobody”." in said


def broken(_session: WriteSession, event: EventView) -> None:
    raise ValueError(f"cannot read {event.payload['kind']}")


def heal(_session: WriteSession, _event: EventView) -> None:
    return


def consume(effect: consumers.Effect) -> None:
    """Let the leader's work be done once: stamp, then one turn of a consumer named “mail”."""
    with writing() as session:
        sequencer.stamp(session)
        consumers.advance(session, "mail", Subscription(effect=effect))


def two_events_of_one_record() -> None:
    about = new_id()
    for kind in ("first", "second"):
        with writing() as session:
            events_service.record(session, MACHINERY, JobRequested(aggregate_id=about, kind=kind))


def letters() -> list[DeadLetterView]:
    with reading() as session:
        return events_queries.dead_letters(session)


def test_parked_events_are_listed_with_what_waits_behind_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run("events", "parked")
    two_events_of_one_record()
    consume(broken)

    run("events", "parked")

    none, failed, waiting = capsys.readouterr().out.splitlines()
    assert none == "No event is parked."
    assert "mail: work.job_requested at 1 failed once, tried again at" in failed
    assert failed.endswith("ValueError: cannot read first")
    assert waiting.endswith("waits behind an earlier event of the same job")


def test_a_parked_event_is_tried_again_and_those_behind_it_follow(
    capsys: pytest.CaptureFixture[str],
) -> None:
    two_events_of_one_record()
    consume(broken)

    assert run("events", "requeue", "all") == 0
    for _ in range(2):  # one round frees one event of a record
        consume(heal)

    assert letters() == []
    assert capsys.readouterr().out.startswith("1 event to be tried again")


def test_a_parked_event_is_given_up_for_a_reason_that_is_kept() -> None:
    two_events_of_one_record()
    consume(broken)
    failed = letters()[0]

    assert run("events", "skip", str(failed.id), "--reason", "made by a test") == 0
    consume(heal)

    assert letters() == []
    with reading() as session:
        reason = session.scalars(
            select(AuditEntry.reason).where(AuditEntry.action == "events.letter_skipped")
        ).one()
    assert reason == "made by a test"


def test_lag_and_replay(capsys: pytest.CaptureFixture[str]) -> None:
    two_events_of_one_record()
    consume(heal)

    assert run("events", "replay", "mail", "--from", "2") == 0
    assert run("events", "lag") == 0

    said = capsys.readouterr().out
    assert "mail goes on from position 2; it stood at 2." in said
    assert "0 events not in the log yet." in said
    assert "mail: 1 event behind, the oldest for" in said
    with reading() as session:
        assert session.get_one(Consumer, "mail").pos == 1

"""Asking for background work, and a worker's hold on it."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, text

from backend.core.errors import PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal, machinery
from backend.core.sessions import WriteSession
from backend.events.models import OutboxEvent
from backend.work import leases, queries, rules, service
from backend.work.errors import (
    JobAlreadyOver,
    JobCancelled,
    JobNotFailed,
    JobNotFound,
    LeaseLost,
    UnknownQueue,
)
from backend.work.ids import JobId
from backend.work.models import Job
from backend.work.views import Claim

PrincipalOf = Callable[..., Principal]


@pytest.fixture
def ada(principal_of: PrincipalOf) -> Principal:
    return principal_of(name="Ada")


@pytest.fixture
def job_id(session: WriteSession, ada: Principal) -> JobId:
    return _request(session, ada)


def _request(
    session: WriteSession, principal: Principal, key: str = "", **options: object
) -> JobId:
    return service.request_job(
        session,
        principal,
        kind="test.work",
        key=key or str(new_id()),
        arguments={"box": "B-07"},
        **options,  # type: ignore[arg-type]
    )


def _claim(session: WriteSession, job_id: JobId, lease_s: float = 30.0) -> Claim:
    claim = leases.claim(session, job_id, "worker-1", lease_s)
    assert claim is not None
    return claim


def _expire(session: WriteSession, job_id: JobId) -> None:
    session.execute(
        text("UPDATE job SET lease_until = clock_timestamp() - interval '1 s' WHERE id = :id"),
        {"id": job_id},
    )


def _events(session: WriteSession) -> list[str]:
    return list(session.scalars(select(OutboxEvent.type).order_by(OutboxEvent.id)))


def test_asking_twice_for_the_same_work_gives_the_same_job(
    session: WriteSession, ada: Principal
) -> None:
    first = _request(session, ada, key="plan-1")

    second = _request(session, ada, key="plan-1")

    assert first == second
    assert _events(session) == ["work.job_requested"]


def test_a_queue_that_nobody_listens_on_is_refused(session: WriteSession, ada: Principal) -> None:
    with pytest.raises(UnknownQueue, match="no queue “slow”"):
        _request(session, ada, queue="slow")


def test_the_programs_own_work_leaves_no_event(session: WriteSession) -> None:
    own = _request(session, machinery("schedule", request_id="s"))

    claim = _claim(session, own)
    leases.finish(session, machinery("worker", request_id="w"), claim, {})

    assert _events(session) == []


def test_a_job_is_claimed_once(session: WriteSession, job_id: JobId) -> None:
    claim = _claim(session, job_id)

    assert claim.attempt == 1
    assert claim.arguments == {"box": "B-07"}
    assert leases.claim(session, job_id, "worker-2", 30.0) is None


def test_a_job_whose_worker_fell_silent_is_claimed_again_with_a_higher_fence(
    session: WriteSession, job_id: JobId
) -> None:
    first = _claim(session, job_id)
    _expire(session, job_id)

    second = _claim(session, job_id)

    assert (second.attempt, second.fence) == (2, first.fence + 1)


def test_a_worker_thought_dead_can_neither_finish_nor_report(
    session: WriteSession, ada: Principal, job_id: JobId
) -> None:
    dead = _claim(session, job_id)
    _expire(session, job_id)
    _claim(session, job_id)

    assert leases.finish(session, ada, dead, {"plan": "late"}) is False
    assert leases.fail(session, ada, dead, "late", None) is False
    with pytest.raises(LeaseLost):
        leases.heartbeat(session, dead, 30.0)
    with pytest.raises(LeaseLost):
        leases.report_progress(session, dead, 0.5, "late")


def test_a_job_with_time_to_wait_is_not_due(session: WriteSession, ada: Principal) -> None:
    job_id = _request(session, ada)
    session.execute(text("UPDATE job SET run_after = clock_timestamp() + interval '1 h'"))

    assert leases.claim(session, job_id, "worker-1", 30.0) is None
    assert queries.due_jobs(session, 10) == []
    assert 3500 < (queries.next_due_in_s(session) or 0) <= 3600


def test_progress_and_result_are_seen_by_whoever_asked(
    session: WriteSession, ada: Principal, job_id: JobId
) -> None:
    claim = _claim(session, job_id)

    leases.report_progress(session, claim, 0.4, "2 of 5 boxes")
    running = queries.get_job(session, ada, job_id)
    assert leases.finish(session, ada, claim, {"plan_id": "p1"})
    session.expire_all()
    done = queries.get_job(session, ada, job_id)

    assert (running.state, running.progress, running.progress_note) == (
        "running",
        0.4,
        "2 of 5 boxes",
    )
    assert (done.state, done.progress, done.result) == ("done", 1.0, {"plan_id": "p1"})
    assert _events(session) == ["work.job_requested", "work.job_finished"]


def test_a_failed_attempt_waits_and_comes_back_until_the_attempts_are_used_up(
    session: WriteSession, ada: Principal
) -> None:
    job_id = _request(session, ada, max_attempts=2)

    assert leases.fail(session, ada, _claim(session, job_id), "no licence", retry_in_s=0.0)
    between = queries.get_job(session, ada, job_id)
    assert leases.fail(session, ada, _claim(session, job_id), "no licence", retry_in_s=0.0)
    session.expire_all()
    after = queries.get_job(session, ada, job_id)

    assert (between.state, between.error) == ("queued", "no licence")
    assert (after.state, after.attempt) == ("failed", 2)
    assert _events(session) == ["work.job_requested", "work.job_failed"]


def test_a_job_that_kills_its_workers_is_given_up_with_a_sentence(
    session: WriteSession, ada: Principal
) -> None:
    job_id = _request(session, ada, max_attempts=1)
    _claim(session, job_id)
    _expire(session, job_id)

    given_up = leases.give_up(session, machinery("dispatcher", request_id="d"))

    assert given_up == 1
    job = queries.get_job(session, ada, job_id)
    assert job.state == "failed"
    assert "ended without a word in each of 1 attempts" in (job.error or "")
    assert leases.claim(session, job_id, "worker-2", 30.0) is None


def test_a_waiting_job_is_cancelled_at_once(
    session: WriteSession, ada: Principal, job_id: JobId
) -> None:
    service.request_cancel(session, ada, job_id=job_id)

    assert queries.get_job(session, ada, job_id).state == "cancelled"
    assert leases.claim(session, job_id, "worker-1", 30.0) is None


def test_a_running_job_learns_of_the_cancel_and_its_result_no_longer_counts(
    session: WriteSession, ada: Principal, job_id: JobId
) -> None:
    claim = _claim(session, job_id)

    service.request_cancel(session, ada, job_id=job_id)
    session.flush()

    with pytest.raises(JobCancelled):
        leases.report_progress(session, claim, 0.5, "")
    assert leases.finish(session, ada, claim, {}) is False
    assert leases.settle_cancelled(session, ada, claim)
    session.expire_all()
    assert queries.get_job(session, ada, job_id).state == "cancelled"


def test_what_is_over_is_not_cancelled(
    session: WriteSession, ada: Principal, job_id: JobId
) -> None:
    leases.finish(session, ada, _claim(session, job_id), {})
    session.expire_all()

    with pytest.raises(JobAlreadyOver, match="it is done"):
        service.request_cancel(session, ada, job_id=job_id)
    with pytest.raises(JobNotFailed):
        service.retry_failed(session, ada, job_id=job_id)


def test_a_failed_job_started_again_has_fresh_attempts(
    session: WriteSession, ada: Principal
) -> None:
    job_id = _request(session, ada, max_attempts=1)
    leases.fail(session, ada, _claim(session, job_id), "no", None)
    session.expire_all()

    service.retry_failed(session, ada, job_id=job_id)
    session.flush()

    assert _claim(session, job_id).attempt == 1


def test_nobody_sees_or_stops_somebody_elses_job_without_the_right(
    session: WriteSession, job_id: JobId, principal_of: PrincipalOf
) -> None:
    stranger = principal_of(name="Bob")
    onlooker = principal_of(Permission.WORK_VIEW)

    with pytest.raises(JobNotFound):
        queries.get_job(session, stranger, job_id)
    with pytest.raises(JobNotFound):
        service.request_cancel(session, stranger, job_id=job_id)
    assert queries.get_job(session, onlooker, job_id).id == job_id
    with pytest.raises(PermissionDenied):
        service.request_cancel(session, onlooker, job_id=job_id)


def test_an_operator_stops_anybodys_job(
    session: WriteSession, job_id: JobId, principal_of: PrincipalOf
) -> None:
    operator = principal_of(Permission.WORK_VIEW, Permission.HEALTH_OPERATE)

    service.request_cancel(session, operator, job_id=job_id)

    assert queries.get_job(session, operator, job_id).state == "cancelled"


def test_queues_tell_how_much_waits_and_for_how_long(session: WriteSession, ada: Principal) -> None:
    _request(session, ada)
    running = _request(session, ada)
    _claim(session, running)
    session.execute(
        text("UPDATE job SET run_after = now() - interval '90 s' WHERE state = 'queued'")
    )

    states = {state.queue: state for state in queries.queue_states(session)}

    assert tuple(states) == rules.QUEUES
    assert (states["default"].queued, states["default"].running) == (1, 1)
    assert 89 < (states["default"].oldest_queued_s or 0) < 120
    assert states["urgent"].oldest_queued_s is None


def test_old_jobs_are_forgotten_and_failed_ones_kept(
    session: WriteSession, ada: Principal, job_id: JobId
) -> None:
    leases.finish(session, ada, _claim(session, job_id), {})
    failed = _request(session, ada)
    leases.fail(session, ada, _claim(session, failed), "no", None)
    session.execute(text("UPDATE job SET finished_at = now() - interval '15 days'"))

    forgotten = service.forget_old_jobs(session, ["test.work"])

    assert forgotten == 1
    assert list(session.scalars(select(Job.id))) == [failed]


def test_the_wait_after_a_failure_doubles_to_five_minutes() -> None:
    waits = [rules.retry_delay_s(attempt, jitter=0.5) for attempt in range(1, 12)]

    assert waits[:4] == [2.0, 4.0, 8.0, 16.0]
    assert waits[-1] == 300.0
    assert rules.retry_delay_s(1, 0.0) == 1.0

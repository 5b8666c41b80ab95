"""Breakers: opened by failures in a row, tried by one call at a time, closed by any answer."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select, update

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.events.models import OutboxEvent
from backend.gateway import breaker_rules as rules
from backend.gateway import breakers, outgoing
from backend.gateway.breaker_models import CircuitBreaker
from backend.gateway.breaker_rules import Breaker, Policy, Target
from backend.gateway.errors import CircuitOpen
from backend.gateway.ids import BreakerState, Health

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CLOSED, OPEN, HALF_OPEN = BreakerState.CLOSED, BreakerState.OPEN, BreakerState.HALF_OPEN
POLICY = Policy(
    failures=3,
    first_wait=timedelta(seconds=30),
    longest_wait=timedelta(minutes=10),
    call_lasts=timedelta(seconds=90),
)
MAIL = Target(kind="mail", label="The mail server")
LATER, BEFORE = timedelta(seconds=30), timedelta(seconds=29)


def opened(failures: int = 3, openings: int = 1) -> Breaker:
    return Breaker(
        state=OPEN, failures=failures, openings=openings, next_try_at=NOW + timedelta(seconds=30)
    )


def tried() -> Breaker:
    return Breaker(state=HALF_OPEN, failures=3, openings=1, next_try_at=NOW + timedelta(seconds=90))


@pytest.mark.parametrize(
    ("before", "passed", "after"),
    [
        (Breaker(), timedelta(0), CLOSED),
        (Breaker(failures=2), timedelta(0), CLOSED),
        (opened(), BEFORE, None),
        (opened(), LATER, HALF_OPEN),
        (tried(), timedelta(seconds=89), None),
        (tried(), timedelta(seconds=90), HALF_OPEN),  # whoever tried has died
    ],
)
def test_whether_a_call_is_let_through(
    before: Breaker, passed: timedelta, after: BreakerState | None
) -> None:
    found = rules.let_through(before, POLICY, NOW + passed)

    assert (found and found.state) == after


@pytest.mark.parametrize(
    ("before", "state", "wait_s"),
    [
        (Breaker(), CLOSED, None),
        (Breaker(failures=1), CLOSED, None),
        (Breaker(failures=2), OPEN, 30),
        (tried(), OPEN, 60),
        (Breaker(state=HALF_OPEN, failures=9, openings=7, next_try_at=NOW), OPEN, 600),
        (opened(), OPEN, 30),  # a late failure prolongs nothing
    ],
)
def test_what_a_failure_does(before: Breaker, state: BreakerState, wait_s: int | None) -> None:
    after = rules.failed(before, POLICY, NOW)

    assert after.state is state
    assert after.failures == before.failures + 1
    assert after.next_try_at == (None if wait_s is None else NOW + timedelta(seconds=wait_s))


@pytest.mark.parametrize("before", [Breaker(), Breaker(failures=2), opened(), tried()])
def test_any_answer_closes(before: Breaker) -> None:
    assert rules.answered(before) == Breaker()


_STEPS = st.lists(
    st.tuples(st.sampled_from(["call", "fail", "answer"]), st.integers(0, 700)), max_size=60
)


@given(_STEPS)
def test_a_breaker_is_never_stuck_and_lets_one_call_try_at_a_time(
    steps: list[tuple[str, int]],
) -> None:
    breaker, now, tries_until = Breaker(), NOW, NOW
    for step, seconds in steps:
        now += timedelta(seconds=seconds)
        if step == "call":
            through = rules.let_through(breaker, POLICY, now)
            if through is not None and through.state is HALF_OPEN:
                assert now >= tries_until
                tries_until = now + POLICY.call_lasts
            breaker = through or breaker
        else:
            breaker = (
                rules.answered(breaker) if step == "answer" else rules.failed(breaker, POLICY, now)
            )
            tries_until = now
        assert (breaker.state is CLOSED) == (breaker.next_try_at is None)
        assert breaker.state is not CLOSED or breaker.failures < POLICY.failures
        longest = max(POLICY.longest_wait, POLICY.call_lasts)
        assert rules.let_through(breaker, POLICY, now + longest) is not None


def fail(session: WriteSession, times: int = 3) -> None:
    for _ in range(times):
        breakers.ask(session, MAIL)
        breakers.note_failure(session, MAIL, "connection refused")


def end_wait(session: WriteSession) -> None:
    session.execute(update(CircuitBreaker).values(next_try_at=func.clock_timestamp()))


def test_an_open_breaker_refuses_with_words_and_a_time(session: WriteSession) -> None:
    fail(session)

    with pytest.raises(CircuitOpen, match="3 calls in a row had no answer") as refused:
        breakers.ask(session, MAIL)

    assert 25 < refused.value.retry_in_s <= 30


def test_after_the_wait_one_call_is_let_through_and_its_answer_closes(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    fail(session)
    end_wait(session)

    breakers.ask(session, MAIL)
    with pytest.raises(CircuitOpen, match="being tried"):
        breakers.ask(session, MAIL)
    breakers.note_answer(session, MAIL)
    breakers.ask(session, MAIL)

    (view,) = breakers.list_breakers(session, principal_of(Permission.HEALTH_VIEW))
    assert (view.state, view.failures, view.next_try_at) == (CLOSED, 0, None)
    assert view.last_error == "connection refused"


def test_changes_of_state_are_told_and_nothing_else(session: WriteSession) -> None:
    fail(session)
    end_wait(session)
    breakers.ask(session, MAIL)
    breakers.note_answer(session, MAIL)
    breakers.note_answer(session, MAIL)

    told = session.scalars(
        select(OutboxEvent.payload)
        .where(OutboxEvent.type == "health.breaker_changed")
        .order_by(OutboxEvent.seq)
    ).all()
    assert [(line["old"], line["new"], line["error"]) for line in told] == [
        ("closed", "open", "connection refused"),
        ("open", "half_open", ""),
        ("half_open", "closed", ""),
    ]


def test_targets_do_not_answer_for_each_other(session: WriteSession) -> None:
    fail(session)

    breakers.ask(session, Target(kind="printer", key="10.0.3.7:9100", label="A printer"))

    with pytest.raises(CircuitOpen):
        breakers.ask(session, MAIL)


def test_seeing_breakers_needs_the_right_to_see_health(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    with pytest.raises(PermissionDenied):
        breakers.list_breakers(session, principal_of())


def test_targets_that_nobody_calls_any_more_are_forgotten(session: WriteSession) -> None:
    fail(session)
    assert breakers.forget(session) == 0
    session.execute(
        update(CircuitBreaker).values(called_at=func.clock_timestamp() - timedelta(days=31))
    )

    assert breakers.forget(session) == 1


class Away(Exception):
    """Nobody was there."""


def call(error: Exception | None = None) -> None:
    with outgoing.through(writing, MAIL, away=Away, answered=ValueError):
        if error is not None:
            raise error


def test_calls_are_asked_for_before_and_noted_after(committed_database: Engine) -> None:
    for error in (Away("1"), Away("2"), ValueError("an answer"), Away("3"), Away("4"), Away("5")):
        with pytest.raises(type(error)):
            call(error)

    with pytest.raises(CircuitOpen):
        call()


def test_an_error_that_is_no_answer_and_no_absence_changes_nothing(
    committed_database: Engine,
) -> None:
    for error in (Away("1"), KeyError("a defect"), Away("2"), KeyError("a defect")):
        with pytest.raises(type(error)):
            call(error)

    with reading() as session:
        assert session.scalars(select(CircuitBreaker.failures)).one() == 2


def test_of_many_processes_one_tries(committed_database: Engine) -> None:
    with writing() as session:
        fail(session)
        end_wait(session)
    tries, refusals = [], []
    start, done = threading.Barrier(6), threading.Event()

    def work() -> None:
        start.wait()
        try:
            with outgoing.through(writing, MAIL, away=Away):
                tries.append(1)
                done.wait(20)
        except CircuitOpen:
            refusals.append(1)
            if len(refusals) == 5:
                done.set()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(tries), len(refusals)) == (1, 5)


@pytest.mark.parametrize(
    ("before", "after", "new"),
    [
        (Breaker(failures=2), opened(), Health.DEGRADED),
        (opened(), tried(), None),
        (tried(), opened(failures=4, openings=2), None),
        (tried(), Breaker(), Health.OPERATIONAL),
        (opened(), Breaker(), Health.OPERATIONAL),
        (Breaker(failures=1), Breaker(), None),
    ],
)
def test_the_incident_log_tells_of_going_and_return_and_not_of_each_try(
    before: Breaker, after: Breaker, new: Health | None
) -> None:
    line = rules.log_line(before, after, "Refused.")

    assert (line and line.new) == new

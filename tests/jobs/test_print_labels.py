"""The job that sends labels to a printer: never twice without a person's word, never in silence."""

from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from backend.core.principal import Principal
from backend.core.transaction import reading, writing
from backend.gateway.breaker_models import CircuitBreaker
from backend.gateway.ids import BreakerState
from backend.labels import queries, sending, service
from backend.labels.adapters.zpl_printer import Timing
from backend.labels.ids import PrintState
from backend.labels.models import Printer, PrintJob
from backend.labels.schemas import PrintInput
from backend.labels.views import PrintView
from backend.work.ids import JobState
from backend.work.models import Job
from jobs import execution
from jobs.tasks import print_labels
from tests.factories.labels import make_printer
from tests.factories.samples import make_samples
from tests.support.label_printer import Manner, closed_port, label_printer
from tests.support.label_reading import decoded, zpl_dots

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def quick_printer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(print_labels, "_TIMING", Timing(connect_s=2.0, answer_s=0.3, send_s=0.5))


def ask(person: Principal, port: int, *, labels: int = 2, copies: int = 1) -> UUID:
    with writing() as session:
        printer = make_printer(session, port=port)
        samples = make_samples(session, labels)
        return service.request_print(
            session,
            person,
            printer_id=printer,
            asked=PrintInput(sample_ids=tuple(samples), copies=copies),
        )


def work(print_id: UUID, turn: int = 0) -> None:
    """Do one attempt, due or not."""
    with writing() as session:
        job_id = session.scalars(
            update(Job)
            .where(Job.key == f"{print_id}:{turn}")
            .values(run_after=Job.created_at)
            .returning(Job.id)
        ).one()
    execution.run_job(str(job_id))


def let_breakers_try() -> None:
    """End every wait of a breaker, as time does."""
    with writing() as session:
        session.execute(
            update(CircuitBreaker)
            .where(CircuitBreaker.state != BreakerState.CLOSED)
            .values(next_try_at=func.clock_timestamp())
        )


def print_of(person: Principal, print_id: UUID) -> PrintView:
    with reading() as session:
        return queries.get_print(session, person, print_id)


def job_state(print_id: UUID, turn: int = 0) -> JobState:
    with reading() as session:
        return session.scalars(select(Job.state).where(Job.key == f"{print_id}:{turn}")).one()


def test_labels_arrive_whole_and_are_read_by_a_scanner(technician: Principal) -> None:
    with label_printer() as printer:
        print_id = ask(technician, printer.port, labels=3)
        work(print_id)

    found = print_of(technician, print_id)
    assert (found.state, found.detail) == (PrintState.SENT, "")
    assert job_state(print_id) is JobState.DONE
    (program,) = printer.taken
    labels = program.decode().split("^XZ")[:3]
    with reading() as session:
        expected = [each.barcode for each in queries.contents_of(session, print_id)]
    assert [decoded(zpl_dots(label))[0][1] for label in labels] == expected


def test_a_printer_without_answers_is_noted_as_such(technician: Principal) -> None:
    with label_printer(Manner.SILENT) as printer:
        print_id = ask(technician, printer.port)
        work(print_id)

    found = print_of(technician, print_id)
    assert found.state is PrintState.SENT
    assert "gives no answers" in found.detail
    assert printer.labels == 2


@pytest.mark.parametrize("manner", [Manner.OUT_OF_LABELS, Manner.HANGS_UP])
def test_a_print_that_could_not_start_waits_and_is_sent_once_the_printer_is_ready(
    technician: Principal, manner: Manner
) -> None:
    with label_printer(manner) as printer:
        print_id = ask(technician, printer.port)
        work(print_id)
        waiting = print_of(technician, print_id)
        state_between = job_state(print_id)
        printer.manner = Manner.ANSWERS
        work(print_id)

    assert waiting.state is PrintState.QUEUED
    assert waiting.detail
    assert state_between is JobState.QUEUED
    assert print_of(technician, print_id).state is PrintState.SENT
    assert printer.labels == 2


def test_a_printer_that_stays_away_fails_the_print_and_a_person_tries_again(
    technician: Principal,
) -> None:
    print_id = ask(technician, closed_port())
    for _ in range(9):
        let_breakers_try()
        work(print_id)

    failed = print_of(technician, print_id)
    assert failed.state is PrintState.FAILED
    assert "Given up after 9 attempts" in failed.detail

    with label_printer() as printer:
        with writing() as session:
            service.retry_print(session, technician, print_id=print_id)
            session.execute(
                update(Printer).where(Printer.id == failed.printer_id).values(port=printer.port)
            )
        work(print_id, turn=1)

    assert print_of(technician, print_id).state is PrintState.SENT
    assert printer.labels == 2


def test_a_printer_that_is_left_alone_costs_a_print_no_attempt_and_no_call(
    technician: Principal,
) -> None:
    with label_printer(Manner.HANGS_UP) as printer:
        print_id = ask(technician, printer.port)
        for _ in range(3):
            work(print_id)
        calls = printer.connections
        printer.manner = Manner.ANSWERS
        for _ in range(9):
            work(print_id)
        refused = print_of(technician, print_id)
        with reading() as session:
            attempts = session.scalars(select(Job.attempt).where(Job.key == f"{print_id}:0")).one()
        calls_meanwhile = printer.connections - calls
        let_breakers_try()
        work(print_id)

    assert calls_meanwhile == 0
    assert refused.state is PrintState.QUEUED
    assert "is not called at the moment" in refused.detail
    assert attempts == 3
    assert print_of(technician, print_id).state is PrintState.SENT
    assert printer.labels == 2


def test_a_printer_out_of_labels_has_answered_and_is_asked_again(technician: Principal) -> None:
    with label_printer(Manner.OUT_OF_LABELS) as printer:
        print_id = ask(technician, printer.port)
        for _ in range(4):
            work(print_id)

    assert printer.connections == 4
    assert "out of labels" in print_of(technician, print_id).detail


@pytest.mark.parametrize("manner", [Manner.BREAKS_AFTER, Manner.STALLS, Manner.DEAF])
def test_a_print_that_broke_is_unsure_and_never_sent_again_by_itself(
    technician: Principal, manner: Manner
) -> None:
    with label_printer(manner) as printer:
        print_id = ask(technician, printer.port)
        work(print_id)
        printer.manner = Manner.ANSWERS
        connections = printer.connections
        work(print_id)

        assert printer.connections == connections
    assert print_of(technician, print_id).state is PrintState.UNSURE
    assert job_state(print_id) is JobState.DONE


def test_a_worker_that_died_while_sending_leaves_an_unsure_print(technician: Principal) -> None:
    with label_printer() as printer:
        print_id = ask(technician, printer.port)
        with writing() as session:
            assert sending.begin(session, technician, print_id=print_id, turn=0) is not None
        work(print_id)

    found = print_of(technician, print_id)
    assert found.state is PrintState.UNSURE
    assert "program stopped" in found.detail
    assert printer.connections == 0


def test_a_printer_that_hangs_is_not_taken_for_one_that_never_answers(
    technician: Principal,
) -> None:
    with label_printer() as printer:
        first = ask(technician, printer.port)
        work(first)
        printer_id = print_of(technician, first).printer_id
        assert printer_id is not None
        printer.manner = Manner.SILENT
        with writing() as session:
            other = service.request_test(session, technician, printer_id=printer_id)
        work(other)

    found = print_of(technician, other)
    assert found.state is PrintState.QUEUED
    assert "does not answer" in found.detail


def test_a_person_says_that_nothing_came_out_and_it_is_printed_once(
    technician: Principal,
) -> None:
    with label_printer(Manner.STALLS) as printer:
        print_id = ask(technician, printer.port)
        work(print_id)
        printer.manner = Manner.ANSWERS
        with writing() as session:
            service.settle_print(session, technician, print_id=print_id, came_out=False)
        work(print_id, turn=1)

    assert print_of(technician, print_id).state is PrintState.SENT
    assert printer.labels == 2


def test_a_print_that_was_called_off_is_not_sent(technician: Principal) -> None:
    with label_printer() as printer:
        print_id = ask(technician, printer.port)
        with writing() as session:
            service.cancel_print(session, technician, print_id=print_id)
        work(print_id)

    assert printer.connections == 0
    assert job_state(print_id) is JobState.DONE


def test_one_printer_is_sent_one_print_at_a_time(technician: Principal) -> None:
    with label_printer() as printer:
        first = ask(technician, printer.port)
        printer_id = print_of(technician, first).printer_id
        assert printer_id is not None
        with writing() as session:
            other = service.request_test(session, technician, printer_id=printer_id)
            sending.begin(session, technician, print_id=first, turn=0)
        work(other)

        assert print_of(technician, other).state is PrintState.QUEUED
        assert job_state(other) is JobState.QUEUED
    assert printer.connections == 0


def test_a_print_whose_worker_was_lost_long_ago_keeps_no_printer_busy(
    technician: Principal,
) -> None:
    with label_printer() as printer:
        first = ask(technician, printer.port)
        printer_id = print_of(technician, first).printer_id
        assert printer_id is not None
        with writing() as session:
            other = service.request_test(session, technician, printer_id=printer_id)
            sending.begin(session, technician, print_id=first, turn=0)
            session.execute(
                update(PrintJob)
                .where(PrintJob.id == first)
                .values(moved_at=PrintJob.moved_at - sending.rules.STALE_AFTER * 2)
            )
        work(other)

    assert print_of(technician, other).state is PrintState.SENT
    assert print_of(technician, first).state is PrintState.UNSURE

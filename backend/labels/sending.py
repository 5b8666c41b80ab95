"""The worker's side of a print: taking it up, and writing down what became of it.

queued ──begin──▶ sending ──▶ sent
   ▲                 ├──────▶ queued   nothing left: put back, tried again later
   │                 ├──────▶ failed   nothing left, and the last attempt is over
   └──a person──── unsure ◀──┘         the connection broke, or the worker died meanwhile
"""

from uuid import UUID

from sqlalchemy import select, update

from backend.core import clock
from backend.core.errors import Unavailable
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.labels import printing, queries, rules
from backend.labels.ids import PrintState
from backend.labels.models import Printer, PrintJob
from backend.labels.views import PrintOrder

_DIED = "The program stopped while labels were sent."


def begin(
    session: WriteSession, principal: Principal, *, print_id: UUID, turn: int
) -> PrintOrder | None:
    """Mark a print as being sent and return it; None when there is nothing to send.

    The caller commits before the first byte leaves. A print that is found being sent was begun by
    a worker that died: nobody knows what came out, so it is unsure and not sent.

    Raises:
        Unavailable: the printer is busy with another print.
    """
    job = session.get(PrintJob, print_id, with_for_update=True)
    if job is None or job.printer_id is None or job.turn != turn:
        return None
    if job.state is PrintState.SENDING:
        printing.move(session, principal, job, PrintState.UNSURE, _DIED)
        return None
    if job.state is not PrintState.QUEUED:
        return None
    printer = session.get(Printer, job.printer_id, with_for_update=True)
    if printer is None or not printer.is_active:
        printing.move(session, principal, job, PrintState.FAILED, "The printer is switched off.")
        return None
    _refuse_busy(session, principal, printer)
    job.attempts += 1
    job.state, job.detail, job.moved_at = PrintState.SENDING, "", printing.database_now(session)
    session.flush()
    return queries.find_order(session, print_id)


def settle_sent(
    session: WriteSession, principal: Principal, *, print_id: UUID, confirmed: bool
) -> None:
    """Note that the printer took every label."""
    job = _sending(session, print_id)
    job.sent_at = clock.utc_now()
    _learn(session, job, answered=confirmed)
    detail = (
        "" if confirmed else "The printer took every byte and closed the line; it gives no answers."
    )
    printing.move(session, principal, job, PrintState.SENT, detail)


def settle_unsure(
    session: WriteSession, principal: Principal, *, print_id: UUID, why: str, answered: bool
) -> None:
    """Note that labels may have come out or not; a person has to look."""
    job = _sending(session, print_id)
    _learn(session, job, answered=answered)
    printing.move(session, principal, job, PrintState.UNSURE, why)


def put_off(session: WriteSession, *, print_id: UUID, why: str) -> None:
    """Note that the printer was not called at all: the print waits, with its attempt given back."""
    job = _sending(session, print_id)
    job.attempts -= 1
    job.state, job.detail = PrintState.QUEUED, why[:500]
    job.moved_at = printing.database_now(session)


def settle_not_sent(
    session: WriteSession, principal: Principal, *, print_id: UUID, why: str, is_last: bool
) -> None:
    """Note that nothing left: the print waits for its next attempt, or has failed."""
    job = _sending(session, print_id)
    if is_last:
        why = f"{why} Given up after {job.attempts} attempts."
        printing.move(session, principal, job, PrintState.FAILED, why)
        return
    job.state, job.detail = PrintState.QUEUED, why[:500]
    job.moved_at = printing.database_now(session)


def give_up(session: WriteSession, principal: Principal, *, print_id: UUID, why: str) -> None:
    """Note that a waiting print never had its turn; a person may try it again."""
    job = session.get(PrintJob, print_id, with_for_update=True)
    if job is not None and job.state is PrintState.QUEUED:
        printing.move(session, principal, job, PrintState.FAILED, why)


def _learn(session: WriteSession, job: PrintJob, *, answered: bool) -> None:
    if answered:
        session.execute(
            update(Printer).where(Printer.id == job.printer_id).values(has_answered=True)
        )


def _sending(session: WriteSession, print_id: UUID) -> PrintJob:
    return session.execute(
        select(PrintJob)
        .where(PrintJob.id == print_id, PrintJob.state == PrintState.SENDING)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()


def _refuse_busy(session: WriteSession, principal: Principal, printer: Printer) -> None:
    # A printer takes one connection at a time; the lock on its row makes workers take turns here.
    now = printing.database_now(session)
    others = session.scalars(
        select(PrintJob)
        .where(PrintJob.printer_id == printer.id, PrintJob.state == PrintState.SENDING)
        .with_for_update()
    ).all()
    for other in others:
        if not rules.is_stale(other.state, other.moved_at, now):
            raise Unavailable(f"Printer {printer.name} is busy with another print.")
        printing.move(session, principal, other, PrintState.UNSURE, _DIED)

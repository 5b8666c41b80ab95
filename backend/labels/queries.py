"""Reading printers and prints. `visible_prints` is the one place that says who sees what."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import aliased

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.labels import rules, sizes
from backend.labels.errors import PrinterNotFound, PrintNotFound
from backend.labels.ids import Field, PrintKind, PrintState
from backend.labels.models import Printer, PrintJob, PrintLabel
from backend.labels.views import LabelContent, PrinterView, PrintOrder, PrintView

LONGEST_LIST = 200


def list_printers(
    session: ReadSession, principal: Principal, *, active_only: bool = False
) -> list[PrinterView]:
    """Return the printers by name, with how much each has before it."""
    principal.require(Permission.LABELS_PRINT)
    waiting = (
        select(func.count())
        .where(
            PrintJob.printer_id == Printer.id,
            PrintJob.state.in_((PrintState.QUEUED, PrintState.SENDING)),
        )
        .scalar_subquery()
    )
    statement = select(Printer, waiting).order_by(func.lower(Printer.name))
    if active_only:
        statement = statement.where(Printer.is_active)
    return [_printer_view(printer, count) for printer, count in session.execute(statement)]


def get_printer(session: ReadSession, principal: Principal, printer_id: UUID) -> PrinterView:
    """Return one printer.

    Raises:
        PrinterNotFound: no such printer.
    """
    for found in list_printers(session, principal):
        if found.id == printer_id:
            return found
    raise PrinterNotFound("There is no such printer. Look at the list again.")


def find_printer(session: ReadSession, principal: Principal, name: str) -> PrinterView:
    """Return the printer of a name, in any capitals.

    Raises:
        PrinterNotFound: none is called so; the sentence names those there are.
    """
    printers = list_printers(session, principal)
    for found in printers:
        if found.name.lower() == name.strip().lower():
            return found
    known = ", ".join(each.name for each in printers) or "none yet"
    raise PrinterNotFound(f"There is no printer “{name}”. There are: {known}.")


def visible_prints(principal: Principal) -> Select[PrintJob]:
    """Select the prints that a principal may see: their own, or all when they look after them."""
    principal.require(Permission.LABELS_PRINT)
    if principal.may(Permission.LABELS_CONFIGURE):
        return select(PrintJob)
    return select(PrintJob).where(PrintJob.requested_by == principal.user_id)


def list_prints(
    session: ReadSession,
    principal: Principal,
    *,
    states: Collection[PrintState] = (),
    before: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[PrintView]:
    """Return prints, newest first, older than ``before``."""
    statement = visible_prints(principal)
    if states:
        statement = statement.where(PrintJob.state.in_(states))
    if before is not None:
        statement = statement.where(tuple_(PrintJob.created_at, PrintJob.id) < before)
    newest = statement.order_by(PrintJob.created_at.desc(), PrintJob.id.desc()).limit(limit)
    return _views(session, newest)


def get_print(session: ReadSession, principal: Principal, print_id: UUID) -> PrintView:
    """Return one print.

    Raises:
        PrintNotFound: no such print, or somebody else's.
    """
    found = _views(session, visible_prints(principal).where(PrintJob.id == print_id))
    if not found:
        raise PrintNotFound("There is no such print among yours. Look at the queue again.")
    return found[0]


def open_prints(session: ReadSession, principal: Principal) -> int:
    """Return how many prints wait, are being sent, or need a person."""
    narrowed = visible_prints(principal).where(PrintJob.state.in_(rules.OPEN)).subquery()
    return session.scalar(select(func.count()).select_from(narrowed)) or 0


def contents_of(session: ReadSession, print_id: UUID) -> tuple[LabelContent, ...]:
    """Return the labels of a print as they were asked for, in order."""
    rows = session.scalars(
        select(PrintLabel).where(PrintLabel.print_id == print_id).order_by(PrintLabel.place)
    )
    return tuple(
        LabelContent(
            barcode=row.barcode, words={Field(name): word for name, word in row.words.items()}
        )
        for row in rows
    )


def find_order(session: ReadSession, print_id: UUID) -> PrintOrder | None:
    """Return what a worker sends, None when the print or its printer is gone."""
    found = session.execute(
        select(PrintJob, Printer)
        .join(Printer, Printer.id == PrintJob.printer_id)
        .where(PrintJob.id == print_id)
    ).one_or_none()
    if found is None:
        return None
    job, printer = found
    return PrintOrder(
        id=job.id,
        state=job.state,
        printer_name=printer.name,
        host=printer.host,
        port=printer.port,
        dpi=printer.dpi,
        is_active=printer.is_active,
        has_answered=printer.has_answered,
        template=sizes.template_of(job.template),
        contents=contents_of(session, job.id),
        copies=job.copies,
    )


def printed_before(session: ReadSession, barcodes: Sequence[str]) -> list[str]:
    """Return which of these codes have, or may have, a label already; in the order given."""
    rows = session.scalars(
        select(PrintLabel.barcode)
        .join(PrintJob, PrintJob.id == PrintLabel.print_id)
        .where(
            PrintLabel.barcode.in_(barcodes),
            PrintJob.state.in_(rules.COUNTS_AS_PRINTED),
            PrintJob.kind != "test",
        )
        .distinct()
    )
    found = set(rows)
    return [code for code in dict.fromkeys(barcodes) if code in found]


def printed_codes() -> Select[str]:
    """Select the codes that have, or may have, a label already."""
    return (
        select(PrintLabel.barcode)
        .join(PrintJob, PrintJob.id == PrintLabel.print_id)
        .where(PrintJob.state.in_(rules.COUNTS_AS_PRINTED), PrintJob.kind != PrintKind.TEST)
    )


def _views(session: ReadSession, statement: Select[PrintJob]) -> list[PrintView]:
    job = aliased(PrintJob, statement.subquery())
    first = aliased(PrintLabel)
    counted = (
        select(func.count())
        .select_from(PrintLabel)
        .where(PrintLabel.print_id == job.id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(job, Printer.name, counted, first.barcode)
        .outerjoin(Printer, Printer.id == job.printer_id)
        .outerjoin(first, (first.print_id == job.id) & (first.place == 0))
        .order_by(job.created_at.desc(), job.id.desc())
    )
    return [_print_view(*row) for row in rows]


def _print_view(job: PrintJob, printer: str | None, labels: int, first: str | None) -> PrintView:
    return PrintView(
        id=job.id,
        kind=job.kind,
        state=job.state,
        printer_id=job.printer_id,
        printer_name=printer or "",
        template=job.template,
        labels=labels,
        copies=job.copies,
        first_barcode=first or "",
        attempts=job.attempts,
        detail=job.detail,
        reason=job.reason,
        reprint_of=job.reprint_of,
        requested_by_name=job.requested_by_name,
        created_at=job.created_at,
        sent_at=job.sent_at,
        settled_by_name=job.settled_by_name,
    )


def _printer_view(printer: Printer, waiting: Any) -> PrinterView:
    return PrinterView(
        id=printer.id,
        name=printer.name,
        kind=printer.kind,
        host=printer.host,
        port=printer.port,
        dpi=printer.dpi,
        template=printer.template,
        is_active=printer.is_active,
        waiting=int(waiting),
    )

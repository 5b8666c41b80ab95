"""Asking for labels, and what people do about a print. Exported by service.py; see sending.py."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from backend.auth import queries as auth_queries
from backend.core import clock
from backend.core.errors import InvalidInput
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.labels import contents, fonts, queries, rules, sizes
from backend.labels.errors import (
    PrinterNotFound,
    PrinterSwitchedOff,
    PrintNotFound,
    ReasonNeeded,
    WrongPrintState,
)
from backend.labels.events import PrintMoved, PrintRequested, PrintSettled
from backend.labels.ids import PrintId, PrintKind, PrintState
from backend.labels.layout import lay_out
from backend.labels.models import Printer, PrintJob, PrintLabel
from backend.labels.rendering import sheet as sheets
from backend.labels.schemas import LabelsInput, ManyInput, PrintInput, SheetsInput
from backend.labels.views import LabelContent, Layout
from backend.work import service as work_service

JOB_KIND = "labels.print"
_ATTEMPTS = 9
"""From 2 s on the pause doubles to 5 min: somebody has a quarter of an hour to load labels."""


def layouts_of(template: str, labels: Sequence[LabelContent], *, dpi: int) -> list[Layout]:
    """Return labels placed as they will be printed.

    Raises:
        TemplateNotFound: no such label.
        CodeTooLong: a code does not fit it.
    """
    found, faces = sizes.template_of(template), fonts.typefaces()
    return [lay_out(found, label, dpi=dpi, typefaces=faces) for label in labels]


def request_print(
    session: WriteSession, principal: Principal, *, printer_id: UUID, asked: PrintInput
) -> PrintId:
    """Put labels of samples into a printer's queue and return the key of the print.

    Raises:
        PrinterNotFound, PrinterSwitchedOff: nothing is printed there.
        SampleNotFound: one is not visible to the principal.
        CodeTooLong: a code does not fit the label.
        ReasonNeeded: a label was printed before and no reason is given.
    """
    principal.require(Permission.LABELS_PRINT)
    ready_printer(session, printer_id)
    labels = contents.of_samples(session, principal, asked.sample_ids)
    return print_contents(session, principal, printer_id=printer_id, asked=asked, labels=labels)


def print_contents(
    session: WriteSession,
    principal: Principal,
    *,
    printer_id: UUID,
    asked: LabelsInput,
    labels: Sequence[LabelContent],
) -> PrintId:
    """Put labels, whatever they stand on, into a printer's queue; errors as `request_print`."""
    principal.require(Permission.LABELS_PRINT)
    printer = ready_printer(session, printer_id)
    layouts_of(asked.template, labels, dpi=printer.dpi)
    refuse_without_reason(session, labels, asked.reason)
    job = _new(principal, PrintKind.LABELS, asked.template, printer.id)
    job.copies, job.reason = asked.copies, asked.reason.strip()
    return _queue(session, principal, job, labels)


def queue_labels(
    session: WriteSession,
    principal: Principal,
    *,
    print_id: UUID,
    printer_id: UUID,
    asked: ManyInput,
    labels: Sequence[LabelContent],
    ahead: int,
) -> None:
    """Put a part of many labels into a printer's queue under a key of the caller's.

    ``ahead`` is how many parts stand before it: it finds the printer busy that much longer.
    """
    job = _new(principal, PrintKind.LABELS, asked.template, printer_id)
    job.id, job.copies, job.reason = print_id, asked.copies, asked.reason
    _keep(session, principal, job, labels)
    _ring(session, principal, job, attempts=_ATTEMPTS + ahead)


def request_test(session: WriteSession, principal: Principal, *, printer_id: UUID) -> PrintId:
    """Put one label that belongs to no sample into a printer's queue.

    Raises:
        PrinterNotFound, PrinterSwitchedOff: nothing is printed there.
    """
    principal.require(Permission.LABELS_PRINT)
    printer = ready_printer(session, printer_id)
    label = contents.of_test(printer.name, auth_queries.laboratory_day(session))
    job = _new(principal, PrintKind.TEST, printer.template, printer.id)
    return _queue(session, principal, job, [label])


def make_sheets(
    session: WriteSession,
    principal: Principal,
    *,
    asked: PrintInput,
    sheet: str,
    start_at: int = 1,
) -> tuple[PrintId, bytes]:
    """Return labels of samples as PDF sheets, and the key of the print that stands for them.

    Copies of a label stand side by side. Same errors as `request_print`, and:

    Raises:
        SheetNotFound: no such sheet.
        InvalidInput: the label is larger than the sheet's, or there is no such place on it.
    """
    principal.require(Permission.LABELS_PRINT)
    labels = contents.of_samples(session, principal, asked.sample_ids)
    made = SheetsInput(
        template=asked.template,
        sheet=sheet,
        start_at=start_at,
        copies=asked.copies,
        reason=asked.reason,
    )
    return sheets_of_contents(session, principal, asked=made, labels=labels)


def sheets_of_contents(
    session: WriteSession,
    principal: Principal,
    *,
    asked: SheetsInput,
    labels: Sequence[LabelContent],
) -> tuple[PrintId, bytes]:
    """Return labels, whatever they stand on, as PDF sheets; see `make_sheets`."""
    principal.require(Permission.LABELS_PRINT)
    layouts = layouts_of(asked.template, labels, dpi=sheets.DPI)
    refuse_without_reason(session, labels, asked.reason)
    repeated = [layout for layout in layouts for _ in range(asked.copies)]
    file = sheets.draw(repeated, sizes.sheet_of(asked.sheet), start_at=asked.start_at)
    return keep_sheets(session, principal, asked=asked, labels=labels), file


def keep_sheets(
    session: WriteSession,
    principal: Principal,
    *,
    asked: SheetsInput,
    labels: Sequence[LabelContent],
) -> PrintId:
    """Note that labels were made as sheets, and return the key of the print that stands for them.

    They count as printed from here on.
    """
    principal.require(Permission.LABELS_PRINT)
    job = _new(principal, PrintKind.SHEET, asked.template, None)
    job.copies, job.reason = asked.copies, asked.reason.strip()
    job.state, job.sent_at = PrintState.SENT, clock.utc_now()
    job.detail = f"PDF, {sizes.sheet_of(asked.sheet).name}, from label {asked.start_at}"
    _keep(session, principal, job, labels)
    return PrintId(job.id)


def reprint(
    session: WriteSession,
    principal: Principal,
    *,
    print_id: UUID,
    reason: str,
    printer_id: UUID | None = None,
) -> PrintId:
    """Print the labels of a print once more, as they were; the reason stays in the audit trail.

    Raises:
        PrintNotFound: no such print, or somebody else's.
        WrongPrintState: they have not come out yet.
        ReasonNeeded: no reason is given.
        PrinterNotFound, PrinterSwitchedOff: nothing is printed there.
    """
    before = _lock(session, principal, print_id)
    _refuse(rules.refusal_to_reprint(before.state))
    if not reason.strip():
        sentence = "Write why these labels are needed again, such as “Label came off”."
        raise ReasonNeeded(sentence, fields={"reason": sentence})
    target = printer_id or before.printer_id
    if target is None:
        sentence = "These labels were made as a PDF. Choose a printer, or make the PDF again."
        raise InvalidInput(sentence, fields={"printer": sentence})
    printer = ready_printer(session, target)
    kind = PrintKind.LABELS if before.kind is PrintKind.SHEET else before.kind
    job = _new(principal, kind, before.template, printer.id)
    job.copies, job.reason, job.reprint_of = before.copies, reason.strip(), before.id
    return _queue(session, principal, job, queries.contents_of(session, before.id))


def cancel_print(session: WriteSession, principal: Principal, *, print_id: UUID) -> None:
    """Call a print off that has not been sent.

    Raises:
        PrintNotFound: no such print, or somebody else's.
        WrongPrintState: it is being sent or has been.
    """
    job = _lock(session, principal, print_id)
    _refuse(rules.refusal_to_cancel(job.state))
    move(session, principal, job, PrintState.CANCELLED, "")


def retry_print(session: WriteSession, principal: Principal, *, print_id: UUID) -> None:
    """Try a failed print again; nothing of it came out, so this is no reprint.

    Raises:
        PrintNotFound: no such print, or somebody else's.
        WrongPrintState: it did not fail.
    """
    job = _lock(session, principal, print_id)
    _refuse(rules.refusal_to_retry(job.state))
    _send_again(session, principal, job)


def settle_print(
    session: WriteSession,
    principal: Principal,
    *,
    print_id: UUID,
    came_out: bool,
    note: str = "",
) -> None:
    """Say what came out of the printer when the program could not know.

    When they did not come out the print is sent again; this is the only way that an unsure print
    is ever sent twice.

    Raises:
        PrintNotFound: no such print, or somebody else's.
        WrongPrintState: nothing is to be settled.
    """
    job = _lock(session, principal, print_id)
    _refuse(rules.refusal_to_settle(job.state, job.moved_at, database_now(session)))
    job.settled_by_name = principal.name
    event = PrintSettled(aggregate_id=job.id, came_out=came_out)
    events_service.record(session, principal, event, reason=note.strip() or None)
    if came_out:
        job.sent_at = clock.utc_now()
        move(session, principal, job, PrintState.SENT, f"{principal.name} saw the labels")
    else:
        _send_again(session, principal, job)


def move(
    session: WriteSession, principal: Principal, job: PrintJob, state: PrintState, detail: str
) -> None:
    """Set a print's state and record it."""
    before = job.state
    job.state, job.detail, job.moved_at = state, detail[:500], database_now(session)
    session.flush()
    event = PrintMoved(aggregate_id=job.id, state=state.value, detail=job.detail)
    events_service.record(session, principal, event, old={"state": before.value})


def _new(principal: Principal, kind: PrintKind, template: str, printer_id: UUID | None) -> PrintJob:
    return PrintJob(
        kind=kind,
        printer_id=printer_id,
        template=template,
        requested_by=principal.user_id,
        requested_by_name=principal.name,
    )


def _queue(
    session: WriteSession, principal: Principal, job: PrintJob, labels: Sequence[LabelContent]
) -> PrintId:
    _keep(session, principal, job, labels)
    _ring(session, principal, job)
    return PrintId(job.id)


def _keep(
    session: WriteSession, principal: Principal, job: PrintJob, labels: Sequence[LabelContent]
) -> None:
    session.add(job)
    session.flush()
    session.add_all(
        PrintLabel(
            print_id=job.id,
            place=place,
            barcode=label.barcode,
            words={field.value: word for field, word in label.words.items()},
        )
        for place, label in enumerate(labels)
    )
    session.flush()
    event = PrintRequested(
        aggregate_id=job.id,
        kind=job.kind.value,
        template=job.template,
        labels=len(labels),
        copies=job.copies,
        first_barcode=labels[0].barcode,
        reprint_of=job.reprint_of,
    )
    events_service.record(session, principal, event, reason=job.reason or None)


def _send_again(session: WriteSession, principal: Principal, job: PrintJob) -> None:
    job.turn += 1
    move(session, principal, job, PrintState.QUEUED, "")
    _ring(session, principal, job)


def _ring(
    session: WriteSession, principal: Principal, job: PrintJob, *, attempts: int = _ATTEMPTS
) -> None:
    work_service.request_job(
        session,
        principal,
        kind=JOB_KIND,
        key=f"{job.id}:{job.turn}",
        arguments={"print_id": str(job.id), "turn": job.turn},
        queue="default",
        max_attempts=attempts,
    )


def refuse_without_reason(
    session: ReadSession, labels: Sequence[LabelContent], reason: str
) -> None:
    """Refuse labels that were printed before.

    Raises:
        ReasonNeeded: there are such, and no reason is given.
    """
    before = queries.printed_before(session, [label.barcode for label in labels])
    if (sentence := rules.needs_reason(before, reason)) is not None:
        raise ReasonNeeded(sentence, fields={"reason": sentence})


def _refuse(sentence: str | None) -> None:
    if sentence is not None:
        raise WrongPrintState(sentence)


def ready_printer(session: ReadSession, printer_id: UUID) -> Printer:
    """Return a printer that takes prints.

    Raises:
        PrinterNotFound, PrinterSwitchedOff: nothing is printed there.
    """
    printer = session.get(Printer, printer_id)
    if printer is None:
        raise PrinterNotFound("There is no such printer. Choose another one.")
    if not printer.is_active:
        sentence = f"Printer {printer.name} is switched off. Choose another one."
        raise PrinterSwitchedOff(sentence, fields={"printer": sentence})
    return printer


def _lock(session: WriteSession, principal: Principal, print_id: UUID) -> PrintJob:
    visible = queries.visible_prints(principal).where(PrintJob.id == print_id)
    job = session.scalars(visible.with_for_update()).one_or_none()
    if job is None:
        raise PrintNotFound("There is no such print among yours. Look at the queue again.")
    return job


def database_now(session: ReadSession) -> datetime:
    """Return the time by the clock that every worker shares."""
    now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return now

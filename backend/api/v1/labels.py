"""Labels: templates and previews, sheets, and the queue of prints."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from backend.api.idempotency import once
from backend.api.paging import PageQuery, page_of
from backend.api.routing import Answer, ApiInput, ApiOutput, Call, Route, file_answer
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.core.transaction import reading, writing
from backend.labels import contents, queries, service
from backend.labels.ids import PrintKind, PrintState
from backend.labels.rendering import sheet as sheets
from backend.labels.schemas import MOST_COPIES, MOST_LABELS, PrintInput


class PrintIn(ApiInput):
    """Labels of samples by their barcodes, in the order of printing."""

    printer_id: UUID
    barcodes: list[str] = Field(min_length=1, max_length=MOST_LABELS)
    template: str | None = Field(
        default=None, max_length=40, description="The printer's own where none is named."
    )
    copies: int = Field(default=1, ge=1, le=MOST_COPIES)
    reason: str = Field(
        default="", max_length=500, description="Needed where a label was printed before."
    )


class SheetIn(ApiInput):
    """Labels of samples on sheets, from the first free label on."""

    barcodes: list[str] = Field(min_length=1, max_length=MOST_LABELS)
    template: str = Field(max_length=40)
    sheet: str = Field(max_length=40)
    start_at: int = Field(default=1, ge=1)
    copies: int = Field(default=1, ge=1, le=MOST_COPIES)
    reason: str = Field(default="", max_length=500)


class ReprintIn(ApiInput):
    """Why the labels are needed again, and where, if elsewhere than before."""

    reason: str = Field(max_length=500)
    printer_id: UUID | None = None


class SettleIn(ApiInput):
    """What a person saw at the printer."""

    came_out: bool
    note: str = Field(default="", max_length=500)


class PrintsQuery(PageQuery):
    """Which prints."""

    state: PrintState | None = None


class PrintOut(ApiOutput):
    """A print. ``unsure``: the connection broke, and a person has to say what came out."""

    id: UUID
    kind: PrintKind
    state: PrintState
    printer_id: UUID | None
    printer_name: str
    template: str
    labels: int
    copies: int
    first_barcode: str
    attempts: int
    detail: str
    reason: str
    reprint_of: UUID | None
    requested_by_name: str
    created_at: datetime
    sent_at: datetime | None
    settled_by_name: str


class PrintsOut(ApiOutput):
    """The newest prints first."""

    items: list[PrintOut]
    next_cursor: str | None


def list_prints(call: Call) -> PrintsOut:
    """Return the caller's prints, or everybody's for who looks after the printers."""
    asked = call.asked(PrintsQuery)
    with reading() as session:
        found = queries.list_prints(
            session,
            call.caller,
            states=(asked.state,) if asked.state is not None else (),
            before=asked.before,
            limit=asked.limit + 1,
        )
    shown, following = page_of(found, asked.limit, lambda each: (each.created_at, each.id))
    return PrintsOut(items=[PrintOut.model_validate(each) for each in shown], next_cursor=following)


def get_print(call: Call) -> PrintOut:
    """Return one print."""
    with reading() as session:
        return print_out(session, call.caller, call.key("print_id"))


def print_labels(call: Call) -> object:
    """Put labels into a printer's queue; sent again with its Idempotency-Key they print once."""
    sent = call.sent(PrintIn)
    with writing() as session:

        def make() -> PrintOut:
            printer = queries.get_printer(session, call.caller, sent.printer_id)
            asked = PrintInput(
                sample_ids=tuple(contents.sample_ids_of(session, call.caller, sent.barcodes)),
                template=sent.template or printer.template,
                copies=sent.copies,
                reason=sent.reason,
            )
            key = service.request_print(session, call.caller, printer_id=printer.id, asked=asked)
            return print_out(session, call.caller, key)

        return once(session, call, make)


def make_sheets(call: Call) -> Answer:
    """Return labels as PDF sheets."""
    sent = call.sent(SheetIn)
    with writing() as session:
        asked = PrintInput(
            sample_ids=tuple(contents.sample_ids_of(session, call.caller, sent.barcodes)),
            template=sent.template,
            copies=sent.copies,
            reason=sent.reason,
        )
        _, file = service.make_sheets(
            session, call.caller, asked=asked, sheet=sent.sheet, start_at=sent.start_at
        )
    return file_answer(file, sheets.MEDIA_TYPE, "labels.pdf")


def reprint(call: Call) -> object:
    """Print the labels of a print once more, as they were."""
    sent = call.sent(ReprintIn)
    with writing() as session:

        def make() -> PrintOut:
            key = service.reprint(
                session,
                call.caller,
                print_id=call.key("print_id"),
                reason=sent.reason,
                printer_id=sent.printer_id,
            )
            return print_out(session, call.caller, key)

        return once(session, call, make)


def cancel(call: Call) -> object:
    """Call a print off that waits or failed."""
    with writing() as session:

        def make() -> PrintOut:
            service.cancel_print(session, call.caller, print_id=call.key("print_id"))
            return print_out(session, call.caller, call.key("print_id"))

        return once(session, call, make)


def retry(call: Call) -> object:
    """Try a failed print again; nothing of it came out."""
    with writing() as session:

        def make() -> PrintOut:
            service.retry_print(session, call.caller, print_id=call.key("print_id"))
            return print_out(session, call.caller, call.key("print_id"))

        return once(session, call, make)


def settle(call: Call) -> object:
    """Say what came out of an unsure print; what did not is sent once more."""
    sent = call.sent(SettleIn)
    with writing() as session:

        def make() -> PrintOut:
            service.settle_print(
                session,
                call.caller,
                print_id=call.key("print_id"),
                came_out=sent.came_out,
                note=sent.note,
            )
            return print_out(session, call.caller, call.key("print_id"))

        return once(session, call, make)


def print_out(session: ReadSession, caller: Principal, key: UUID) -> PrintOut:
    return PrintOut.model_validate(queries.get_print(session, caller, key))


_TAG = "Labels"
_PRINT = Permission.LABELS_PRINT


def _acts() -> tuple[Route, ...]:
    return tuple(
        Route(
            method="POST",
            path=f"/api/v1/prints/{{print_id}}/{act}",
            handler=handler,
            access=_PRINT,
            summary=summary,
            tag=_TAG,
            answer=PrintOut,
            once=True,
        )
        for act, handler, summary in (
            ("cancel", cancel, "Call a print off that waits or failed"),
            ("retry", retry, "Try a failed print again"),
        )
    )


ROUTES = (
    Route(
        method="POST",
        path="/api/v1/labels/sheets",
        handler=make_sheets,
        access=_PRINT,
        summary="Labels of samples as PDF sheets; counts as printed",
        tag=_TAG,
        body=SheetIn,
        answer=None,
        files=(sheets.MEDIA_TYPE,),
    ),
    Route(
        method="GET",
        path="/api/v1/prints",
        handler=list_prints,
        access=_PRINT,
        summary="Prints and where they stand, newest first, a page at a time",
        tag=_TAG,
        query=PrintsQuery,
        answer=PrintsOut,
    ),
    Route(
        method="POST",
        path="/api/v1/prints",
        handler=print_labels,
        access=_PRINT,
        summary="Put labels of samples into a printer's queue",
        tag=_TAG,
        body=PrintIn,
        answer=PrintOut,
        status=202,
        once=True,
    ),
    Route(
        method="GET",
        path="/api/v1/prints/{print_id}",
        handler=get_print,
        access=_PRINT,
        summary="One print and where it stands",
        tag=_TAG,
        answer=PrintOut,
    ),
    *_acts(),
    Route(
        method="POST",
        path="/api/v1/prints/{print_id}/settle",
        handler=settle,
        access=_PRINT,
        summary="Say what came out of an unsure print",
        tag=_TAG,
        body=SettleIn,
        answer=PrintOut,
        once=True,
    ),
    Route(
        method="POST",
        path="/api/v1/prints/{print_id}/reprint",
        handler=reprint,
        access=_PRINT,
        summary="Print labels once more, with a reason",
        tag=_TAG,
        body=ReprintIn,
        answer=PrintOut,
        status=202,
        once=True,
    ),
)

"""Label printers: which there are, setting them up, what they say of themselves, a test print."""

from uuid import UUID

from backend.api.idempotency import once
from backend.api.routing import ApiOutput, Call, Route
from backend.api.v1.labels import PrintOut, print_out
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.gateway import outgoing
from backend.gateway.errors import CircuitOpen
from backend.labels import queries, service
from backend.labels.adapters import zpl_printer
from backend.labels.adapters.zpl_printer import Address
from backend.labels.ids import PrinterKind
from backend.labels.schemas import PrinterInput


class PrinterOut(ApiOutput):
    """A printer and how many prints it has before it."""

    id: UUID
    name: str
    kind: PrinterKind
    host: str
    port: int
    dpi: int
    template: str
    is_active: bool
    waiting: int


class PrintersOut(ApiOutput):
    """The printers by name."""

    items: list[PrinterOut]


class PrinterStateOut(ApiOutput):
    """What the printer says of itself now. ``answers``: some printers never do."""

    answers: bool
    obstacle: str
    waiting: int


def list_printers(call: Call) -> PrintersOut:
    """Return the printers."""
    with reading() as session:
        found = queries.list_printers(session, call.caller)
    return PrintersOut(items=[PrinterOut.model_validate(each) for each in found])


def add_printer(call: Call) -> object:
    """Add a printer."""
    with writing() as session:

        def make() -> PrinterOut:
            key = service.add_printer(session, call.caller, printer=call.sent(PrinterInput))
            return PrinterOut.model_validate(queries.get_printer(session, call.caller, key))

        return once(session, call, make)


def change_printer(call: Call) -> PrinterOut:
    """Change a printer, all of it."""
    key = call.key("printer_id")
    with writing() as session:
        service.change_printer(
            session, call.caller, printer_id=key, printer=call.sent(PrinterInput)
        )
        return PrinterOut.model_validate(queries.get_printer(session, call.caller, key))


def printer_state(call: Call) -> PrinterStateOut:
    """Ask the printer itself; no session is open meanwhile."""
    with reading() as session:
        printer = queries.get_printer(session, call.caller, call.key("printer_id"))
    address = Address(printer.host, printer.port)
    try:
        with outgoing.through(writing, address.target, away=zpl_printer.NotSent):
            found = zpl_printer.ask(address)
    except (zpl_printer.NotSent, CircuitOpen) as unreachable:
        return PrinterStateOut(answers=False, obstacle=str(unreachable), waiting=0)
    if found is None:
        return PrinterStateOut(answers=False, obstacle="", waiting=0)
    return PrinterStateOut(answers=True, obstacle=found.obstacle, waiting=found.waiting)


def test_print(call: Call) -> object:
    """Print one label that belongs to no sample."""
    with writing() as session:

        def make() -> PrintOut:
            key = service.request_test(session, call.caller, printer_id=call.key("printer_id"))
            return print_out(session, call.caller, key)

        return once(session, call, make)


_TAG = "Labels"
_PRINT, _CONFIGURE = Permission.LABELS_PRINT, Permission.LABELS_CONFIGURE
ROUTES = (
    Route(
        method="GET",
        path="/api/v1/printers",
        handler=list_printers,
        access=_PRINT,
        summary="The printers and what each has before it",
        tag=_TAG,
        answer=PrintersOut,
    ),
    Route(
        method="POST",
        path="/api/v1/printers",
        handler=add_printer,
        access=_CONFIGURE,
        summary="Add a printer",
        tag=_TAG,
        body=PrinterInput,
        answer=PrinterOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path="/api/v1/printers/{printer_id}",
        handler=change_printer,
        access=_CONFIGURE,
        summary="Change a printer: everything that is not given is as for a new one",
        tag=_TAG,
        body=PrinterInput,
        answer=PrinterOut,
    ),
    Route(
        method="GET",
        path="/api/v1/printers/{printer_id}/state",
        handler=printer_state,
        access=_PRINT,
        summary="What the printer says of itself now",
        tag=_TAG,
        answer=PrinterStateOut,
    ),
    Route(
        method="POST",
        path="/api/v1/printers/{printer_id}/test",
        handler=test_print,
        access=_PRINT,
        summary="Print one label that belongs to no sample",
        tag=_TAG,
        answer=PrintOut,
        status=202,
        once=True,
    ),
)

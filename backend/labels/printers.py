"""Setting up printers. Exported by service.py."""

from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from backend.core.errors import InvalidInput
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.labels.errors import PrinterNameTaken, PrinterNotFound
from backend.labels.events import PrinterSet
from backend.labels.ids import PrinterId
from backend.labels.models import Printer
from backend.labels.schemas import PRINTER_SENTENCES, PrinterInput


def check_printer(**typed: object) -> PrinterInput:
    """Return what was typed as a printer.

    Raises:
        InvalidInput: with a sentence for each field that needs another value.
    """
    try:
        return PrinterInput.model_validate(typed)
    except ValidationError as error:
        fields = {}
        for problem in error.errors():
            name = str(problem["loc"][0])
            known = PRINTER_SENTENCES.get((name, problem["type"]))
            fields[name] = known or problem["msg"].removeprefix("Value error, ")
        raise InvalidInput("The printer cannot be saved yet.", fields=fields) from error


def add_printer(session: WriteSession, principal: Principal, *, printer: PrinterInput) -> PrinterId:
    """Add a printer and return its key.

    Raises:
        PrinterNameTaken: another printer is called so, in whatever capitals.
    """
    principal.require(Permission.LABELS_CONFIGURE)
    _refuse_taken(session, printer.name, other_than=None)
    added = Printer(**printer.model_dump())
    session.add(added)
    _flush(session, printer.name)
    event = PrinterSet(aggregate_id=added.id, name=added.name)
    events_service.record(session, principal, event, new=printer.model_dump())
    return PrinterId(added.id)


def change_printer(
    session: WriteSession, principal: Principal, *, printer_id: UUID, printer: PrinterInput
) -> None:
    """Change a printer, or switch it off and on; prints that wait go where it then stands.

    Raises:
        PrinterNotFound: no such printer.
        PrinterNameTaken: another printer is called so.
    """
    principal.require(Permission.LABELS_CONFIGURE)
    found = session.get(Printer, printer_id, with_for_update=True)
    if found is None:
        raise PrinterNotFound("There is no such printer. Look at the list again.")
    new = printer.model_dump()
    old = {name: getattr(found, name) for name in new}
    if old == new:
        return
    _refuse_taken(session, printer.name, other_than=printer_id)
    for name, value in new.items():
        setattr(found, name, value)
    if (old["host"], old["port"]) != (new["host"], new["port"]):
        found.has_answered = False  # another machine, of which nothing is known yet
    _flush(session, printer.name)
    event = PrinterSet(aggregate_id=found.id, name=found.name)
    events_service.record(session, principal, event, old=old, new=new)


def _refuse_taken(session: WriteSession, name: str, *, other_than: UUID | None) -> None:
    taken = select(Printer.id).where(func.lower(Printer.name) == name.lower())
    if session.scalar(taken) not in {None, other_than}:
        raise _name_taken(name)


def _flush(session: WriteSession, name: str) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        raise _name_taken(name) from error


def _name_taken(name: str) -> PrinterNameTaken:
    sentence = f"There is a printer “{name}” already. Choose another name."
    return PrinterNameTaken(sentence, fields={"name": sentence})

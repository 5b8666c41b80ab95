"""Setting up rack scanners, and which there are. Changing is exported by service.py.

``fixed`` are those of the variable TRACSEQ_RACK_SCANNERS: they stand beside the rows, come first,
and win where a row has the same name.
"""

from collections.abc import Sequence
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from backend.core.devices import RackScanner
from backend.core.errors import InvalidInput
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.storage.errors import ScannerNameTaken, ScannerNotFound
from backend.storage.scanner_events import RackScannerSet
from backend.storage.scanner_models import RackScannerRow
from backend.storage.scanner_schemas import SENTENCES, ScannerInput
from backend.storage.scanner_views import ScannerView


def check_scanner(**typed: object) -> ScannerInput:
    """Return what was typed as a rack scanner.

    Raises:
        InvalidInput: with a sentence for each field that needs another value.
    """
    try:
        return ScannerInput.model_validate(typed)
    except ValidationError as error:
        fields = {}
        for problem in error.errors():
            # Only a missing trigger is of the whole and not of one field.
            name = str(problem["loc"][0]) if problem["loc"] else "trigger"
            known = SENTENCES.get((name, problem["type"]))
            fields[name] = known or problem["msg"].removeprefix("Value error, ")
        raise InvalidInput("The scanner cannot be saved yet.", fields=fields) from error


def list_scanners(
    session: ReadSession, principal: Principal, fixed: Sequence[RackScanner]
) -> list[ScannerView]:
    """Return every rack scanner: those of the variable first, then the rows by name."""
    principal.require(Permission.STORAGE_CONFIGURE)
    return _every(session, fixed)


def usable_scanners(
    session: ReadSession, principal: Principal, fixed: Sequence[RackScanner]
) -> tuple[RackScanner, ...]:
    """Return the rack scanners that may be asked for a scan."""
    principal.require(Permission.STORAGE_PLACE)
    return tuple(each.scanner for each in _every(session, fixed) if each.is_asked)


def get_scanner(session: ReadSession, principal: Principal, scanner_id: UUID) -> ScannerView:
    """Return one that was set up on the page. Raises ScannerNotFound."""
    principal.require(Permission.STORAGE_CONFIGURE)
    found = session.get(RackScannerRow, scanner_id)
    if found is None:
        raise _not_found()
    return _view(found, names=frozenset())


def find_scanner(
    session: ReadSession, principal: Principal, code: str, fixed: Sequence[RackScanner]
) -> ScannerView:
    """Return the rack scanner of a key or, in whatever capitals, of a name.

    Raises:
        ScannerNotFound: there is none; the sentence says which there are.
    """
    wanted = code.strip().casefold()
    found = list_scanners(session, principal, fixed)
    for each in found:
        if wanted in {str(each.scanner_id), each.scanner.name.casefold()}:
            return each
    known = ", ".join(each.scanner.name for each in found)
    raise ScannerNotFound(
        f"There is no rack scanner “{code.strip()[:60]}”. "
        + (f"There are: {known}." if known else "None is set up yet.")
    )


def add_scanner(
    session: WriteSession,
    principal: Principal,
    *,
    scanner: ScannerInput,
    fixed: Sequence[RackScanner] = (),
) -> UUID:
    """Add a rack scanner and return its key.

    Raises:
        ScannerNameTaken: another, or one of the variable, is called so, in whatever capitals.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    _refuse_taken(session, scanner.name, fixed, other_than=None)
    added = RackScannerRow(**scanner.model_dump())
    session.add(added)
    _flush(session, scanner.name)
    event = RackScannerSet(aggregate_id=added.id, name=added.name)
    events_service.record(session, principal, event, new=scanner.model_dump(mode="json"))
    return added.id


def change_scanner(
    session: WriteSession,
    principal: Principal,
    *,
    scanner_id: UUID,
    scanner: ScannerInput,
    fixed: Sequence[RackScanner] = (),
) -> None:
    """Change a rack scanner, or switch it off and on.

    Raises:
        ScannerNotFound: no such scanner.
        ScannerNameTaken: another, or one of the variable, is called so.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    found = session.get(RackScannerRow, scanner_id, with_for_update=True)
    if found is None:
        raise _not_found()
    old = _input_of(found)
    if old == scanner:
        return
    _refuse_taken(session, scanner.name, fixed, other_than=scanner_id)
    for name, value in scanner.model_dump().items():
        setattr(found, name, value)
    _flush(session, scanner.name)
    event = RackScannerSet(aggregate_id=found.id, name=found.name)
    events_service.record(
        session,
        principal,
        event,
        old=old.model_dump(mode="json"),
        new=scanner.model_dump(mode="json"),
    )


def _every(session: ReadSession, fixed: Sequence[RackScanner]) -> list[ScannerView]:
    rows = session.scalars(select(RackScannerRow).order_by(func.lower(RackScannerRow.name)))
    names = frozenset(each.name.casefold() for each in fixed)
    named = [
        ScannerView(scanner=each, scanner_id=None, is_active=True, is_hidden=False)
        for each in fixed
    ]
    return [*named, *(_view(row, names) for row in rows)]


def _view(row: RackScannerRow, names: frozenset[str]) -> ScannerView:
    return ScannerView(
        scanner=_input_of(row),
        scanner_id=row.id,
        is_active=row.is_active,
        is_hidden=row.name.casefold() in names,
    )


def _input_of(row: RackScannerRow) -> ScannerInput:
    # Checked when it was written: a rule that came later must not hide what stands there.
    return ScannerInput.model_construct(
        **{name: getattr(row, name) for name in ScannerInput.model_fields}
    )


def _refuse_taken(
    session: WriteSession, name: str, fixed: Sequence[RackScanner], *, other_than: UUID | None
) -> None:
    if name.casefold() in {each.name.casefold() for each in fixed}:
        sentence = f"TRACSEQ_RACK_SCANNERS names a scanner “{name}” already. Choose another name."
        raise ScannerNameTaken(sentence, fields={"name": sentence})
    taken = select(RackScannerRow.id).where(func.lower(RackScannerRow.name) == name.lower())
    if session.scalar(taken) not in {None, other_than}:
        raise _name_taken(name)


def _flush(session: WriteSession, name: str) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        raise _name_taken(name) from error


def _name_taken(name: str) -> ScannerNameTaken:
    sentence = f"There is a scanner “{name}” already. Choose another name."
    return ScannerNameTaken(sentence, fields={"name": sentence})


def _not_found() -> ScannerNotFound:
    return ScannerNotFound("There is no such rack scanner. Look at the list again.")

"""Rack scanners: which there are, setting them up, what each answers. Scans: rack_scans.py."""

from uuid import UUID

from backend.api.idempotency import once
from backend.api.routing import ApiOutput, Call, Route
from backend.core.devices import ScannerDialect
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.core.transaction import reading, writing
from backend.storage import rack_scanners, service
from backend.storage.adapters import rack_scanner
from backend.storage.scanner_schemas import ScannerInput
from backend.storage.scanner_views import ScannerView


class ScannerOut(ApiOutput):
    """A rack scanner; ``id`` is null of those that the variable TRACSEQ_RACK_SCANNERS names."""

    id: UUID | None
    name: str
    host: str
    port: int
    dialect: ScannerDialect
    trigger: str
    terminator: str
    delimiter: str
    by_columns: bool
    wait_s: float
    is_active: bool
    is_hidden: bool


class ScannersOut(ApiOutput):
    """Those of the variable first, then the others by name."""

    items: list[ScannerOut]


class AnswerOut(ApiOutput):
    """What a scanner answered, in a sentence."""

    answer: str


def list_scanners(call: Call) -> ScannersOut:
    """Return every rack scanner."""
    with reading() as session:
        found = rack_scanners.list_scanners(session, call.caller, call.settings.rack_scanners)
    return ScannersOut(items=[_out(each) for each in found])


def add_scanner(call: Call) -> object:
    """Add a rack scanner."""
    with writing() as session:

        def make() -> ScannerOut:
            key = service.add_scanner(
                session,
                call.caller,
                scanner=call.sent(ScannerInput),
                fixed=call.settings.rack_scanners,
            )
            return _kept(session, call.caller, key)

        return once(session, call, make)


def change_scanner(call: Call) -> ScannerOut:
    """Change a rack scanner, all of it, or switch it off and on."""
    key = call.key("scanner_id")
    with writing() as session:
        service.change_scanner(
            session,
            call.caller,
            scanner_id=key,
            scanner=call.sent(ScannerInput),
            fixed=call.settings.rack_scanners,
        )
        return _kept(session, call.caller, key)


def try_scanner(call: Call) -> AnswerOut:
    """Connect to a scanner and tell what it answers; no session is open meanwhile."""
    with reading() as session:
        found = rack_scanners.find_scanner(
            session, call.caller, call.path["scanner"], call.settings.rack_scanners
        )
    return AnswerOut(answer=rack_scanner.try_out(call.caller, found.scanner))


def _kept(session: ReadSession, caller: Principal, key: UUID) -> ScannerOut:
    return _out(rack_scanners.get_scanner(session, caller, key))


def _out(view: ScannerView) -> ScannerOut:
    facts = view.scanner.model_dump() | {
        "id": view.scanner_id,
        "is_active": view.is_active,
        "is_hidden": view.is_hidden,
    }
    return ScannerOut.model_validate(facts)


_TAG = "Storage"
_CONFIGURE = Permission.STORAGE_CONFIGURE
_PATH = "/api/v1/storage/rack-scanners"
ROUTES = (
    Route(
        method="GET",
        path=_PATH,
        handler=list_scanners,
        access=_CONFIGURE,
        summary="The rack scanners that are set up",
        tag=_TAG,
        answer=ScannersOut,
    ),
    Route(
        method="POST",
        path=_PATH,
        handler=add_scanner,
        access=_CONFIGURE,
        summary="Set up a rack scanner",
        tag=_TAG,
        body=ScannerInput,
        answer=ScannerOut,
        status=201,
        once=True,
    ),
    Route(
        method="POST",
        path=f"{_PATH}/{{scanner_id}}",
        handler=change_scanner,
        access=_CONFIGURE,
        summary="Change a rack scanner: everything that is not given is as for a new one",
        tag=_TAG,
        body=ScannerInput,
        answer=ScannerOut,
    ),
    Route(
        method="POST",
        path=f"{_PATH}/{{scanner}}/test",
        handler=try_scanner,
        access=_CONFIGURE,
        summary="What a rack scanner, by its id or name, answers now; nothing is kept",
        tag=_TAG,
        answer=AnswerOut,
    ),
)

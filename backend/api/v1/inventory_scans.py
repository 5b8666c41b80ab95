"""Looking at a box of a physical audit with a rack scanner."""

from pydantic import Field

from backend.api.idempotency import once
from backend.api.routing import ApiInput, Call, Route
from backend.api.v1.inventory import CheckOut, ended
from backend.core.blobs import DiskStore
from backend.core.principal import Permission
from backend.core.transaction import writing
from backend.storage import service
from backend.storage.ids import InventoryCheckId


class BoxScanQuery(ApiInput):
    """The name of the scanner's file."""

    file_name: str = Field(default="scan.csv", min_length=1, max_length=200)


def scan(call: Call) -> object:
    """Judge a box by the file that is the body; its scan waits to be committed."""
    asked, key = call.asked(BoxScanQuery), InventoryCheckId(call.key("check_id"))
    with writing() as session:

        def judge() -> CheckOut:
            service.read_box(
                session,
                call.caller,
                check_id=key,
                file_name=asked.file_name,
                content=call.content,
                files=DiskStore(call.settings.files_dir),
            )
            return ended(session, call.caller, key)

        return once(session, call, judge)


ROUTES = (
    Route(
        method="POST",
        path="/api/v1/storage/audit-checks/{check_id}/scan",
        handler=scan,
        access=Permission.STORAGE_PLACE,
        summary="Judge a box of a physical audit by a rack scanner's file; nothing moves",
        tag="Storage",
        query=BoxScanQuery,
        answer=CheckOut,
        status=201,
        takes_file=True,
        once=True,
    ),
)
